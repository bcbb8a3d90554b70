import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Carrier, Citation, HostedPart } from '../../ir/part.ts'
import type { Finish } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { answerShape, candidateShape, finishedCandidate, isCutShort } from './answer-shape.ts'
import { type AnswerWriter, createAnswerWriter } from './answer-writer.ts'
import { encodeError } from './errors.ts'
import { encodeGrounding } from './grounding.ts'
import { placed } from './response.ts'

/** A part that has begun and whose turn may not have come yet. */
interface OpenPart {
  readonly type: 'text' | 'reasoning' | 'tool-call' | 'hosted'
  readonly start?: Extract<StreamEvent, { type: 'tool-call-start' }>
  readonly hosted?: HostedPart
  chunks: string[]
  hasEnded: boolean
  carrier?: Carrier
}

interface State {
  readonly context: AnswerContext
  readonly writer: AnswerWriter
  readonly byId: Map<string, OpenPart>
  /** In the order in which they began. Only the first is written; the others wait, so that nothing changes places. */
  readonly queue: Set<OpenPart>
  model: string
  usage: Usage | undefined
  hasEnded: boolean
  readonly said: string[]
  saidLength: number
  readonly citations: { readonly citation: Citation; readonly part: OpenPart | undefined }[]
  readonly ranges: Map<OpenPart, { start: number; end: number }>
}

/**
 * Our events as chunks for a client of Gemini's: text as it comes, calls whole, the finish reason and the counts in the last.
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export function createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[] {
  const state: State = {
    context,
    writer: createAnswerWriter(context.request),
    byId: new Map(),
    queue: new Set(),
    model: '',
    usage: undefined,
    hasEnded: false,
    said: [],
    saidLength: 0,
    citations: [],
    ranges: new Map(),
  }
  return (event) => (state.hasEnded ? [] : onEvent(state, event))
}

function onEvent(state: State, event: StreamEvent): SseEvent[] {
  switch (event.type) {
    case 'start':
      state.model = event.model
      return []
    case 'usage':
      state.usage = event.usage
      return []
    case 'text-start':
    case 'refusal-start':
      return open(state, event.id, { type: 'text', chunks: [], hasEnded: false })
    case 'reasoning-start':
      return open(state, event.id, { type: 'reasoning', chunks: [], hasEnded: false })
    case 'tool-call-start':
      return open(state, event.id, { type: 'tool-call', start: event, chunks: [], hasEnded: false })
    case 'hosted':
      return open(state, undefined, { type: 'hosted', hosted: event.part, chunks: [], hasEnded: true })
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      return append(state, event.id, event.text)
    case 'tool-call-delta':
      return append(state, event.id, event.input)
    case 'text-citation':
      state.citations.push({ citation: event.citation, part: state.byId.get(event.id) })
      return []
    case 'refusal-end':
      return close(state, event.id, undefined)
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end':
      return close(state, event.id, event.carrier)
    case 'finish':
      return finish(state, event.finish, event.usage ?? state.usage)
    case 'error':
      state.hasEnded = true
      return [{ data: JSON.stringify(encodeError(event.error).body) }]
    case 'ping':
    case 'dropped':
      return []
    default:
      event satisfies never
      return []
  }
}

function open(state: State, id: string | undefined, part: OpenPart): SseEvent[] {
  if (id !== undefined) state.byId.set(id, part)
  state.queue.add(part)
  return drain(state)
}

function append(state: State, id: string, text: string): SseEvent[] {
  const part = state.byId.get(id)
  if (part === undefined) return []
  part.chunks.push(text)
  return part.type === 'tool-call' ? [] : drain(state)
}

function close(state: State, id: string, carrier: Carrier | undefined): SseEvent[] {
  const part = state.byId.get(id)
  if (part === undefined) return []
  part.hasEnded = true
  if (carrier !== undefined) part.carrier = carrier
  return drain(state)
}

/** Everything whose turn has come, in one chunk. */
function drain(state: State): SseEvent[] {
  const parts = takeReady(state)
  return parts.length === 0 ? [] : [chunk(state, candidateShape(parts))]
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

function finish(state: State, reason: Finish, usage: Usage | undefined): SseEvent[] {
  for (const part of state.queue) part.hasEnded = true
  const rest = [...takeReady(state), ...state.writer.end(isCutShort(reason))]
  state.hasEnded = true
  // like Google, whose last chunk has an empty text where nothing is left to say
  const parts = rest.length === 0 ? [{ text: '' }] : rest
  return [chunk(state, finishedCandidate(parts, reason, groundingOf(state)), usage)]
}

function groundingOf({ citations, ranges, said, saidLength }: State): JsonObject | undefined {
  if (citations.length === 0) return undefined
  const all = citations.map(({ citation, part }) => {
    const range = part === undefined ? undefined : ranges.get(part)
    return placed(citation, range?.start ?? 0, range?.end ?? saidLength)
  })
  return encodeGrounding(all, said.join(''))
}

function chunk({ model, context }: State, candidate: JsonObject, usage?: Usage): SseEvent {
  return { data: JSON.stringify(answerShape(candidate, model, context, usage)) }
}
