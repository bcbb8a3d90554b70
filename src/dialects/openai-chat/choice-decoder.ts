import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { TokenLogprob } from '../../ir/logprobs.ts'
import type { Dropped, Finish } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { decodeTokens } from '../openai-logprobs.ts'
import { present } from '../openai-parameters.ts'
import { CITATIONS_OF_NOTHING, imagesOf, LOST_LOGPROBS, lostOf, wordsOf } from './answer-content.ts'
import { createCallIds } from './call-id.ts'
import { decodeAnnotations } from './decode-content.ts'
import { decodeFinish } from './finish.ts'
import { createStreamedCalls, type StreamedCalls } from './streamed-calls.ts'
import { carrierFor, readReasoning, type SeenReasoning } from './upstream-reasoning.ts'

/** One choice of a stream; most streams have one. */
export interface ChoiceDecoder {
  /** A choice of a chunk: its delta, and its finish reason where it has one. */
  read(choice: JsonObject): StreamEvent[]
  /** It has said why it ended. */
  readonly hasFinished: boolean
  /** Ends what is open. */
  end(): { readonly events: StreamEvent[]; readonly finish: Finish }
}

interface State {
  readonly prefix: string
  readonly calls: StreamedCalls
  /** The one block of text, refusal or reasoning that is open. */
  open: { readonly type: 'text' | 'refusal' | 'reasoning'; readonly id: string } | undefined
  /** Numbers the parts, for ids. */
  partCount: number
  lastTextId: string | undefined
  hasRefusal: boolean
  readonly reported: Set<Dropped>
  /** As JSON: some servers name the same sources with every chunk. */
  readonly cited: Set<string>
  /** Of the open reasoning, or what came when none was open. */
  details: JsonObject[]
  field: SeenReasoning['field']
  raw: string | undefined
  stopSequence: string | undefined
  events: StreamEvent[]
}

/** `prefix` sets the ids of its parts apart from those of other choices, `answerKey` its calls from those of other answers. */
export function createChoiceDecoder(prefix: string, answerKey: () => string): ChoiceDecoder {
  const state: State = {
    prefix,
    calls: createStreamedCalls(prefix, createCallIds(), () => answerKey()),
    open: undefined,
    partCount: 0,
    lastTextId: undefined,
    hasRefusal: false,
    reported: new Set(),
    cited: new Set(),
    details: [],
    field: undefined,
    raw: undefined,
    stopSequence: undefined,
    events: [],
  }
  const takeEvents = () => {
    const { events } = state
    state.events = []
    return events
  }
  return {
    read(choice) {
      onChoice(state, choice)
      return takeEvents()
    },
    get hasFinished() {
      return state.raw !== undefined
    },
    end() {
      const finish = onEnd(state)
      return { events: takeEvents(), finish }
    },
  }
}

function onChoice(state: State, choice: JsonObject): void {
  if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '')
    state.raw = choice.finish_reason
  if (typeof choice.stop_reason === 'string') state.stopSequence = choice.stop_reason
  const logprobs = isJsonObject(choice.logprobs) ? choice.logprobs : {}
  // some servers send a whole message instead of a delta
  const message = choice.delta ?? choice.message
  const delta = isJsonObject(message) ? message : {}
  onReasoning(state, readReasoning(delta))
  onText(state, 'text', wordsOf(delta), decodeTokens(logprobs.content))
  onText(state, 'refusal', textOf(delta.refusal), decodeTokens(logprobs.refusal))
  onAnnotations(state, delta)
  onImages(state, delta)
  onCalls(state, delta)
  for (const lost of lostOf(delta)) report(state, lost)
}

function onReasoning(state: State, { text, field, details }: SeenReasoning): void {
  if (text !== '') {
    const id = state.open?.type === 'reasoning' ? state.open.id : openBlock(state, 'reasoning')
    state.events.push({ type: 'reasoning-delta', id, text })
    state.field = field ?? state.field
  }
  state.details.push(...details)
}

function onText(
  state: State,
  type: 'text' | 'refusal',
  text: string,
  logprobs: readonly TokenLogprob[] | undefined,
): void {
  if (text === '' && logprobs === undefined) return
  const isOpen = state.open?.type === type
  if (text === '' && !isOpen) {
    report(state, LOST_LOGPROBS)
    return
  }
  const id = isOpen && state.open !== undefined ? state.open.id : openBlock(state, type)
  state.events.push({ type: `${type}-delta`, id, text, ...present('logprobs', logprobs) })
  if (type === 'refusal') state.hasRefusal = true
}

/** Sources may be named when their text has ended: offsets count from the beginning of the answer, so that any text may carry them. */
function onAnnotations(state: State, { annotations }: JsonObject): void {
  const id = state.lastTextId
  const citations = decodeAnnotations(annotations)
  if (id === undefined) {
    if (citations.length > 0) report(state, CITATIONS_OF_NOTHING)
    return
  }
  for (const citation of citations) {
    const key = JSON.stringify(citation)
    if (!state.cited.has(key)) state.events.push({ type: 'text-citation', id, citation })
    state.cited.add(key)
  }
}

function onImages(state: State, delta: JsonObject): void {
  for (const part of imagesOf(delta)) {
    closeBlock(state)
    state.events.push({ type: 'media', part })
  }
}

function onCalls(state: State, delta: JsonObject): void {
  const { tool_calls: list, function_call: legacy } = delta
  const calls = Array.isArray(list) ? list.filter(isJsonObject) : []
  const all = calls.length === 0 && isJsonObject(legacy) ? [{ index: 0, function: legacy }] : calls
  for (const call of all) {
    closeBlock(state)
    // later on a proof would stand in the middle of a call
    if (state.calls.count === 0) closeDetails(state)
    state.events.push(...state.calls.add(call))
  }
}

function report(state: State, dropped: Dropped): void {
  if (state.reported.has(dropped)) return
  state.reported.add(dropped)
  state.events.push({ type: 'dropped', dropped })
}

function openBlock(state: State, type: 'text' | 'refusal' | 'reasoning'): string {
  closeBlock(state)
  if (type !== 'reasoning') closeDetails(state)
  state.events.push(...state.calls.settle())
  const id = `${state.prefix}${type.charAt(0)}${state.partCount++}`
  state.open = { type, id }
  if (type === 'text') state.lastTextId = id
  state.events.push({ type: `${type}-start`, id })
  return id
}

function closeBlock(state: State): void {
  const { open } = state
  if (open === undefined) return
  state.open = undefined
  if (open.type !== 'reasoning') {
    state.events.push({ type: `${open.type}-end`, id: open.id })
    return
  }
  const carrier = carrierFor(state.field, state.details)
  state.details = []
  state.field = undefined
  state.events.push({ type: 'reasoning-end', id: open.id, carrier })
}

/** Proofs that came behind the content, as encrypted reasoning does: a part without text. */
function closeDetails(state: State): void {
  if (state.details.length === 0) return
  const id = `${state.prefix}r${state.partCount++}`
  const carrier = carrierFor(undefined, state.details)
  state.details = []
  state.events.push({ type: 'reasoning-start', id }, { type: 'reasoning-end', id, carrier })
}

function onEnd(state: State): Finish {
  closeBlock(state)
  state.events.push(...state.calls.endAll())
  closeDetails(state)
  return decodeFinish({
    raw: state.raw ?? null,
    ...present('stopSequence', state.stopSequence),
    hasCalls: state.calls.count > 0,
    hasRefusal: state.hasRefusal,
  })
}
