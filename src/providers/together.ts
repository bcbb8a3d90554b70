import type { Provider } from './provider.ts'

/** @see https://docs.together.ai/docs/inference/openai-compatibility */
export const together = {
  id: 'together',
  title: 'Together AI',
  origin: 'https://api.together.ai',
  roots: { openai: '/v1' },
  dialects: ['openai-chat', 'openai-completions'],
  credentialVariables: ['TOGETHER_API_KEY'],
  // its names begin with a model's maker: only `together/…` says that they are meant for it
  modelPrefixes: [],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'together',
  reportsStreamUsage: true,
  capabilities: { completionTokens: false },
} satisfies Provider
