import { BEARER, type Provider } from './provider.ts'

/**
 * @see https://openrouter.ai/docs/api-reference/overview and
 * https://openrouter.ai/docs/api/api-reference/anthropic-messages/create-a-message
 */
export const openrouter = {
  id: 'openrouter',
  title: 'OpenRouter',
  origin: 'https://openrouter.ai',
  roots: { openai: '/api/v1', anthropic: '/api/v1' },
  dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'openai-completions'],
  auth: { anthropic: BEARER },
  credentialVariables: ['OPENROUTER_API_KEY'],
  // its names begin with a model's maker, `anthropic/claude-…`: only `openrouter/…` says that they are meant for it
  modelPrefixes: [],
  // `/models` is public: it would call a rejected credential well
  healthCheck: { family: 'openai', path: '/key' },
  priceListId: 'openrouter',
  reportsStreamUsage: true,
  chatQuirks: { renames: { safety_identifier: 'user' } },
  // in which API it asks a model's maker is its own affair: the limits of OpenAI's Chat are not its
  capabilities: { chatToolsWithReasoning: true },
} satisfies Provider
