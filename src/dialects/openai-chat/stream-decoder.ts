import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Dropped } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { decodeOpenAiError } from '../openai-errors.ts'
import { present } from '../openai-parameters.ts'
import { decodeOpenAiUsage } from '../openai-usage.ts'
import { parseEvent } from '../parse-event.ts'
import { createCallIds } from './call-id.ts'
import { decodeAnnotations } from './decode-content.ts'
import { answerKey, OTHER_CHOICES } from './decode-response.ts'
import { decodeFinish } from './finish.ts'
import { createStreamedCalls, type StreamedCalls } from './streamed-calls.ts'
import { carrierFor, readReasoning, type SeenReasoning } from './upstream-reasoning.ts'

interface State {
  readonly calls: StreamedCalls
  first: JsonObject
  hasStarted: boolean
  hasEnded: boolean
  /** The one block of text, refusal or reasoning that is open. */
  open: { readonly type: 'text' | 'refusal' | 'reasoning'; readonly id: string } | undefined
  /** Numbers the parts, for ids. */
  partCount: number
  lastTextId: string | undefined
  hasRefusal: boolean
  hasOtherChoices: boolean
  /** Of the open reasoning, or what came when none was open. */
  details: JsonObject[]
  field: SeenReasoning['field']
  raw: string | undefined
  stopSequence: string | undefined
  usage: Usage | undefined
  serviceTier: string | undefined
}

