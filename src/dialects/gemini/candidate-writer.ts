import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { TokenLogprob } from '../../ir/logprobs.ts'
import type { Carrier, Citation, HostedPart, MediaPart } from '../../ir/part.ts'
import type { Finish } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { lose, losePhase, loseQuote, loseStopSequence } from '../answer-losses.ts'
import { candidateShape, finishedCandidate, isCutShort } from './answer-shape.ts'
import { type AnswerWriter, createAnswerWriter } from './answer-writer.ts'
import { encodeGrounding } from './grounding.ts'
import { encodeLogprobs } from './logprobs.ts'
import { placed, REFUSAL_LOGPROBS } from './response.ts'

/** An event that says something of one candidate. */
export type CandidateEvent = Exclude<
  StreamEvent,
  { type: 'start' | 'finish' | 'error' | 'usage' | 'ping' | 'dropped' }
>

/** Writes one candidate as it comes. */
export interface CandidateWriter {
  /** What may go out now; undefined where nothing may. */
  add(event: CandidateEvent): JsonObject | undefined
  /** All the rest, and the finish reason. */
  finish(finish: Finish): JsonObject
}

/** A part that has begun and whose turn may not have come yet. */
interface OpenPart {
  readonly type: 'text' | 'reasoning' | 'tool-call' | 'hosted' | 'media'
  readonly start?: Extract<StreamEvent, { type: 'tool-call-start' }>
  readonly hosted?: HostedPart
  readonly media?: MediaPart
  chunks: string[]
  hasEnded: boolean
  carrier?: Carrier
}

interface State {
  readonly index: number
  readonly context: AnswerContext
  readonly writer: AnswerWriter
  readonly byId: Map<string, OpenPart>
  /** In the order in which they began. Only the first is written; the others wait, so that nothing changes places. */
  readonly queue: Set<OpenPart>
  readonly said: string[]
  saidLength: number
  /** Of what goes out next. */
  tokens: TokenLogprob[]
  readonly citations: { readonly citation: Citation; readonly part: OpenPart | undefined }[]
  readonly ranges: Map<OpenPart, { start: number; end: number }>
}

export function createCandidateWriter(index: number, context: AnswerContext): CandidateWriter {
  const state: State = {
    index,
    context,
    writer: createAnswerWriter(context),
    byId: new Map(),
    queue: new Set(),
    said: [],
    saidLength: 0,
    tokens: [],
    citations: [],
    ranges: new Map(),
  }
  return { add: (event) => onEvent(state, event), finish: (finish) => onFinish(state, finish) }
}

function onEvent(state: State, event: CandidateEvent): JsonObject | undefined {
  switch (event.type) {
    case 'text-start':
    case 'refusal-start':
      losePhase(state.context, event.phase)
      return open(state, event.id, { type: 'text', chunks: [], hasEnded: false })
    case 'reasoning-start':
      return open(state, event.id, { type: 'reasoning', chunks: [], hasEnded: false })
    case 'tool-call-start':
      return open(state, event.id, { type: 'tool-call', start: event, chunks: [], hasEnded: false })
    case 'hosted':
      return open(state, undefined, { type: 'hosted', hosted: event.part, chunks: [], hasEnded: true })
    case 'media':
      return open(state, undefined, { type: 'media', media: event.part, chunks: [], hasEnded: true })
    case 'text-delta':
      for (const token of event.logprobs ?? []) state.tokens.push(token)
      return append(state, event.id, event.text)
    case 'refusal-delta':
      if (event.logprobs !== undefined) lose(state.context, 'dropped', REFUSAL_LOGPROBS)
      return append(state, event.id, event.text)
    case 'reasoning-delta':
      return append(state, event.id, event.text)
    case 'tool-call-delta':
      return append(state, event.id, event.input)
    case 'text-citation':
      loseQuote(state.context, event.citation)
      state.citations.push({ citation: event.citation, part: state.byId.get(event.id) })
      return undefined
    case 'refusal-end':
      return close(state, event.id, undefined)
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end':
      return close(state, event.id, event.carrier)
    default:
      return event satisfies never
  }
}

