import { BEARER, type Provider } from './provider.ts'

/** @see https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const vllm = {
  id: 'vllm',
  title: 'vLLM',
  origin: 'http://127.0.0.1:8000',
  roots: { openai: '/v1', anthropic: '/v1' },
  dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'openai-completions'],
  // `--api-key` is compared with the bearer token, whatever the endpoint
  auth: { anthropic: BEARER },
  credentialVariables: [],
  modelPrefixes: [],
  healthCheck: { family: 'openai', path: '/models' },
  reportsStreamUsage: true,
  capabilities: { completionTokens: false },
} satisfies Provider
