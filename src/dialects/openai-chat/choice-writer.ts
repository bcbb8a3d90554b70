import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { TokenLogprob } from '../../ir/logprobs.ts'
import type { Carrier, Citation, MediaPart, Part, ToolCallPart } from '../../ir/part.ts'
import type { Finish } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import {
  lose,
  loseFinishReason,
  loseHosted,
  loseMedia,
  losePhase,
  loseQuote,
  loseStopSequence,
} from '../answer-losses.ts'
import { encodeTokens } from '../openai-logprobs.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import {
  answerFinish,
  encodeAnnotation,
  encodeDetails,
  encodeImage,
  encodeSignature,
  IMAGES_EXTENSION,
  logprobsShape,
  REASONING_SEPARATOR,
  refusalText,
} from './encode-response.ts'
import { loseFurtherCall, wantsFunctionCall } from './legacy-functions.ts'

/** An event that says something of one choice. */
export type ChoiceEvent = Exclude<
  StreamEvent,
  { type: 'start' | 'finish' | 'error' | 'usage' | 'ping' | 'dropped' }
>

/** Writes the deltas of one choice. */
export interface ChoiceWriter {
  add(event: ChoiceEvent): SseEvent[]
  /** The rest and the finish reason; `rest` stands beside the choices. Throws `upstream_error`. */
  finish(finish: Finish, rest?: JsonObject): SseEvent[]
}

/** A part as far as it has been said. */
interface OpenPart {
  readonly type: 'text' | 'refusal' | 'reasoning' | 'tool-call' | 'other'
  /** Kept of reasoning only, whose proof repeats it. */
  readonly chunks: string[]
  readonly isSummary: boolean
  readonly call?: {
    readonly index: number
    readonly callId: string
    readonly name: string
    readonly kind: ToolCallPart['kind']
  }
  /** Where in the answer's text it begins, and how long it is. */
  readonly start: number
  length: number
  carrier?: Carrier
  readonly citations: Citation[]
}

interface State {
  readonly index: number
  readonly write: ChunkWriter
  readonly context: AnswerContext
  readonly isLegacy: boolean
  /** In the order in which they began. */
  readonly parts: Map<string, OpenPart>
  textLength: number
  callCount: number
  imageCount: number
  hasReasoning: boolean
  hasRefusal: boolean
}

export function createChoiceWriter(index: number, write: ChunkWriter, context: AnswerContext): ChoiceWriter {
  const state: State = {
    index,
    write,
    context,
    isLegacy: wantsFunctionCall(context.request),
    parts: new Map(),
    textLength: 0,
    callCount: 0,
    imageCount: 0,
    hasReasoning: false,
    hasRefusal: false,
  }
  return { add: (event) => step(state, event), finish: (finish, rest = {}) => onFinish(state, finish, rest) }
}

function step(state: State, event: ChoiceEvent): SseEvent[] {
  switch (event.type) {
    case 'text-start':
    case 'refusal-start':
      losePhase(state.context, event.phase)
      open(state, event.id, event.type === 'text-start' ? 'text' : 'refusal')
      return []
    case 'reasoning-start':
      open(state, event.id, 'reasoning', { isSummary: event.isSummary === true })
      return []
    case 'text-delta':
      return onText(state, event)
    case 'refusal-delta':
      state.hasRefusal ||= event.text !== ''
      return delta(state, event.text === '' ? {} : { refusal: event.text }, event.logprobs, 'refusal')
    case 'reasoning-delta':
      return onReasoning(state, event.id, event.text)
    case 'text-citation':
      loseQuote(state.context, event.citation)
      state.parts.get(event.id)?.citations.push(event.citation)
      return []
    case 'text-end':
    case 'reasoning-end':
      return onEnd(state, event.id, event.carrier)
    case 'tool-call-start':
      return onCall(state, event)
    case 'tool-call-delta':
      return onInput(state, event.id, event.input)
    case 'tool-call-end':
      return onCallEnd(state, event.id, event.carrier)
    case 'hosted':
      loseHosted(state.context, event.part)
      open(state, `hosted ${state.parts.size}`, 'other')
      return []
    case 'media':
      return onMedia(state, event.part)
    case 'refusal-end':
      return []
    default:
      return event satisfies never
  }
}

function open(state: State, id: string, type: OpenPart['type'], rest: Partial<OpenPart> = {}): void {
  const start = state.textLength
  state.parts.set(id, { type, chunks: [], isSummary: false, start, length: 0, citations: [], ...rest })
}

/** Nothing where there is nothing to say. */
function delta(
  { write, index }: State,
  fields: JsonObject,
  logprobs: readonly TokenLogprob[] | undefined,
  list: 'content' | 'refusal',
): SseEvent[] {
  if (logprobs === undefined) return Object.keys(fields).length === 0 ? [] : write.delta(index, fields)
  const tokens = encodeTokens(logprobs)
  return write.delta(
    index,
    fields,
    list === 'content' ? logprobsShape(tokens, []) : logprobsShape([], tokens),
  )
}

