import type { JsonObject } from '../../core/json.ts'
import type { Carrier } from '../../ir/part.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { idToken } from './response-object.ts'
import { namespaceOf } from './tools.ts'
import { addCarrierItem, addItem, finishItem, type OpenCall, type WriterState } from './writer-state.ts'

type CallStart = Extract<StreamEvent, { type: 'tool-call-start' }>

export function startCall(state: WriterState, event: CallStart): OpenCall {
  const isCustom = event.kind === 'custom'
  const namespace = event.namespace ?? offeredNamespace(state, event.name)
  const base = {
    type: isCustom ? 'custom_tool_call' : 'function_call',
    call_id: event.callId || `call_${idToken(state.context)}${state.output.length}`,
    name: event.name,
    ...(namespace !== undefined && { namespace }),
  }
  const place = addItem(state, isCustom ? 'ctc' : 'fc', (id) => callItem(id, base, 'in_progress', ''))
  return { kind: 'call', place, base, isCustom, chunks: [] }
}

/** Where an upstream without namespaces gives back a bare name, the only tool of that name knows where it belongs. */
function offeredNamespace({ context }: WriterState, name: string): string | undefined {
  const tools = context.request.tools.filter((tool) => tool.type !== 'hosted' && tool.name === name)
  const [only] = tools
  return tools.length === 1 && only !== undefined ? namespaceOf(only) : undefined
}

function callItem(id: string, base: JsonObject, status: string, text: string): JsonObject {
  const payload = base.type === 'custom_tool_call' ? { input: text } : { arguments: text }
  return { id, ...base, status, ...payload }
}

export function writeCall(state: WriterState, call: OpenCall, delta: string): void {
  if (delta === '') return
  call.chunks.push(delta)
  state.emit(`${nameOf(call)}.delta`, { ...placeFields(call), delta })
}

/** The text of the call is complete; whether the call is, its carrier or whatever comes next tells. */
export function endCall(state: WriterState, call: OpenCall, carrier?: Carrier): void {
  // no arguments are an empty object, not an empty text, which no JSON parser takes
  if (call.chunks.length === 0 && !call.isCustom) writeCall(state, call, '{}')
  const text = call.chunks.join('')
  const payload = call.isCustom ? { input: text } : { name: call.base.name, arguments: text }
  state.emit(`${nameOf(call)}.done`, { ...placeFields(call), ...payload })
  flushCall(state, 'completed')
  state.endedCall = call
  if (carrier === undefined) return
  flushCall(state, 'completed')
  addCarrierItem(state, carrier, String(call.base.call_id))
}

export function flushCall(state: WriterState, status: 'completed' | 'incomplete'): void {
  const call = state.endedCall
  if (call === undefined) return
  state.endedCall = undefined
  finishItem(state, call.place.index, callItem(call.place.id, call.base, status, call.chunks.join('')))
}

function nameOf({ isCustom }: OpenCall): string {
  return isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
}

function placeFields({ place }: OpenCall): JsonObject {
  return { item_id: place.id, output_index: place.index }
}
