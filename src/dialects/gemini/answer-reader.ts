import { GatewayError } from '../../core/errors.ts'
import { countOf, isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { decodeError } from './errors.ts'
import { decodeFinish, isFailure } from './finish.ts'
import { decodeGrounding } from './grounding.ts'
import { closeParts, readPart } from './read-parts.ts'
import { createReading, drop, type Reading } from './reading.ts'
import { decodeUsage } from './usage.ts'

/** Reads an answer, whole or chunk by chunk: both are the same object, and so both amount to the same events. */
export interface AnswerReader {
  /** Throws `upstream_malformed`. */
  read(chunk: JsonObject): StreamEvent[]
  /** Ends what is still open. For answers that lack a finish reason. */
  close(): StreamEvent[]
}

export function createAnswerReader(): AnswerReader {
  const reading = createReading()
  const takeEvents = () => reading.events.splice(0)
  return {
    read(chunk) {
      if (!reading.hasEnded) onChunk(reading, chunk)
      return takeEvents()
    },
    close() {
      closeParts(reading)
      return takeEvents()
    },
  }
}

function onChunk(reading: Reading, chunk: JsonObject): void {
  const error = decodeError(chunk.error)
  if (error !== undefined) {
    reading.hasEnded = true
    reading.events.push({ type: 'error', error })
    return
  }
  onStart(reading, chunk)
  onUsage(reading, chunk.usageMetadata)
  const candidate = firstCandidate(chunk.candidates)
  if (candidate !== undefined) onCandidate(reading, candidate)
  else onFeedback(reading, chunk.promptFeedback)
}

function onStart(reading: Reading, chunk: JsonObject): void {
  if (reading.hasStarted) return
  reading.hasStarted = true
  const { responseId, createTime, usageMetadata } = chunk
  const promptTokens = isJsonObject(usageMetadata) ? countOf(usageMetadata.promptTokenCount) : 0
  reading.seed = textOf(responseId) || textOf(createTime) || String(promptTokens)
  const createdSeconds = Math.floor(Date.parse(textOf(createTime)) / 1000)
  reading.events.push({
    type: 'start',
    model: textOf(chunk.modelVersion),
    ...(textOf(responseId) !== '' && { upstreamId: textOf(responseId) }),
    ...(Number.isFinite(createdSeconds) && { createdSeconds }),
  })
}

/** Counts are cumulative: the last ones hold. */
function onUsage(reading: Reading, wire: unknown): void {
  const usage = decodeUsage(wire)
  if (usage === undefined || !isJsonObject(wire)) return
  reading.usage = usage
  if (textOf(wire.serviceTier) !== '') reading.serviceTier = textOf(wire.serviceTier)
  reading.events.push({ type: 'usage', usage })
}

function firstCandidate(candidates: unknown): JsonObject | undefined {
  if (!Array.isArray(candidates)) return undefined
  return candidates.filter(isJsonObject).find(({ index }) => index === undefined || index === 0)
}

/** A prompt that was blocked has no candidates: that is a refusal, not an empty answer. */
function onFeedback(reading: Reading, feedback: unknown): void {
  if (!isJsonObject(feedback) || typeof feedback.blockReason !== 'string') return
  const raw = feedback.blockReason
  const explanation = textOf(feedback.blockReasonMessage) || `The prompt was blocked: ${raw}.`
  end(reading, { unified: 'refusal', raw, explanation })
}

function onCandidate(reading: Reading, candidate: JsonObject): void {
  const { content, finishReason } = candidate
  const parts =
    isJsonObject(content) && Array.isArray(content.parts) ? content.parts.filter(isJsonObject) : []
  reading.partStarts = []
  for (const part of parts) {
    reading.partStarts.push(reading.saidLength)
    readPart(reading, part)
  }
  reading.grounding = candidate.groundingMetadata ?? reading.grounding
  reading.citations = candidate.citationMetadata ?? reading.citations
  if (typeof finishReason === 'string') onFinish(reading, finishReason, textOf(candidate.finishMessage))
}

function onFinish(reading: Reading, raw: string, message: string): void {
  if (isFailure(raw) && reading.partCount === 0) {
    reading.hasEnded = true
    const problem = message || `The model broke off its answer: ${raw}.`
    reading.events.push({
      type: 'error',
      error: new GatewayError('upstream_error', problem, { upstreamStatus: 502 }),
    })
    return
  }
  if (isFailure(raw))
    drop(reading, 'candidates[0].finishReason', 'approximated', `the model broke off its answer: ${raw}`)
  cite(reading)
  const hasCalls = reading.callCount > 0
  end(reading, decodeFinish(raw, { hasCalls, ...(message !== '' && { message }) }))
}

function end(reading: Reading, finish: ReturnType<typeof decodeFinish>): void {
  closeParts(reading)
  reading.hasEnded = true
  const { usage, serviceTier } = reading
  reading.events.push({
    type: 'finish',
    finish,
    ...(usage !== undefined && { usage }),
    ...(serviceTier !== undefined && { serviceTier }),
  })
}

/** Sources are named at the very end, for the answer as a whole: they go to the text that is still open. */
function cite(reading: Reading): void {
  if (reading.grounding === undefined && reading.citations === undefined) return
  const citations = decodeGrounding(
    reading.grounding,
    reading.citations,
    reading.said.join(''),
    reading.partStarts,
  )
  const { text } = reading
  if (text?.type === 'text')
    for (const citation of citations) reading.events.push({ type: 'text-citation', id: text.id, citation })
  else if (citations.length > 0)
    drop(reading, 'candidates[0].groundingMetadata', 'dropped', 'sources came after the text had ended')
  if (isJsonObject(reading.grounding))
    drop(
      reading,
      'candidates[0].groundingMetadata',
      'approximated',
      'of the search only its sources are kept',
    )
}
