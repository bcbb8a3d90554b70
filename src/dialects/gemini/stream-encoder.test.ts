import { describe, expect, test } from 'vitest'
import { answerContext } from '../../../test/support/dialects/gemini.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { wrapCarrier } from '../carrier.ts'
import { createStreamEncoder } from './stream-encoder.ts'

const START: StreamEvent = { type: 'start', model: 'gpt-6' }
const FINISH: StreamEvent = {
  type: 'finish',
  finish: { unified: 'stop' },
  usage: { ...NO_USAGE, inputTokens: 3, outputTokens: 2 },
}
const carrier = { origin: 'openai-responses', kind: 'encrypted', payload: 'enc' } as const
const SHOWN = { reasoning: { summary: 'auto' } } as const

const encode = (events: readonly StreamEvent[], request: object = SHOWN) => {
  const step = createStreamEncoder(answerContext(request))
  return events.map((event) => step(event).map(({ data }) => JSON.parse(data) as JsonObject))
}
const partsOf = (chunk: JsonObject | undefined) => {
  const [candidate] = (chunk?.candidates ?? []) as { content: { parts: JsonObject[] } }[]
  return candidate?.content.parts
}
const text = (id: string, ...pieces: string[]): StreamEvent[] => [
  { type: 'text-start', id },
  ...pieces.map((piece) => ({ type: 'text-delta', id, text: piece }) as const),
  { type: 'text-end', id },
]
const callStart = (id: string): StreamEvent => ({
  type: 'tool-call-start',
  id,
  callId: `call_${id}`,
  name: 'f',
  kind: 'function',
})
const callDelta = (id: string, input: string): StreamEvent => ({ type: 'tool-call-delta', id, input })
const callEnd = (id: string): StreamEvent => ({ type: 'tool-call-end', id })

