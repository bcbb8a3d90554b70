import type { JsonObject } from '../../core/json.ts'
import { checkChoices, expectKind } from './choices.ts'
import {
  type Expectation,
  type Findings,
  objectIn,
  objectsIn,
  type ReadEvent,
  readChunks,
  takeError,
} from './findings.ts'

/** @see https://platform.openai.com/docs/api-reference/chat-streaming */
export function checkOpenAiChat(
  events: readonly ReadEvent[],
  expected: Expectation,
  findings: Findings,
): void {
  const chunks = takeError(readChunks(events, expected, findings), expected, findings)
  expectKind(chunks, 'chat.completion.chunk', findings)
  const hasBegun = new Set<unknown>()
  const calls = new Map<unknown, Set<unknown>>()
  checkChoices(chunks, expected, findings, (choice) => {
    const delta = objectIn(choice, 'delta')
    const isFirst = !hasBegun.has(choice.index)
    hasBegun.add(choice.index)
    findings.expect(isFirst === (delta.role === 'assistant'), isFirst ? 'has no role' : 'has the role again')
    if (typeof choice.finish_reason === 'string')
      findings.expect(
        Object.values(delta).every(isNothing),
        'the finish reason comes with more of the answer',
      )
    const known = calls.get(choice.index) ?? new Set()
    calls.set(choice.index, known)
    for (const call of objectsIn(delta, 'tool_calls')) checkCall(call, known, findings)
  })
}

/** Many servers fill their last delta with empty members. */
function isNothing(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** The SDK wants all of a call's head in its first delta; adding up deltas would double what comes twice. */
function checkCall(call: JsonObject, known: Set<unknown>, findings: Findings): void {
  const body =
    call.type === 'custom' || 'custom' in call ? objectIn(call, 'custom') : objectIn(call, 'function')
  const label = `tool call ${String(call.index)}`
  if (known.has(call.index)) {
    const repeated = ['id', 'type'].filter((name) => name in call)
    findings.expect(repeated.length === 0, `${label} says its ${repeated.join(', ')} again`)
    findings.expect(!('name' in body), `${label} says its name again`)
    return
  }
  findings.expect(call.index === known.size, `${label} is not the next, which is ${known.size}`)
  known.add(call.index)
  findings.expect(typeof call.id === 'string' && call.id !== '', `${label} has no id`)
  findings.expect(call.type === 'function' || call.type === 'custom', `${label} has no type`)
  findings.expect(typeof body.name === 'string' && body.name !== '', `${label} has no name`)
  const input = call.type === 'custom' ? body.input : body.arguments
  findings.expect(typeof input === 'string', `${label} begins without arguments`)
}
