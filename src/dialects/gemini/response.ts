import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Citation, Part } from '../../ir/part.ts'
import type { Alternative, ChatResponse } from '../../ir/response.ts'
import { lose, loseMedia, losePhase, loseQuote, loseStopSequence } from '../answer-losses.ts'
import { createAnswerReader } from './answer-reader.ts'
import { answerShape, finishedCandidate, isCutShort, usageShape } from './answer-shape.ts'
import { type AnswerWriter, createAnswerWriter } from './answer-writer.ts'
import { encodeGrounding } from './grounding.ts'
import { encodeLogprobs } from './logprobs.ts'

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
  return foldStream([
    ...chunks.flatMap((chunk) => reader.read(chunk)),
    ...reader.conclude(),
    ...reader.close(),
  ])
}

/** Our answer for a client of Gemini's. Pieces of text that stand side by side become one part. */
export function encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const { model, usage, serviceTier, alternatives = [] } = response
  const candidates = [response, ...alternatives].map((answer, index) =>
    encodeCandidate(answer, index, context),
  )
  return answerShape(candidates, model, context, usageShape(usage, serviceTier, context))
}

function encodeCandidate({ parts, finish }: Alternative, index: number, context: AnswerContext): JsonObject {
  const writer = createAnswerWriter(context)
  const written = parts.flatMap((part) => writePart(part, writer, context))
  const all = joinNeighbours([...written, ...writer.end(isCutShort(finish))])
  loseStopSequence(context, finish)
  const grounding = groundingOf(parts)
  const tokens = parts.flatMap((part) => (part.type === 'text' && part.logprobs) || [])
  return finishedCandidate(index, all, finish, {
    ...(grounding !== undefined && { groundingMetadata: grounding }),
    ...encodeLogprobs(tokens),
  })
}

function writePart(part: Part, writer: AnswerWriter, context: AnswerContext): JsonObject[] {
  switch (part.type) {
    case 'text':
      losePhase(context, part.phase)
      for (const citation of part.citations ?? []) loseQuote(context, citation)
      return [...writer.text(part.text), ...writer.endText(part.carrier)]
    case 'refusal':
      losePhase(context, part.phase)
      if (part.logprobs !== undefined) lose(context, 'dropped', REFUSAL_LOGPROBS)
      return writer.text(part.text)
    case 'reasoning':
      return [...writer.thought(part.text), ...writer.endThought(part.carrier)]
    case 'tool-call':
      return writer.call(part)
    case 'hosted':
      return writer.hosted(part)
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
      return writer.media(part)
    case 'tool-result':
      loseMedia(context, part)
      return []
    default:
      return part satisfies never
  }
}

export const REFUSAL_LOGPROBS = 'log probabilities of a refusal have no place here'

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
