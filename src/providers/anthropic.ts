import type { Provider } from './provider.ts'

/** @see https://docs.anthropic.com/en/api/overview */
export const anthropic = {
  id: 'anthropic',
  title: 'Anthropic',
  origin: 'https://api.anthropic.com',
  roots: { anthropic: '/v1' },
  dialects: ['anthropic-messages'],
  credentialVariables: ['ANTHROPIC_API_KEY'],
  modelPrefixes: ['claude-'],
  healthCheck: { family: 'anthropic', path: '/models?limit=1' },
  priceListId: 'anthropic',
  countsTokens: ['anthropic-messages'],
  reportsStreamUsage: false,
  // the API refuses requests without a version; a client's own is never replaced
  defaultHeaders: { anthropic: { 'anthropic-version': '2023-06-01' } },
} satisfies Provider