function onText(
  state: State,
  { id, text, logprobs }: Extract<ChoiceEvent, { type: 'text-delta' }>,
): SseEvent[] {
  const part = state.parts.get(id)
  if (part !== undefined) part.length += text.length
  state.textLength += text.length
  return delta(state, text === '' ? {} : { content: text }, logprobs, 'content')
}

function onReasoning(state: State, id: string, text: string): SseEvent[] {
  const part = state.parts.get(id)
  if (part === undefined || text === '') return []
  const isNext = part.chunks.length === 0 && state.hasReasoning
  part.chunks.push(text)
  state.hasReasoning = true
  const reasoning_content = isNext ? REASONING_SEPARATOR + text : text
  return state.write.delta(state.index, { reasoning_content })
}

function onEnd(state: State, id: string, carrier: Carrier | undefined): SseEvent[] {
  const part = state.parts.get(id)
  if (part !== undefined && carrier !== undefined) part.carrier = carrier
  return []
}

function onMedia(state: State, part: MediaPart): SseEvent[] {
  open(state, `media ${state.parts.size}`, 'other')
  const images = part.type === 'image' ? encodeImage(part) : []
  if (images.length === 0) {
    loseMedia(state.context, part)
    return []
  }
  lose(state.context, 'approximated', IMAGES_EXTENSION)
  state.imageCount++
  return state.write.delta(state.index, { images })
}

function onCall(state: State, event: Extract<ChoiceEvent, { type: 'tool-call-start' }>): SseEvent[] {
  const { id, callId, name, kind } = event
  const index = state.callCount++
  open(state, id, 'tool-call', { call: { index, callId, name, kind } })
  if (state.isLegacy && index > 0) loseFurtherCall(state.context)
  if (state.isLegacy) return index === 0 ? callDelta(state, { function_call: { name, arguments: '' } }) : []
  const head = kind === 'custom' ? { custom: { name, input: '' } } : { function: { name, arguments: '' } }
  return callDelta(state, { tool_calls: [{ index, id: callId, type: kind, ...head }] })
}

function callDelta({ write, index }: State, fields: JsonObject): SseEvent[] {
  return write.delta(index, fields)
}

function onInput(state: State, id: string, input: string): SseEvent[] {
  const part = state.parts.get(id)
  if (part?.call === undefined || input === '') return []
  part.length += input.length
  const { index, kind } = part.call
  if (state.isLegacy) return index === 0 ? callDelta(state, { function_call: { arguments: input } }) : []
  const fragment = kind === 'custom' ? { custom: { input } } : { function: { arguments: input } }
  return callDelta(state, { tool_calls: [{ index, ...fragment }] })
}

function onCallEnd(state: State, id: string, carrier: Carrier | undefined): SseEvent[] {
  const part = state.parts.get(id)
  if (part?.call === undefined) return []
  const filled = part.length === 0 && part.call.kind === 'function' ? onInput(state, id, '{}') : []
  if (carrier === undefined) return filled
  part.carrier = carrier
  const signature = encodeSignature({ carrier })
  if (state.isLegacy || signature.extra_content === undefined) return filled
  return [...filled, ...callDelta(state, { tool_calls: [{ index: part.call.index, ...signature }] })]
}

function onFinish(state: State, finish: Finish, rest: JsonObject): SseEvent[] {
  loseStopSequence(state.context, finish)
  loseFinishReason(state.context, finish)
  const { parts, callCount, isLegacy, write, index } = state
  const reason = answerFinish(finish, parts.size > 0, callCount > 0, isLegacy)
  const refusal = state.hasRefusal ? null : refusalText('', finish)
  // reasoning alone is an answer without content, not one with none
  const isBare = state.textLength + callCount + state.imageCount === 0 && !state.hasRefusal
  const tail = {
    ...(parts.size > 0 && isBare && (refusal ?? '') === '' && { content: '' }),
    ...(refusal !== null && refusal !== '' && { refusal }),
    ...encodeTail(state),
  }
  return [
    ...(Object.keys(tail).length > 0 ? write.delta(index, tail) : []),
    ...write.finish(index, reason, rest),
  ]
}

function encodeTail(state: State): JsonObject {
  const parts = [...state.parts.values()]
  const details = encodeDetails(parts.map(provenPart))
  const annotations = parts.flatMap(({ citations, start, length }) =>
    citations.map((citation) => encodeAnnotation(citation, { start, end: start + length })),
  )
  return {
    ...(details.length > 0 && { reasoning_details: details }),
    ...(annotations.length > 0 && { annotations }),
  }
}

/** A part as far as its proof needs it. */
function provenPart({ type, chunks, isSummary, call, carrier }: OpenPart): Part {
  const proof = carrier === undefined ? {} : { carrier }
  if (type === 'reasoning') return { type, text: chunks.join(''), ...(isSummary && { isSummary }), ...proof }
  if (type === 'tool-call' && call !== undefined)
    return { type, callId: call.callId, name: call.name, kind: call.kind, input: '', ...proof }
  if (type === 'refusal') return { type, text: '' }
  return { type: 'text', text: '', ...proof }
}
