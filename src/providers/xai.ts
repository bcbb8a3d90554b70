import type { Provider } from './provider.ts'

/** Its Messages endpoint is deprecated, so Messages are converted. @see https://docs.x.ai/docs/api-reference */
export const xai = {
  id: 'xai',
  title: 'xAI',
  origin: 'https://api.x.ai',
  roots: { openai: '/v1' },
  dialects: ['openai-chat', 'openai-responses'],
  credentialVariables: ['XAI_API_KEY'],
  modelPrefixes: ['grok-'],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'x-ai',
  reportsStreamUsage: true,
  chatQuirks: {
    // what its reference does not list
    omits: [
      'metadata',
      'moderation',
      'prediction',
      'prompt_cache_key',
      'prompt_cache_retention',
      'service_tier',
      'store',
      'verbosity',
    ],
    renames: { safety_identifier: 'user' },
  },
} satisfies Provider
