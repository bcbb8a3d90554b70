import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Carrier, Citation, Part, ToolCallPart } from '../../ir/part.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { encodeOpenAiError } from '../openai-errors.ts'
import { encodeChoicesUsage } from '../openai-usage.ts'
import { type ChunkWriter, createChunkWriter } from './chunk-writer.ts'
import {
  answerFinish,
  encodeAnnotation,
  encodeDetails,
  encodeSignature,
  REASONING_SEPARATOR,
  refusalText,
} from './encode-response.ts'
import { wantsFunctionCall } from './legacy-functions.ts'

type Finished = Extract<StreamEvent, { type: 'finish' }>

/** A part as far as it has been said. */
interface OpenPart {
  readonly type: 'text' | 'refusal' | 'reasoning' | 'tool-call' | 'hosted'
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
  readonly write: ChunkWriter
  readonly context: AnswerContext
  readonly isLegacy: boolean
  /** In the order in which they began. */
  readonly parts: Map<string, OpenPart>
  textLength: number
  callCount: number
  hasReasoning: boolean
  hasRefusal: boolean
  hasEnded: boolean
}

/**
 * Our events as chunks of a chat completion. Proofs of reasoning and annotations come in one delta behind the content: clients that add up
 * deltas and clients that keep the last one both get all of them. Throws `upstream_error` at the finish of an answer that is not complete and
 * cannot say so; an `error` may follow.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[] {
  const state: State = {
    write: createChunkWriter(context),
    context,
    isLegacy: wantsFunctionCall(context.request),
    parts: new Map(),
    textLength: 0,
    callCount: 0,
    hasReasoning: false,
    hasRefusal: false,
    hasEnded: false,
  }
  return (event) => (state.hasEnded ? [] : step(state, event))
}

function step(state: State, event: StreamEvent): SseEvent[] {
  switch (event.type) {
    case 'start':
      state.write.open(event)
      return []
    case 'text-start':
    case 'refusal-start':
      open(state, event.id, event.type === 'text-start' ? 'text' : 'refusal')
      return []
    case 'reasoning-start':
      open(state, event.id, 'reasoning', { isSummary: event.isSummary === true })
      return []
    case 'text-delta':
      return onText(state, event.id, event.text)
    case 'refusal-delta':
      state.hasRefusal ||= event.text !== ''
      return event.text === '' ? [] : state.write.delta({ refusal: event.text })
    case 'reasoning-delta':
      return onReasoning(state, event.id, event.text)
    case 'text-citation':
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
      open(state, `hosted ${state.parts.size}`, 'hosted')
      return []
    case 'finish':
      return onFinish(state, event)
    case 'error':
      return fail(state, event.error)
    case 'refusal-end':
    case 'usage':
    case 'ping':
    case 'dropped':
      return []
    default:
      return event satisfies never
  }
}

function open(state: State, id: string, type: OpenPart['type'], rest: Partial<OpenPart> = {}): void {
  const start = state.textLength
  state.parts.set(id, { type, chunks: [], isSummary: false, start, length: 0, citations: [], ...rest })
}

function onText(state: State, id: string, text: string): SseEvent[] {
  if (text === '') return []
  const part = state.parts.get(id)
  if (part !== undefined) part.length += text.length
  state.textLength += text.length
  return state.write.delta({ content: text })
}

function onReasoning(state: State, id: string, text: string): SseEvent[] {
  const part = state.parts.get(id)
  if (part === undefined || text === '') return []
  const isNext = part.chunks.length === 0 && state.hasReasoning
  part.chunks.push(text)
  state.hasReasoning = true
  return state.write.delta({ reasoning_content: isNext ? REASONING_SEPARATOR + text : text })
}

function onEnd(state: State, id: string, carrier: Carrier | undefined): SseEvent[] {
  const part = state.parts.get(id)
  if (part !== undefined && carrier !== undefined) part.carrier = carrier
  return []
}

function onCall(state: State, event: Extract<StreamEvent, { type: 'tool-call-start' }>): SseEvent[] {
  const { id, callId, name, kind } = event
  const index = state.callCount++
  open(state, id, 'tool-call', { call: { index, callId, name, kind } })
  if (state.isLegacy) return index === 0 ? state.write.delta({ function_call: { name, arguments: '' } }) : []
  const head = kind === 'custom' ? { custom: { name, input: '' } } : { function: { name, arguments: '' } }
  return state.write.delta({ tool_calls: [{ index, id: callId, type: kind, ...head }] })
}

function onInput(state: State, id: string, input: string): SseEvent[] {
  const part = state.parts.get(id)
  if (part?.call === undefined || input === '') return []
  part.length += input.length
  const { index, kind } = part.call
  if (state.isLegacy) return index === 0 ? state.write.delta({ function_call: { arguments: input } }) : []
  const fragment = kind === 'custom' ? { custom: { input } } : { function: { arguments: input } }
  return state.write.delta({ tool_calls: [{ index, ...fragment }] })
}

function onCallEnd(state: State, id: string, carrier: Carrier | undefined): SseEvent[] {
  const part = state.parts.get(id)
  if (part?.call === undefined) return []
  const filled = part.length === 0 && part.call.kind === 'function' ? onInput(state, id, '{}') : []
  if (carrier === undefined) return filled
  part.carrier = carrier
  const signature = encodeSignature({ carrier })
  if (state.isLegacy || signature.extra_content === undefined) return filled
  return [...filled, ...state.write.delta({ tool_calls: [{ index: part.call.index, ...signature }] })]
}

function onFinish(state: State, event: Finished): SseEvent[] {
  const reason = answerFinish(event.finish, state.parts.size > 0, state.callCount > 0, state.isLegacy)
  state.hasEnded = true
  const refusal = state.hasRefusal ? null : refusalText('', event.finish)
  // reasoning alone is an answer without content, not one with none
  const isEmpty = state.parts.size > 0 && state.textLength + state.callCount === 0 && !state.hasRefusal
  const tail = {
    ...(isEmpty && (refusal ?? '') === '' && { content: '' }),
    ...(refusal !== null && refusal !== '' && { refusal }),
    ...encodeTail(state),
  }
  const usage = event.usage === undefined ? undefined : encodeChoicesUsage(event.usage)
  return [
    ...(Object.keys(tail).length > 0 ? state.write.delta(tail) : []),
    ...state.write.finish(reason, event.serviceTier),
    ...(usage === undefined ? [] : state.write.usage(usage)),
    { data: '[DONE]' },
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

/** No [DONE] behind it: to a client that would read as a clean end. */
function fail(state: State, error: Parameters<typeof encodeOpenAiError>[0]): SseEvent[] {
  state.hasEnded = true
  return [{ data: JSON.stringify(encodeOpenAiError(error).body) }]
}
