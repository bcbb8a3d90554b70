import type { Provider } from './provider.ts'

/** @see https://api-docs.deepseek.com and https://api-docs.deepseek.com/guides/anthropic_api */
export const deepseek = {
  id: 'deepseek',
  title: 'DeepSeek',
  origin: 'https://api.deepseek.com',
  roots: { openai: '/v1', anthropic: '/anthropic/v1' },
  dialects: ['openai-chat', 'anthropic-messages'],
  credentialVariables: ['DEEPSEEK_API_KEY'],
  modelPrefixes: ['deepseek-'],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'deepseek',
  reportsStreamUsage: true,
  // 400 for an answer that comes back without its thoughts, or with empty ones, once tools were called.
  // @see https://api-docs.deepseek.com/guides/thinking_mode and https://github.com/NousResearch/hermes-agent/pull/18263
  chatQuirks: { answersNeed: { reasoning_content: ' ' } },
} satisfies Provider
