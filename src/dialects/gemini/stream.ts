import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AnswerFacts, EventMeaning, MutableFacts } from '../dialect.ts'
import type { StreamRules } from '../stream-reader.ts'
import { decodeError } from './errors.ts'
import { isUnset } from './finish.ts'
import { createFold } from './fold.ts'
import { decodeUsage } from './usage.ts'

/**
 * Chunks that are whole `GenerateContentResponse` objects. No terminal event: the last chunk has a `finishReason`, or the prompt
 * was blocked and there are no candidates at all.
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export const streamRules: StreamRules = {
  readEvent,
  mayEnd: (facts) => facts.finishReason !== undefined,
  createFold,
}

/** A whole `GenerateContentResponse`, or the JSON array of them that a stream without `alt=sse` is. */
export function readAnswer(body: unknown): AnswerFacts {
  const facts: MutableFacts = {}
  for (const chunk of Array.isArray(body) ? body : [body]) if (isJsonObject(chunk)) readEvent(chunk, facts)
  return facts
}

function readEvent(json: JsonObject, facts: MutableFacts): EventMeaning {
  const error = decodeError(json.error)
  if (error !== undefined) {
    facts.error = error
    return 'error'
  }
  if (typeof json.modelVersion === 'string') facts.model = json.modelVersion
  const usage = decodeUsage(json.usageMetadata)
  if (usage !== undefined) facts.usage = usage
  const feedback = json.promptFeedback
  if (isJsonObject(feedback) && typeof feedback.blockReason === 'string')
    facts.finishReason = feedback.blockReason
  const candidates: unknown = json.candidates
  if (!Array.isArray(candidates)) return facts.finishReason === undefined ? 'preamble' : 'content'
  for (const candidate of candidates) {
    if (!isJsonObject(candidate)) continue
    const { finishReason } = candidate
    if (typeof finishReason === 'string' && !isUnset(finishReason)) facts.finishReason = finishReason
  }
  return candidates.length === 0 ? 'preamble' : 'content'
}
