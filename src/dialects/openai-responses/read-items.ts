import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import {
  decodeImage,
  fallbackCallId,
  objectsOf,
  phaseOf,
  uniqueCallId,
  upstreamCarrier,
} from './decode-output.ts'
import { given } from './given.ts'
import {
  appendCall,
  appendReasoning,
  appendText,
  citeOnce,
  closeText,
  messageAt,
  openReasoning,
  reasoningAt,
  textAt,
} from './read-deltas.ts'
import {
  itemKey,
  itemOf,
  nextId,
  type ReadCall,
  type ReaderState,
  type ReadItem,
  type ReadMessage,
  type ReadReasoning,
  type ReadText,
} from './reader-state.ts'

/** An item is announced. */
export function addOutputItem(state: ReaderState, event: JsonObject): void {
  const { item } = event
  const key = itemKey(event)
  if (!isJsonObject(item) || state.items.has(key)) return
  switch (item.type) {
    case 'message':
      messageAt(state, key, phaseOf(item))
      return
    case 'reasoning':
      reasoningAt(state, key)
      return
    case 'function_call':
    case 'custom_tool_call':
      readCall(state, event, item)
      return
    default:
      state.items.set(key, { kind: 'hosted' })
  }
}

/** Some servers name the tool only when the call is done; until then nothing can be passed on. */
function readCall(state: ReaderState, event: JsonObject, item: JsonObject): ReadCall {
  const key = itemKey(event)
  const isCustom = item.type === 'custom_tool_call'
  const call = itemOf(state, key, 'call') ?? { kind: 'call', id: undefined, isCustom, length: 0 }
  state.items.set(key, call)
  const name = textOf(item.name)
  if (call.id === undefined && name !== '') openCall(state, call, event, item)
  appendCall(state, call, textOf(isCustom ? item.input : item.arguments), 'whole')
  return call
}

function openCall(state: ReaderState, call: ReadCall, event: JsonObject, item: JsonObject): void {
  const index = typeof event.output_index === 'number' ? event.output_index : state.parts
  const id = nextId(state, 'c')
  call.id = id
  state.held = { ...state.held, hasCall: true }
  state.events.push({
    type: 'tool-call-start',
    id,
    callId: uniqueCallId(item, fallbackCallId(state.upstreamId, index), state.usedCallIds),
    name: textOf(item.name),
    kind: call.isCustom ? 'custom' : 'function',
    ...given({ namespace: typeof item.namespace === 'string' ? item.namespace : undefined }),
  })
}

/** An item is done: whatever of it has not been said is said now. */
export function finishOutputItem(state: ReaderState, event: JsonObject): void {
  const { item } = event
  const key = itemKey(event)
  if (!isJsonObject(item) || state.items.get(key)?.isDone === true) return
  switch (item.type) {
    case 'message':
      finishMessage(state, messageAt(state, key, phaseOf(item)), item)
      break
    case 'reasoning':
      finishReasoning(state, reasoningAt(state, key), item)
      break
    case 'function_call':
    case 'custom_tool_call':
      close(state, readCall(state, event, item))
      break
    default: {
      const image = decodeImage(item)
      if (image !== undefined) state.events.push({ type: 'media', part: image })
      else
        state.events.push({
          type: 'hosted',
          part: { type: 'hosted', dialect: 'openai-responses', wire: item },
        })
    }
  }
  const done = state.items.get(key) ?? { kind: 'hosted' }
  done.isDone = true
  state.items.set(key, done)
}

/** A content part is complete, its annotations included. */
export function finishContentPart(state: ReaderState, event: JsonObject): void {
  const message = itemOf(state, itemKey(event), 'message')
  if (message === undefined || !isJsonObject(event.part)) return
  const index = typeof event.content_index === 'number' ? event.content_index : 0
  closeText(state, readPart(state, message, index, event.part))
}

function readPart(state: ReaderState, message: ReadMessage, index: number, part: JsonObject): ReadText {
  const kind = part.type === 'refusal' ? 'refusal' : 'text'
  const text = textAt(state, message, index, kind)
  appendText(state, text, textOf(kind === 'refusal' ? part.refusal : part.text), 'whole', part.logprobs)
  citeOnce(state, text, objectsOf(part.annotations), 0)
  return text
}

function finishMessage(state: ReaderState, message: ReadMessage, item: JsonObject): void {
  for (const [index, part] of objectsOf(item.content).entries()) readPart(state, message, index, part)
  close(state, message)
}

function finishReasoning(state: ReaderState, part: ReadReasoning, item: JsonObject): void {
  for (const [index, entry] of objectsOf(item.summary).entries())
    appendReasoning(state, part, `s${index}`, textOf(entry.text), 'whole')
  for (const [index, entry] of objectsOf(item.content).entries())
    appendReasoning(state, part, `c${index}`, textOf(entry.text), 'whole')
  const carrier = upstreamCarrier(item)
  if (carrier === undefined) {
    close(state, part)
    return
  }
  const id = part.id ?? openReasoning(state, part, false)
  part.id = undefined
  state.events.push({ type: 'reasoning-end', id, carrier })
}

/** Ends what is open of an item. */
function close(state: ReaderState, item: ReadItem): void {
  switch (item.kind) {
    case 'message':
      for (const text of item.texts.values()) closeText(state, text)
      return
    case 'reasoning':
      if (item.id !== undefined) state.events.push({ type: 'reasoning-end', id: item.id })
      item.id = undefined
      return
    case 'call':
      if (item.id === undefined) return
      if (item.length === 0 && !item.isCustom) appendCall(state, item, '{}', 'piece')
      state.events.push({ type: 'tool-call-end', id: item.id })
      item.id = undefined
      return
    case 'hosted':
      return
    default:
      item satisfies never
  }
}

/** Servers that never say that an item is done have said so at the end. */
export function closeAll(state: ReaderState): void {
  for (const item of state.items.values()) if (item.isDone !== true) close(state, item)
}
