import { type ApiFamily, type DialectId, isDialectId, type UpstreamDialectId } from '../core/dialect-id.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { bedrockConverse } from './bedrock-converse/index.ts'
import type { Dialect, UpstreamDialect } from './dialect.ts'
import { gemini } from './gemini/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiCompletions } from './openai-completions/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

/** Every dialect that clients speak, by its id. */
export const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
}

/** Every dialect by its id, with those that only upstreams speak. */
export const UPSTREAM_DIALECTS: Readonly<
  Record<DialectId, Dialect> & Record<UpstreamDialectId, UpstreamDialect>
> = { ...DIALECTS, 'bedrock-converse': bedrockConverse }

/** True for a dialect that clients speak too, so that its traffic can pass. */
export function hasClients(dialect: UpstreamDialect): dialect is Dialect {
  return isDialectId(dialect.id)
}

/** The dialect whose error shape a family's other endpoints (models, embeddings, files, …) share. */
export const ERROR_DIALECT: Readonly<Record<ApiFamily, Dialect>> = {
  openai: openaiChat,
  anthropic: anthropicMessages,
  gemini,
}
