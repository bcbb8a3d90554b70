import { BEARER, type Provider } from './provider.ts'

/**
 * @see https://docs.fireworks.ai/api-reference/post-chatcompletions, https://docs.fireworks.ai/api-reference/post-responses and
 * https://docs.fireworks.ai/tools-sdks/anthropic-compatibility
 */
export const fireworks = {
  id: 'fireworks',
  title: 'Fireworks AI',
  origin: 'https://api.fireworks.ai',
  roots: { openai: '/inference/v1', anthropic: '/inference/v1' },
  dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'openai-completions'],
  auth: { anthropic: BEARER },
  credentialVariables: ['FIREWORKS_API_KEY'],
  modelPrefixes: ['accounts/fireworks/'],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'fireworks',
  reportsStreamUsage: true,
  chatQuirks: {
    // 400 "Extra inputs are not permitted" for what it does not know
    omits: ['moderation', 'prompt_cache_retention', 'store', 'verbosity', 'web_search_options'],
    renames: { safety_identifier: 'user' },
  },
  capabilities: { completionTokens: false, customTools: false },
} satisfies Provider
