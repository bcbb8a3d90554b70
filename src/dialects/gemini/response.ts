import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Citation, Part } from '../../ir/part.ts'
import type { ChatResponse } from '../../ir/response.ts'
import { createAnswerReader } from './answer-reader.ts'
import { answerShape, finishedCandidate, isCutShort } from './answer-shape.ts'
import { type AnswerWriter, createAnswerWriter } from './answer-writer.ts'
import { encodeGrounding } from './grounding.ts'
import { decodeLogprobs, encodeLogprobsResult } from './logprobs.ts'
import { encodeInlineData } from './media.ts'

/**
 * A whole `GenerateContentResponse` as ours; the JSON array that a stream without `alt=sse` is counts as one. Throws
 * `upstream_malformed`, or the error that the body is.
 * @see https://ai.google.dev/api/generate-content#generatecontentresponse
 */
export function decodeResponse(body: unknown): ChatResponse {
  const chunks: unknown[] = Array.isArray(body) ? body : [body]
  if (chunks.length === 0 || !chunks.every(isJsonObject))
    throw new GatewayError('upstream_malformed', 'The provider sent an answer that is not a JSON object.')
  const reader = createAnswerReader()
  const events = [...chunks.flatMap((chunk) => reader.read(chunk)), ...reader.close()]
  const response = foldStream(events)
  const logprobs = chunks.map(logprobsOf).find((found) => found !== undefined)
  return { ...response, ...(logprobs !== undefined && { logprobs }) }
}

function logprobsOf({ candidates }: JsonObject): JsonObject | undefined {
  const first: unknown = Array.isArray(candidates) ? candidates[0] : undefined
  return isJsonObject(first) ? decodeLogprobs(first.logprobsResult) : undefined
}

/** Our answer for a client of Gemini's. Pieces of text that stand side by side become one part. */
export function encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const writer = createAnswerWriter(context.request)
  const parts = response.parts.flatMap((part) => writePart(part, writer))
  const all = joinNeighbours([...parts, ...writer.end(isCutShort(response.finish))])
  const candidate = finishedCandidate(all, response.finish, groundingOf(response.parts))
  const logprobsResult = encodeLogprobsResult(response.logprobs)
  const whole = logprobsResult === undefined ? candidate : { ...candidate, logprobsResult }
  return answerShape(whole, response.model, context, response.usage)
}

function writePart(part: Part, writer: AnswerWriter): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [...writer.text(part.text), ...writer.endText(part.carrier)]
    case 'refusal':
      return writer.text(part.text)
    case 'reasoning':
      return [...writer.thought(part.text), ...writer.endThought(part.carrier)]
    case 'tool-call':
      return writer.call(part)
    case 'hosted':
      return writer.hosted(part)
    case 'image':
      return part.source.type === 'base64' ? [encodeInlineData(part.source.mediaType, part.source.data)] : []
    case 'audio':
      return [encodeInlineData(part.mediaType, part.data)]
    default:
      return []
  }
}

function joinNeighbours(parts: readonly JsonObject[]): JsonObject[] {
  const joined: JsonObject[] = []
  for (const part of parts) {
    const before = joined.at(-1)
    if (before !== undefined && isOneText(before, part))
      joined[joined.length - 1] = { ...before, ...part, text: `${String(before.text)}${String(part.text)}` }
    else joined.push(part)
  }
  return joined
}

function isOneText(before: JsonObject, part: JsonObject): boolean {
  if (typeof before.text !== 'string' || typeof part.text !== 'string') return false
  return before.thoughtSignature === undefined && before.thought === part.thought
}

function groundingOf(parts: readonly Part[]): JsonObject | undefined {
  const citations: Citation[] = []
  let text = ''
  for (const part of parts) {
    if (part.type !== 'text' && part.type !== 'refusal') continue
    const start = text.length
    text += part.text
    if (part.type === 'text')
      for (const citation of part.citations ?? []) citations.push(placed(citation, start, text.length))
  }
  return encodeGrounding(citations, text)
}

/** A citation without offsets holds for the whole part that it stands on. */
export function placed(citation: Citation, start: number, end: number): Citation {
  return { ...citation, start: citation.start ?? start, end: citation.end ?? end }
}
