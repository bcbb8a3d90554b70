import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Carrier } from '../../ir/part.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { createCallIds } from './call-id.ts'
import { signatureOf, toolInput } from './decode-response.ts'
import { InputScanner } from './input-scanner.ts'

interface StreamedCall {
  readonly id: string
  readonly wireId: string
  readonly kind: 'function' | 'custom'
  readonly scanner: InputScanner
  /** What came before the name did. */
  readonly held: string[]
  hasStarted: boolean
  hasInput: boolean
  hasEnded: boolean
  carrier?: Carrier
}

/** The tool calls of a stream, whose fragments may come in any order, without an index, or with everything repeated. */
export interface StreamedCalls {
  readonly count: number
  add(delta: JsonObject): StreamEvent[]
  /** Ends the calls whose input is whole: something else begins. */
  settle(): StreamEvent[]
  endAll(): StreamEvent[]
}

/** `prefix` begins the ids of their parts. */
export function createStreamedCalls(
  prefix: string,
  callIdOf: ReturnType<typeof createCallIds>,
  answerKey: () => string,
): StreamedCalls {
  const calls: StreamedCall[] = []
  const byIndex = new Map<number, StreamedCall>()
  let startedCount = 0

  function findCall(
    delta: JsonObject,
    wireId: string,
    name: string,
    input: string,
  ): StreamedCall | undefined {
    const { index } = delta
    if (typeof index !== 'number' && wireId !== '') return calls.find((call) => call.wireId === wireId)
    const call = typeof index === 'number' ? byIndex.get(index) : calls.at(-1)
    if (call === undefined || name === '' || (wireId !== '' && wireId === call.wireId)) return call
    // servers that number every call 0, or none, begin the next one when the last is whole
    const isNext =
      wireId === '' ? input !== '' && call.scanner.isWhole : !call.hasInput || call.scanner.isWhole
    return isNext ? undefined : call
  }

  function begin(delta: JsonObject, wireId: string): StreamedCall {
    const call: StreamedCall = {
      id: `${prefix}c${calls.length}`,
      wireId,
      kind: isJsonObject(delta.custom) || delta.type === 'custom' ? 'custom' : 'function',
      scanner: new InputScanner(),
      held: [],
      hasStarted: false,
      hasInput: false,
      hasEnded: false,
    }
    calls.push(call)
    if (typeof delta.index === 'number') byIndex.set(delta.index, call)
    return call
  }

  function start(call: StreamedCall, name: string): StreamEvent[] {
    call.hasStarted = true
    startedCount++
    const callId = callIdOf(call.wireId, answerKey())
    const events: StreamEvent[] = [{ type: 'tool-call-start', id: call.id, callId, name, kind: call.kind }]
    return [...events, ...call.held.splice(0).map((input) => inputEvent(call, input))]
  }

  function end(call: StreamedCall): StreamEvent[] {
    if (call.hasEnded) return []
    if (!call.hasStarted)
      throw new GatewayError('upstream_malformed', 'The provider sent a tool call without a name.')
    call.hasEnded = true
    const isBare = !call.hasInput && call.kind === 'function'
    const { id, carrier } = call
    return [
      ...(isBare ? [inputEvent(call, '{}')] : []),
      { type: 'tool-call-end', id, ...(carrier !== undefined && { carrier }) },
    ]
  }

  function add(delta: JsonObject): StreamEvent[] {
    const declared = isJsonObject(delta.custom) ? delta.custom : delta.function
    const fields = isJsonObject(declared) ? declared : {}
    const wireId = textOf(delta.id)
    const name = textOf(fields.name)
    const input = toolInput(isJsonObject(delta.custom) ? fields.input : fields.arguments)
    const known = findCall(delta, wireId, name, input)
    const events: StreamEvent[] = known === undefined ? settle() : []
    const call = known ?? begin(delta, wireId)
    const { carrier } = signatureOf(delta)
    if (carrier !== undefined) call.carrier = carrier
    if (!call.hasStarted && name !== '') events.push(...start(call, name))
    if (input === '' || call.hasEnded) return events
    call.hasInput = true
    call.scanner.add(input)
    if (call.hasStarted) events.push(inputEvent(call, input))
    else call.held.push(input)
    return events
  }

  function settle(): StreamEvent[] {
    return calls.flatMap((call) => (call.kind === 'function' && call.scanner.isWhole ? end(call) : []))
  }

  return {
    get count() {
      return startedCount
    },
    add,
    settle,
    endAll: () => calls.flatMap(end),
  }
}

function inputEvent({ id }: StreamedCall, input: string): StreamEvent {
  return { type: 'tool-call-delta', id, input }
}
