/** Every API format we know, by the id that configuration, logs and tests use. */
export const DIALECT_IDS = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'anthropic-messages',
  'gemini',
] as const

export type DialectId = (typeof DIALECT_IDS)[number]

/** A provider's API as a whole: several dialects, and all the endpoints around them, share paths, auth and error shape. */
export type ApiFamily = 'openai' | 'anthropic' | 'gemini'

export const FAMILY_OF: Readonly<Record<DialectId, ApiFamily>> = {
  'openai-chat': 'openai',
  'openai-completions': 'openai',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
}
