import type { Provider } from './provider.ts'

/** Any server that speaks Chat Completions; `base_url` says where. A base URL without a path means `/v1` below it. */
export const openaiCompatible = {
  id: 'openai-compatible',
  title: 'OpenAI-compatible server',
  origin: 'http://127.0.0.1:8000',
  roots: { openai: '/v1' },
  dialects: ['openai-chat', 'openai-completions'],
  credentialVariables: [],
  modelPrefixes: [],
  healthCheck: { family: 'openai', path: '/models' },
  reportsStreamUsage: true,
} satisfies Provider
