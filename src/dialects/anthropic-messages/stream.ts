import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AnswerFacts, EventMeaning, MutableFacts } from '../dialect.ts'
import type { StreamRules } from '../stream-reader.ts'
import { decodeError } from './errors.ts'
import { createFold } from './fold.ts'
import { decodeUsage } from './usage.ts'

/** @see https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export const streamRules: StreamRules = { readEvent, mayEnd: () => false, createFold }

function readEvent(json: JsonObject, facts: MutableFacts): EventMeaning {
  switch (json.type) {
    case 'message_start':
      if (isJsonObject(json.message)) readMessage(json.message, facts)
      return 'preamble'
    case 'content_block_start':
      if (isJsonObject(json.content_block)) readFallback(json.content_block, facts)
      return 'content'
    case 'message_delta':
      readMessageDelta(json, facts)
      return 'content'
    case 'message_stop':
      return 'end'
    case 'error':
      facts.error = decodeError(json)
      return 'error'
    case 'ping':
      return 'preamble'
    default:
      return 'content'
  }
}

/** A whole `message`. */
export function readAnswer(body: unknown): AnswerFacts {
  const facts: MutableFacts = {}
  if (!isJsonObject(body)) return facts
  if (body.type === 'error') facts.error = decodeError(body)
  else readMessage(body, facts)
  return facts
}

function readMessage(message: JsonObject, facts: MutableFacts): void {
  if (typeof message.model === 'string') facts.model = message.model
  const usage = decodeUsage(message.usage, facts.usage)
  if (usage !== undefined) facts.usage = usage
  if (typeof message.stop_reason === 'string') facts.finishReason = message.stop_reason
}

/** Another model goes on: what the answer costs is up to that one. */
function readFallback({ type, to }: JsonObject, facts: MutableFacts): void {
  if (type === 'fallback' && isJsonObject(to) && typeof to.model === 'string') facts.model = to.model
}

function readMessageDelta(json: JsonObject, facts: MutableFacts): void {
  const usage = decodeUsage(json.usage, facts.usage)
  if (usage !== undefined) facts.usage = usage
  const delta = json.delta
  if (isJsonObject(delta) && typeof delta.stop_reason === 'string') facts.finishReason = delta.stop_reason
}
