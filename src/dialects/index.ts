import type { ApiFamily, DialectId } from '../core/dialect-id.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import type { Dialect } from './dialect.ts'
import { gemini } from './gemini/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiCompletions } from './openai-completions/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

/** Every dialect by its id. */
export const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
}

/** The dialect whose error shape a family's other endpoints (models, embeddings, files, …) share. */
export const ERROR_DIALECT: Readonly<Record<ApiFamily, Dialect>> = {
  openai: openaiChat,
  anthropic: anthropicMessages,
  gemini,
}
