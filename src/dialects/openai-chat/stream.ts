import { hasFinished, readChoicesEvent } from '../openai-choices.ts'
import type { StreamRules } from '../stream-reader.ts'
import { createFold } from './fold.ts'

/**
 * Chunks of a chat completion. The stream ends with `[DONE]`; servers that close after `finish_reason` without it are common.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export const streamRules: StreamRules = {
  readEvent: readChoicesEvent,
  mayEnd: hasFinished,
  createFold,
}
