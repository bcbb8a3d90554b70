import type { Provider } from './provider.ts'

/** @see https://platform.openai.com/docs/api-reference */
export const openai = {
  id: 'openai',
  title: 'OpenAI',
  origin: 'https://api.openai.com',
  roots: { openai: '/v1' },
  dialects: ['openai-responses', 'openai-chat', 'openai-completions'],
  credentialVariables: ['OPENAI_API_KEY'],
  modelPrefixes: [
    'gpt-',
    'o1',
    'o3',
    'o4',
    'chatgpt-',
    'codex-',
    'text-embedding-',
    'dall-e-',
    'whisper-',
    'tts-',
    'omni-moderation',
  ],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'openai',
  countsTokens: ['openai-responses'],
  reportsStreamUsage: true,
  accountHeaders: ['openai-organization', 'openai-project'],
} satisfies Provider