describe('chunks', () => {
  test('STR-33 STR-35 text goes out at once, the finish reason and the counts come last', () => {
    const steps = encode([START, ...text('t0', 'Hel', 'lo'), FINISH])
    expect(steps.map((chunks) => chunks.length)).toEqual([0, 0, 1, 1, 0, 1])
    const chunks = steps.flat()
    expect(chunks.map((chunk) => partsOf(chunk))).toEqual([
      [{ text: 'Hel' }],
      [{ text: 'lo' }],
      [{ text: '' }],
    ])
    expect(chunks.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP', index: 0 }],
      usageMetadata: { totalTokenCount: 5 },
    })
    for (const chunk of chunks) expect(chunk).toMatchObject({ modelVersion: 'gpt-6', responseId: 'req-1' })
    expect(encode([START, FINISH]).flat()).toHaveLength(1)
  })

  test('STR-13 decision 9: no [DONE], no event names, nothing after the end', () => {
    const step = createStreamEncoder(answerContext())
    const events = [START, FINISH, FINISH, ...text('t0', 'x')].flatMap(step)
    expect(events).toHaveLength(1)
    expect(events[0]).not.toHaveProperty('event')
  })

  test('STR-08 STR-05 STR-07 calls go out whole', () => {
    const steps = encode([
      START,
      callStart('c0'),
      callDelta('c0', '{"a"'),
      callDelta('c0', ':1}'),
      callEnd('c0'),
      callStart('c1'),
      callEnd('c1'),
      FINISH,
    ])
    expect(steps.map((chunks) => chunks.length)).toEqual([0, 0, 0, 0, 1, 0, 1, 1])
    expect(steps.flat().flatMap((chunk) => partsOf(chunk) ?? [])).toMatchObject([
      { functionCall: { id: 'call_c0', name: 'f', args: { a: 1 } } },
      { functionCall: { id: 'call_c1', args: {} } },
      { text: '' },
    ])
  })

  test('STR-01 STR-02 STR-03 STR-32 interleaved parts keep the order in which they began', () => {
    const events: StreamEvent[] = [
      START,
      callStart('c0'),
      callStart('c1'),
      callDelta('c1', '{}'),
      callEnd('c1'),
      ...text('t2', 'after'),
      callDelta('c0', '{}'),
      callEnd('c0'),
      FINISH,
    ]
    const parts = encode(events)
      .flat()
      .flatMap((chunk) => partsOf(chunk) ?? [])
    expect(parts).toMatchObject([
      { functionCall: { id: 'call_c0' } },
      { functionCall: { id: 'call_c1' } },
      { text: 'after' },
      { text: '' },
    ])
  })

  test('STR-11 STR-24 empty deltas make no chunk', () => {
    expect(encode([START, ...text('t0', ''), FINISH]).flat()).toHaveLength(1)
  })

  test('STR-10 RSN-20 RSN-31 thoughts first, their proof on the call that follows', () => {
    const parts = encode([
      START,
      { type: 'reasoning-start', id: 'r0' },
      { type: 'reasoning-delta', id: 'r0', text: 'hm' },
      { type: 'reasoning-end', id: 'r0', carrier },
      callStart('c1'),
      callEnd('c1'),
      FINISH,
    ])
      .flat()
      .flatMap((chunk) => partsOf(chunk) ?? [])
    expect(parts).toMatchObject([
      { text: 'hm', thought: true },
      { functionCall: {}, thoughtSignature: wrapCarrier(carrier, 'gemini') },
      { text: '' },
    ])
  })

  test('RSN-20 RSN-12 a proof with nothing to ride on is a thought of its own, hidden thoughts stay hidden', () => {
    const events: StreamEvent[] = [
      START,
      { type: 'reasoning-start', id: 'r0' },
      { type: 'reasoning-delta', id: 'r0', text: 'hm' },
      { type: 'reasoning-end', id: 'r0', carrier },
      ...text('t1', 'so'),
      FINISH,
    ]
    const parts = encode(events, {})
      .flat()
      .flatMap((chunk) => partsOf(chunk) ?? [])
    expect(parts).toEqual([
      { text: '', thought: true, thoughtSignature: wrapCarrier(carrier, 'gemini') },
      { text: 'so' },
      { text: '' },
    ])
  })

  test('STR-19 STR-20 STP-20 refusals are text, calls that were cut off are left out', () => {
    const events: StreamEvent[] = [
      START,
      { type: 'refusal-start', id: 'f0' },
      { type: 'refusal-delta', id: 'f0', text: 'No.' },
      { type: 'refusal-end', id: 'f0' },
      callStart('c1'),
      callDelta('c1', '{"a'),
      callEnd('c1'),
    ]
    const cut = encode([...events, { type: 'finish', finish: { unified: 'length' } }]).flat()
    expect(cut.flatMap((chunk) => partsOf(chunk) ?? [])).toEqual([{ text: 'No.' }, { text: '' }])
    const whole = encode([...events, FINISH]).flat()
    expect(partsOf(whole.at(-1))).toMatchObject([{ functionCall: { args: { _raw: '{"a' } } }])
  })

  test('STR-12 a ping is not Gemini’s', () => {
    expect(
      encode([
        START,
        { type: 'ping' },
        { type: 'dropped', dropped: { path: 'x', action: 'dropped', reason: 'y' } },
      ]).flat(),
    ).toEqual([])
  })

  test('ERR-01 ERR-20 ERR-21 an error is the last chunk', () => {
    const error = new GatewayError('upstream_overloaded', 'busy')
    const chunks = encode([START, ...text('t0', 'a'), { type: 'error', error }, FINISH]).flat()
    expect(chunks.at(-1)).toMatchObject({ error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } })
    expect(chunks).toHaveLength(2)
  })

  test('STR-26 CIT-07 citations come with the last chunk', () => {
    const citation = { type: 'url', url: 'https://example.org', start: 0, end: 2 } as const
    const chunks = encode([
      START,
      ...text('t0', 'ab'),
      { type: 'text-citation', id: 't0', citation },
      FINISH,
    ]).flat()
    expect(chunks.at(-1)).toMatchObject({
      candidates: [{ groundingMetadata: { groundingSupports: [{ segment: { text: 'ab' } }] } }],
    })
  })

  test('STR-22 counts may come before the finish', () => {
    const usage = { ...NO_USAGE, inputTokens: 1 }
    expect(
      encode([START, { type: 'usage', usage }, { type: 'finish', finish: { unified: 'stop' } }])
        .flat()
        .at(-1),
    ).toMatchObject({ usageMetadata: { promptTokenCount: 1 } })
  })

  test('STR-31 an argument of 5 MB in single letters takes linear time', () => {
    const step = createStreamEncoder(answerContext())
    step(START)
    step(callStart('c0'))
    step(callDelta('c0', '{"a":"'))
    const letter = callDelta('c0', 'x')
    for (let index = 0; index < 5_000_000; index += 1) step(letter)
    step(callDelta('c0', '"}'))
    expect(step(callEnd('c0'))[0]?.data.length).toBeGreaterThan(5_000_000)
  })
})