/**
 * Chunks of a chat completion as our events. The end is `[DONE]` or the chunk of counts behind a finish reason, whichever comes first; a
 * stream that closes after its finish reason with neither ends well, too, which only the reader of the connection sees: let it send
 * `{ data: '[DONE]' }`. Without a finish reason there is no end. Throws `upstream_malformed`.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function createStreamDecoder(): (event: SseEvent) => StreamEvent[] {
  const state: State = {
    calls: createStreamedCalls(createCallIds(), () => answerKey(state.first)),
    first: {},
    hasStarted: false,
    hasEnded: false,
    open: undefined,
    partCount: 0,
    lastTextId: undefined,
    hasRefusal: false,
    hasOtherChoices: false,
    details: [],
    field: undefined,
    raw: undefined,
    stopSequence: undefined,
    usage: undefined,
    serviceTier: undefined,
  }
  return ({ data }) => {
    if (state.hasEnded) return []
    if (data.trim() === '[DONE]') return onFinish(state)
    return onChunk(state, parseEvent(data))
  }
}

function onChunk(state: State, chunk: JsonObject): StreamEvent[] {
  const error = decodeOpenAiError(chunk.error)
  if (error !== undefined) {
    state.hasEnded = true
    return [{ type: 'error', error }]
  }
  const usage = decodeOpenAiUsage(chunk.usage)
  state.usage = usage ?? state.usage
  if (typeof chunk.service_tier === 'string') state.serviceTier = chunk.service_tier
  const choices = Array.isArray(chunk.choices) ? chunk.choices.filter(isJsonObject) : []
  const events = choices.length === 0 ? [] : [...start(state, chunk), ...onChoices(state, choices)]
  if (usage === undefined) return events
  if (choices.length === 0 && state.raw !== undefined) return [...events, ...onFinish(state)]
  return [...events, { type: 'usage', usage }]
}

function start(state: State, chunk: JsonObject): StreamEvent[] {
  if (state.hasStarted) return []
  state.hasStarted = true
  state.first = chunk
  const upstreamId = textOf(chunk.id)
  return [
    {
      type: 'start',
      ...(upstreamId !== '' && { upstreamId }),
      model: textOf(chunk.model),
      ...(typeof chunk.created === 'number' && { createdSeconds: chunk.created }),
    },
  ]
}

function onChoices(state: State, choices: readonly JsonObject[]): StreamEvent[] {
  const events: StreamEvent[] = []
  for (const choice of choices) {
    const isFirst = choice.index === undefined || choice.index === null || choice.index === 0
    if (isFirst) onChoice(state, choice, events)
    else if (!state.hasOtherChoices) {
      state.hasOtherChoices = true
      events.push({ type: 'dropped', dropped: OTHER_CHOICES })
    }
  }
  return events
}

function onChoice(state: State, choice: JsonObject, events: StreamEvent[]): void {
  if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '')
    state.raw = choice.finish_reason
  if (typeof choice.stop_reason === 'string') state.stopSequence = choice.stop_reason
  // some servers send a whole message instead of a delta
  const delta = choice.delta ?? choice.message
  if (!isJsonObject(delta)) return
  onReasoning(state, readReasoning(delta), events)
  onText(state, 'text', textOf(delta.content), events)
  onText(state, 'refusal', textOf(delta.refusal), events)
  onAnnotations(state, delta, events)
  onCalls(state, delta, events)
}

function onReasoning(state: State, { text, field, details }: SeenReasoning, events: StreamEvent[]): void {
  if (text !== '') {
    if (state.open?.type !== 'reasoning') openBlock(state, 'reasoning', events)
    if (state.open !== undefined) events.push({ type: 'reasoning-delta', id: state.open.id, text })
    state.field = field ?? state.field
  }
  state.details.push(...details)
}

function onText(state: State, type: 'text' | 'refusal', text: string, events: StreamEvent[]): void {
  if (text === '') return
  if (state.open?.type !== type) openBlock(state, type, events)
  if (state.open !== undefined) events.push({ type: `${type}-delta`, id: state.open.id, text })
  if (type === 'refusal') state.hasRefusal = true
}

function onAnnotations(state: State, { annotations }: JsonObject, events: StreamEvent[]): void {
  const id = state.lastTextId
  const citations = decodeAnnotations(annotations)
  if (id !== undefined && state.open?.id === id)
    for (const citation of citations) events.push({ type: 'text-citation', id, citation })
  else if (citations.length > 0) events.push({ type: 'dropped', dropped: LATE_CITATIONS })
}

const LATE_CITATIONS: Dropped = {
  path: 'annotations',
  action: 'dropped',
  reason: 'they came when their text had ended',
}

function onCalls(state: State, delta: JsonObject, events: StreamEvent[]): void {
  const { tool_calls: list, function_call: legacy } = delta
  const calls = Array.isArray(list) ? list.filter(isJsonObject) : []
  const all = calls.length === 0 && isJsonObject(legacy) ? [{ index: 0, function: legacy }] : calls
  for (const call of all) {
    closeBlock(state, events)
    // later on a proof would stand in the middle of a call
    if (state.calls.count === 0) closeDetails(state, events)
    events.push(...state.calls.add(call))
  }
}

function openBlock(state: State, type: 'text' | 'refusal' | 'reasoning', events: StreamEvent[]): void {
  closeBlock(state, events)
  if (type !== 'reasoning') closeDetails(state, events)
  events.push(...state.calls.settle())
  const id = `${type.charAt(0)}${state.partCount++}`
  state.open = { type, id }
  if (type === 'text') state.lastTextId = id
  events.push({ type: `${type}-start`, id })
}

function closeBlock(state: State, events: StreamEvent[]): void {
  const { open } = state
  if (open === undefined) return
  state.open = undefined
  if (open.type !== 'reasoning') {
    events.push({ type: `${open.type}-end`, id: open.id })
    return
  }
  const carrier = carrierFor(state.field, state.details)
  state.details = []
  state.field = undefined
  events.push({ type: 'reasoning-end', id: open.id, carrier })
}

function onFinish(state: State): StreamEvent[] {
  if (state.raw === undefined) return []
  state.hasEnded = true
  const events: StreamEvent[] = []
  closeBlock(state, events)
  events.push(...state.calls.endAll())
  closeDetails(state, events)
  const finish = decodeFinish({
    raw: state.raw,
    ...present('stopSequence', state.stopSequence),
    hasCalls: state.calls.count > 0,
    hasRefusal: state.hasRefusal,
  })
  const rest = { ...present('usage', state.usage), ...present('serviceTier', state.serviceTier) }
  events.push({ type: 'finish', finish, ...rest })
  return events
}

/** Proofs that came behind the content, as encrypted reasoning does: a part without text. */
function closeDetails(state: State, events: StreamEvent[]): void {
  if (state.details.length === 0) return
  const id = `r${state.partCount++}`
  const carrier = carrierFor(undefined, state.details)
  state.details = []
  events.push({ type: 'reasoning-start', id }, { type: 'reasoning-end', id, carrier })
}
