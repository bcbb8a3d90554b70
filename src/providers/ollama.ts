import { BEARER, type Provider } from './provider.ts'

/**
 * Models on this machine; `base_url: https://ollama.com` and a key make it Ollama's cloud.
 * @see https://docs.ollama.com/api/openai-compatibility and https://docs.ollama.com/api/anthropic-compatibility
 */
export const ollama = {
  id: 'ollama',
  title: 'Ollama',
  origin: 'http://127.0.0.1:11434',
  roots: { openai: '/v1', anthropic: '/v1' },
  dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'openai-completions'],
  // the cloud reads no `x-api-key`
  auth: { anthropic: BEARER },
  credentialVariables: [],
  modelPrefixes: [],
  healthCheck: { family: 'openai', path: '/models' },
  reportsStreamUsage: true,
  capabilities: { completionTokens: false, customTools: false },
} satisfies Provider
