/** Every API format that clients speak to us, by the id that configuration, logs and tests use. Upstreams speak them too. */
export const DIALECT_IDS = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'anthropic-messages',
  'gemini',
] as const

export type DialectId = (typeof DIALECT_IDS)[number]

/** With those that only upstreams speak. */
export const UPSTREAM_DIALECT_IDS = [...DIALECT_IDS, 'bedrock-converse'] as const

export type UpstreamDialectId = (typeof UPSTREAM_DIALECT_IDS)[number]

/** True for a format that clients speak too. */
export function isDialectId(id: UpstreamDialectId): id is DialectId {
  return id !== 'bedrock-converse'
}

/** A provider's API as a whole: several dialects, and all the endpoints around them, share paths, auth and error shape. */
export type ApiFamily = 'openai' | 'anthropic' | 'gemini'

/** With those that no client has. */
export type UpstreamFamily = ApiFamily | 'bedrock'

export const FAMILY_OF: Readonly<Record<DialectId, ApiFamily> & Record<UpstreamDialectId, UpstreamFamily>> = {
  'openai-chat': 'openai',
  'openai-completions': 'openai',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
  'bedrock-converse': 'bedrock',
}
