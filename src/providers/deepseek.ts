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
} satisfies Provider
