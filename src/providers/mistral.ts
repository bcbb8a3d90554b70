import type { Provider } from './provider.ts'

/** @see https://docs.mistral.ai/api and https://docs.mistral.ai/capabilities/reasoning/adjustable */
export const mistral = {
  id: 'mistral',
  title: 'Mistral',
  origin: 'https://api.mistral.ai',
  roots: { openai: '/v1' },
  dialects: ['openai-chat'],
  credentialVariables: ['MISTRAL_API_KEY'],
  modelPrefixes: [
    'mistral-',
    'ministral-',
    'magistral-',
    'codestral-',
    'devstral-',
    'pixtral-',
    'voxtral-',
    'open-mistral-',
    'open-mixtral-',
  ],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'mistral',
  // its streams always end with usage, and it answers 422 to fields it does not know, `stream_options` among them
  reportsStreamUsage: false,
  chatQuirks: {
    omits: [
      'logit_bias',
      'logprobs',
      'top_logprobs',
      'metadata',
      'moderation',
      'prompt_cache_retention',
      'safety_identifier',
      'service_tier',
      'store',
      'user',
      'verbosity',
      'web_search_options',
    ],
    // @see https://github.com/charmbracelet/crush/issues/1590
    omitsInMessages: ['name', 'reasoning', 'reasoning_content', 'reasoning_details'],
    renames: { seed: 'random_seed' },
  },
  capabilities: { completionTokens: false, customTools: false, thinkingInContent: true },
} satisfies Provider
