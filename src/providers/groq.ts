import type { Provider } from './provider.ts'

/** @see https://console.groq.com/docs/openai and https://console.groq.com/docs/responses-api (beta, without state) */
export const groq = {
  id: 'groq',
  title: 'Groq',
  origin: 'https://api.groq.com',
  roots: { openai: '/openai/v1' },
  dialects: ['openai-chat', 'openai-responses'],
  credentialVariables: ['GROQ_API_KEY'],
  // nobody else spells them so: other hosts put the maker in front. Its own systems carry its name
  modelPrefixes: ['llama-', 'groq/compound'],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'groq',
  reportsStreamUsage: true,
  chatQuirks: {
    // 400 for each, or for values that OpenAI allows (`service_tier`)
    omits: [
      'logit_bias',
      'logprobs',
      'top_logprobs',
      'metadata',
      'moderation',
      'prediction',
      'prompt_cache_key',
      'prompt_cache_retention',
      'service_tier',
      'store',
      'verbosity',
      'web_search_options',
    ],
    // its own field for reasoning, `reasoning`, may come back
    omitsInMessages: ['name', 'reasoning_content', 'reasoning_details'],
    renames: { safety_identifier: 'user' },
  },
  capabilities: { completionTokens: false, customTools: false },
} satisfies Provider
