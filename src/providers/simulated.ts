import type { Provider } from './provider.ts'

/** The built-in simulated provider. It speaks every dialect; where it listens is known once it runs. */
export const simulated = {
  id: 'simulated',
  title: 'Simulated provider',
  origin: 'http://127.0.0.1:0',
  roots: { openai: '/v1', anthropic: '/v1', gemini: '/v1beta' },
  dialects: ['openai-responses', 'openai-chat', 'openai-completions', 'anthropic-messages', 'gemini'],
  credentialVariables: [],
  modelPrefixes: ['simulated'],
  healthCheck: { family: 'openai', path: '/models' },
  countsTokens: ['openai-responses', 'anthropic-messages', 'gemini'],
  reportsStreamUsage: true,
  defaultHeaders: { anthropic: { 'anthropic-version': '2023-06-01' } },
} satisfies Provider
