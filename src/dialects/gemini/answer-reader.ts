import { countOf, isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
import { decodeError } from './errors.ts'
import { readCandidate } from './read-candidate.ts'
import { closeParts } from './read-parts.ts'
import { createReading, type Reading } from './reading.ts'
import { decodeUsage } from './usage.ts'

/** Reads an answer, whole or chunk by chunk: both are the same object, and so both amount to the same events. */
export interface AnswerReader {
  /** Throws `upstream_malformed`. */
  read(chunk: JsonObject): StreamEvent[]
  /** There is no more to come: finishes if the first candidate has. Before that nobody knows, since some servers give a reason in every chunk. */
  conclude(): StreamEvent[]
  /** Ends what is still open. For answers that lack a finish reason. */
  close(): StreamEvent[]
}

interface Answer {
  /** The first candidate apart, which is all there is to most answers. */
  readonly main: Reading
  readonly others: Map<number, Reading>
  hasStarted: boolean
  hasEnded: boolean
  usage: Usage | undefined
  serviceTier: string | undefined
  events: StreamEvent[]
}

export function createAnswerReader(): AnswerReader {
  const answer: Answer = {
    main: createReading(''),
    others: new Map(),
    hasStarted: false,
    hasEnded: false,
    usage: undefined,
    serviceTier: undefined,
    events: [],
  }
  const takeEvents = () => {
    const { events } = answer
    answer.events = []
    return events
  }
  return {
    read(chunk) {
      if (!answer.hasEnded) onChunk(answer, chunk)
      return takeEvents()
    },
    conclude() {
      if (!answer.hasEnded) finish(answer)
      return takeEvents()
    },
    close() {
      closeParts(answer.main)
      answer.events.push(...takeFrom(answer.main))
      return takeEvents()
    },
  }
}

function takeFrom(reading: Reading): StreamEvent[] {
  const { events } = reading
  reading.events = []
  return events
}

function onChunk(answer: Answer, chunk: JsonObject): void {
  const error = decodeError(chunk.error)
  if (error !== undefined) {
    answer.hasEnded = true
    answer.events.push({ type: 'error', error })
    return
  }
  onStart(answer, chunk)
  onUsage(answer, chunk.usageMetadata)
  const candidates = Array.isArray(chunk.candidates) ? chunk.candidates.filter(isJsonObject) : []
  for (const candidate of candidates) onCandidate(answer, candidate)
  if (candidates.length === 0 && isRefused(answer.main, chunk.promptFeedback)) finish(answer)
}

function onStart(answer: Answer, chunk: JsonObject): void {
  if (answer.hasStarted) return
  answer.hasStarted = true
  const { responseId, createTime, usageMetadata } = chunk
  const promptTokens = isJsonObject(usageMetadata) ? countOf(usageMetadata.promptTokenCount) : 0
  answer.main.seed = textOf(responseId) || textOf(createTime) || String(promptTokens)
  const createdSeconds = Math.floor(Date.parse(textOf(createTime)) / 1000)
  answer.events.push({
    type: 'start',
    model: textOf(chunk.modelVersion),
    ...(textOf(responseId) !== '' && { upstreamId: textOf(responseId) }),
    ...(Number.isFinite(createdSeconds) && { createdSeconds }),
  })
}

/** Counts are cumulative: the last ones hold. */
function onUsage(answer: Answer, wire: unknown): void {
  const usage = decodeUsage(wire)
  if (usage === undefined || !isJsonObject(wire)) return
  answer.usage = usage
  if (textOf(wire.serviceTier) !== '') answer.serviceTier = textOf(wire.serviceTier)
  answer.events.push({ type: 'usage', usage })
}

/** A prompt that was blocked has no candidates: that is a refusal, not an empty answer. */
function isRefused(reading: Reading, feedback: unknown): boolean {
  if (!isJsonObject(feedback) || typeof feedback.blockReason !== 'string') return false
  const raw = feedback.blockReason
  const explanation = textOf(feedback.blockReasonMessage) || `The prompt was blocked: ${raw}.`
  closeParts(reading)
  reading.finish = { unified: 'refusal', raw, explanation }
  return true
}

function onCandidate(answer: Answer, candidate: JsonObject): void {
  const { index } = candidate
  const choice = typeof index === 'number' && index > 0 ? index : 0
  const reading = choice === 0 ? answer.main : otherReading(answer, choice)
  if (answer.hasEnded) return
  readCandidate(reading, candidate)
  push(answer, takeFrom(reading), choice)
  const { failure } = reading
  if (failure === undefined) return
  answer.hasEnded = true
  answer.events.push({ type: 'error', error: failure })
}

function push(answer: Answer, events: readonly StreamEvent[], choice: number): void {
  for (const event of events) answer.events.push(choice === 0 ? event : { ...event, choice })
}

function otherReading({ main, others }: Answer, choice: number): Reading {
  const known = others.get(choice)
  if (known !== undefined) return known
  const reading = createReading(`${choice}.`)
  reading.seed = `${main.seed}\n${choice}`
  others.set(choice, reading)
  return reading
}

function finish(answer: Answer): void {
  const { main, others, usage, serviceTier } = answer
  if (main.finish === undefined || answer.hasEnded) return
  answer.hasEnded = true
  for (const [choice, reading] of others)
    if (reading.finish !== undefined)
      push(answer, lastOf(reading, { type: 'finish', finish: reading.finish }), choice)
  const counts = {
    ...(usage !== undefined && { usage }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
  answer.events.push(...lastOf(main, { type: 'finish', finish: main.finish, ...counts }))
}

/** The ends of what is open, and the end. */
function lastOf(reading: Reading, end: StreamEvent): StreamEvent[] {
  closeParts(reading)
  return [...takeFrom(reading), end]
}