function open(state: State, id: string | undefined, part: OpenPart): JsonObject | undefined {
  if (id !== undefined) state.byId.set(id, part)
  state.queue.add(part)
  return drain(state)
}

function append(state: State, id: string, text: string): JsonObject | undefined {
  const part = state.byId.get(id)
  if (part === undefined) return undefined
  part.chunks.push(text)
  return part.type === 'tool-call' ? undefined : drain(state)
}

function close(state: State, id: string, carrier: Carrier | undefined): JsonObject | undefined {
  const part = state.byId.get(id)
  if (part === undefined) return undefined
  part.hasEnded = true
  if (carrier !== undefined) part.carrier = carrier
  return drain(state)
}

/** Everything whose turn has come, in one chunk. */
function drain(state: State): JsonObject | undefined {
  const parts = takeReady(state)
  return parts.length === 0 ? undefined : candidateShape(state.index, parts, takeLogprobs(state))
}

function takeLogprobs(state: State): JsonObject {
  const { tokens } = state
  if (tokens.length > 0) state.tokens = []
  return encodeLogprobs(tokens)
}

function takeReady(state: State): JsonObject[] {
  const ready: JsonObject[] = []
  for (const part of state.queue) {
    ready.push(...writeReady(state, part))
    if (!part.hasEnded) break
    state.queue.delete(part)
  }
  return ready
}

function writeReady(state: State, part: OpenPart): JsonObject[] {
  const { writer } = state
  if (part.type === 'hosted') return part.hosted === undefined ? [] : writer.hosted(part.hosted)
  if (part.type === 'media') return part.media === undefined ? [] : writer.media(part.media)
  if (part.type === 'tool-call') return part.hasEnded ? writeCall(writer, part) : []
  const text = part.chunks.join('')
  part.chunks = []
  if (part.type === 'reasoning')
    return [...writer.thought(text), ...(part.hasEnded ? writer.endThought(part.carrier) : [])]
  say(state, part, text)
  return [...writer.text(text), ...(part.hasEnded ? writer.endText(part.carrier) : [])]
}

/** Keeps the visible text, and where each part of it stands: citations speak of both. */
function say(state: State, part: OpenPart, text: string): void {
  const start = state.ranges.get(part)?.start ?? state.saidLength
  state.said.push(text)
  state.saidLength += text.length
  state.ranges.set(part, { start, end: state.saidLength })
}

function writeCall(writer: AnswerWriter, { start, chunks, carrier }: OpenPart): JsonObject[] {
  if (start === undefined) return []
  const { callId, name, kind } = start
  return writer.call({
    callId,
    name,
    kind,
    input: chunks.join(''),
    ...(carrier !== undefined && { carrier }),
  })
}

function onFinish(state: State, finish: Finish): JsonObject {
  loseStopSequence(state.context, finish)
  for (const part of state.queue) part.hasEnded = true
  const rest = [...takeReady(state), ...state.writer.end(isCutShort(finish))]
  const grounding = groundingOf(state)
  // like Google, whose last chunk has an empty text where nothing is left to say
  const parts = rest.length === 0 ? [{ text: '' }] : rest
  return finishedCandidate(state.index, parts, finish, {
    ...(grounding !== undefined && { groundingMetadata: grounding }),
    ...takeLogprobs(state),
  })
}

function groundingOf({ citations, ranges, said, saidLength }: State): JsonObject | undefined {
  if (citations.length === 0) return undefined
  const all = citations.map(({ citation, part }) => {
    const range = part === undefined ? undefined : ranges.get(part)
    return placed(citation, range?.start ?? 0, range?.end ?? saidLength)
  })
  return encodeGrounding(all, said.join(''))
}
