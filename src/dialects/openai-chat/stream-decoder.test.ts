import { describe, expect, test } from 'vitest'
import {
  decodeDeltas,
  decodeStream,
  eventsOf,
  fixture,
} from '../../../test/support/dialects/openai-chat-base.ts'
import { foldStream } from '../../ir/fold.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { converter } from './converter.ts'

const call = (delta: object) => ({ tool_calls: [delta] })
const kinds = (events: readonly StreamEvent[]) => events.map(({ type }) => type)
const partsOf = (events: readonly StreamEvent[]) => foldStream(events).parts
const failing = (code: string) => expect.objectContaining({ code })

describe('text and reasoning', () => {
  test('STR-24 STR-11 a role and empty pieces are nothing', () => {
    const events = decodeDeltas([
      { role: 'assistant', content: '', refusal: null },
      { content: '', tool_calls: [] },
      { content: 'Hi' },
    ])
    expect(kinds(events)).toEqual(['start', 'text-start', 'text-delta', 'text-end', 'finish'])
  })

  test('STR-10 RSN-24 reasoning ends where the text begins, and is known again', () => {
    const events = decodeDeltas([{ reasoning_content: 'wh' }, { reasoning_content: 'y' }, { content: 'Hi' }])
    expect(kinds(events).slice(1, 6)).toEqual([
      'reasoning-start',
      'reasoning-delta',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
    ])
    expect(partsOf(events)[0]).toEqual({
      type: 'reasoning',
      text: 'why',
      carrier: { origin: 'openai-chat', kind: 'signature', payload: 'reasoning_content' },
    })
  })

  test("RSN-24 OpenRouter's details: one text, though it comes twice, and fragments joined", () => {
    const detail = (rest: object) => ({ type: 'reasoning.text', index: 0, ...rest })
    const events = decodeDeltas([
      { reasoning: 'wh', reasoning_details: [detail({ text: 'wh' })] },
      { reasoning: 'y', reasoning_details: [detail({ text: 'y' })] },
      { reasoning_details: [detail({ signature: 's' })] },
      { content: 'Hi' },
    ])
    expect(partsOf(events)[0]).toMatchObject({
      text: 'why',
      carrier: {
        payload: JSON.stringify([{ type: 'reasoning.text', index: 0, text: 'why', signature: 's' }]),
      },
    })
  })

  test('RSN-27 proofs that come behind the content are a part of their own', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'e' }]
    const events = decodeDeltas([{ content: 'Hi' }, { reasoning_details: details }])
    expect(partsOf(events)).toMatchObject([
      { type: 'text' },
      { type: 'reasoning', text: '', carrier: { payload: JSON.stringify(details) } },
    ])
  })

  test('STR-02 STR-32 what alternates stays in its order', () => {
    const events = decodeDeltas([
      { content: 'A' },
      { reasoning_content: 'b' },
      call({ index: 0, id: 'c', function: { name: 'one', arguments: '{}' } }),
      { content: 'D' },
    ])
    expect(partsOf(events).map(({ type }) => type)).toEqual(['text', 'reasoning', 'tool-call', 'text'])
    expect(kinds(events).indexOf('tool-call-end')).toBeLessThan(kinds(events).lastIndexOf('text-start'))
  })

  test('STR-19 STR-20 a refusal is one, whatever the finish reason', () => {
    const events = decodeDeltas([{ refusal: 'No' }, { refusal: '.' }])
    expect(foldStream(events)).toMatchObject({
      parts: [{ type: 'refusal', text: 'No.' }],
      finish: { unified: 'refusal' },
    })
  })

  test('STR-26 CIT-07 annotations of the open text; later ones are reported', () => {
    const annotations = [
      { type: 'url_citation', url_citation: { url: 'https://x.test', start_index: 0, end_index: 2 } },
    ]
    expect(partsOf(decodeDeltas([{ content: 'Hi' }, { annotations }]))).toMatchObject([
      { citations: [{ url: 'https://x.test' }] },
    ])
    expect(kinds(decodeDeltas([{ annotations }]))).toContain('dropped')
  })
})

describe('tool calls', () => {
  const calls = (deltas: readonly object[]) => {
    const events = decodeDeltas(deltas.map(call), 'tool_calls')
    return partsOf(events).map((part) => (part.type === 'tool-call' ? [part.name, part.input] : []))
  }
  const piece = (index: number, fragment: string) => ({ index, function: { arguments: fragment } })
  const head = (index: number, id: string, name: string) => ({
    index,
    id,
    type: 'function',
    function: { name, arguments: '' },
  })

  test('STR-03 fragments of parallel calls may alternate', () => {
    const deltas = [
      head(0, 'a', 'one'),
      head(1, 'b', 'two'),
      piece(0, '{"x"'),
      piece(1, '{"y"'),
      piece(0, ':1}'),
      piece(1, ':2}'),
    ]
    expect(calls(deltas)).toEqual([
      ['one', '{"x":1}'],
      ['two', '{"y":2}'],
    ])
  })

  test('STR-03 STR-33 a call that is whole ends when the next begins', () => {
    const events = decodeDeltas([head(0, 'a', 'one'), piece(0, '{"x":"}"}'), head(1, 'b', 'two')].map(call))
    expect(kinds(events).slice(1, 5)).toEqual([
      'tool-call-start',
      'tool-call-delta',
      'tool-call-end',
      'tool-call-start',
    ])
  })

  test('STR-04 without an index, calls go by their ids or their order', () => {
    const whole = (id: string | undefined, name: string, x: number) => ({
      id,
      function: { name, arguments: `{"x":${x}}` },
    })
    const expected = [
      ['one', '{"x":1}'],
      ['one', '{"x":2}'],
    ]
    expect(calls([whole('a', 'one', 1), whole('b', 'one', 2)])).toEqual(expected)
    expect(calls([whole(undefined, 'one', 1), whole(undefined, 'one', 2)])).toEqual(expected)
    const zero = (id: string, x: number) => ({ index: 0, ...whole(id, 'one', x) })
    expect(calls([zero('a', 1), zero('b', 2)])).toEqual(expected)
    expect(calls([{ id: 'a', function: { name: 'one' } }, { function: { arguments: '{}' } }])).toEqual([
      ['one', '{}'],
    ])
  })

  test('STR-05 id and name with every delta begin one call', () => {
    const repeated = (fragment: string) => ({
      index: 0,
      id: 'a',
      type: 'function',
      function: { name: 'one', arguments: fragment },
    })
    expect(calls([repeated('{"x"'), repeated(':1}'), repeated('')])).toEqual([['one', '{"x":1}']])
    const nameless = (fragment: string) => ({ index: 0, function: { name: 'one', arguments: fragment } })
    expect(calls([nameless('{"x"'), nameless(':1}'), nameless('')])).toEqual([['one', '{"x":1}']])
  })

  test('STR-07 no arguments are an empty object; STR-08 arguments that are an object', () => {
    expect(calls([head(0, 'a', 'one')])).toEqual([['one', '{}']])
    expect(calls([{ index: 0, id: 'a', function: { name: 'one', arguments: { x: 1 } } }])).toEqual([
      ['one', '{"x":1}'],
    ])
  })

  test('TLD-12 free text of a custom call', () => {
    const deltas = [
      { index: 0, id: 'a', type: 'custom', custom: { name: 'note', input: 'fr' } },
      { index: 0, custom: { input: 'ee' } },
    ]
    expect(partsOf(decodeDeltas(deltas.map(call)))).toEqual([
      { type: 'tool-call', callId: 'a', name: 'note', kind: 'custom', input: 'free' },
    ])
  })

  test('TCL-05 blank and repeated ids are replaced', () => {
    const parts = partsOf(
      decodeDeltas([head(0, '', 'one'), head(1, 'a', 'one'), head(2, 'a', 'one')].map(call)),
    )
    expect(new Set(parts.map((part) => part.type === 'tool-call' && part.callId)).size).toBe(3)
  })

  test('MSG-18 a deprecated call', () => {
    const deltas = [
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"a":1}' } },
    ]
    expect(foldStream(decodeDeltas(deltas, 'function_call'))).toMatchObject({
      parts: [{ name: 'f', input: '{"a":1}' }],
      finish: { unified: 'tool-calls', raw: 'function_call' },
    })
  })

  test('RSN-24 a signature that comes with a call', () => {
    const signed = { ...head(0, 'a', 'one'), extra_content: { google: { thought_signature: 's' } } }
    expect(partsOf(decodeDeltas([call(signed)]))).toMatchObject([
      { carrier: { kind: 'thought-signature', payload: 's' } },
    ])
  })

  test('a call that never gets a name is malformed', () => {
    expect(() => decodeDeltas([call(piece(0, '{}'))])).toThrow(failing('upstream_malformed'))
  })

  test('STR-31 many small fragments come through one by one', () => {
    const decoder = converter.createStreamDecoder()
    const input = JSON.stringify({ text: 'x'.repeat(200_000) })
    const chunk = (delta: object) => ({ data: JSON.stringify({ choices: [{ index: 0, delta }] }) })
    const events = decoder(chunk(call(head(0, 'a', 'one'))))
    for (const character of input) events.push(...decoder(chunk(call(piece(0, character)))))
    expect(events).toHaveLength(input.length + 2)
  })
})

describe('the end', () => {
  const data = (json: unknown) => ({ data: JSON.stringify(json) })
  const text = data({ model: 'm', choices: [{ index: 0, delta: { content: 'Hi' } }] })
  const stop = data({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  const usage = data({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })
  const done = { data: '[DONE]' }
  const finishes = (events: readonly StreamEvent[]) => events.filter(({ type }) => type === 'finish')

  test('STR-13 STR-22 USG-07 counts behind the finish reason belong to the end, which comes once', () => {
    const events = decodeStream([text, stop, usage, done, done])
    expect(finishes(events)).toMatchObject([
      { finish: { unified: 'stop' }, usage: { inputTokens: 3, outputTokens: 2 } },
    ])
  })

  test('STR-13 a stream without [DONE], and one without counts', () => {
    expect(finishes(decodeStream([text, stop, usage]))).toHaveLength(1)
    expect(finishes(decodeStream([text, stop, done]))).toHaveLength(1)
  })

  test('STR-23 content behind the finish reason still counts', () => {
    const events = decodeStream([stop, text, done])
    expect(partsOf(events)).toEqual([{ type: 'text', text: 'Hi' }])
  })

  test('STR-14 without a finish reason there is no end', () => {
    expect(finishes(decodeStream([text, usage, done]))).toEqual([])
  })

  test('USG-13 counts on the way are told at once', () => {
    const chunk = data({
      choices: [{ index: 0, delta: { content: 'Hi' } }],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    })
    expect(kinds(decodeStream([chunk])).at(-1)).toBe('usage')
  })

  test('ERR-20 ERR-22 an error in the stream ends it', () => {
    const events = decodeStream([
      text,
      data({ error: { message: 'x', type: 'server_error', code: null } }),
      stop,
      done,
    ])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_error' } })
  })

  test('TOP-09 RSP-12 STR-21 other choices stand beside the first; one without an end has none', () => {
    const other = data({ choices: [{ index: 1, delta: { content: 'No' } }] })
    const events = decodeStream([text, other, other, stop, done])
    expect(foldStream(events)).toMatchObject({
      parts: [{ text: 'Hi' }],
      finish: { unified: 'stop' },
      alternatives: [{ parts: [{ text: 'NoNo' }], finish: { unified: 'other' } }],
    })
  })

  test('STR-28 chunks without choices are passed over', () => {
    const filters = data({ id: '', model: '', choices: [], prompt_filter_results: [] })
    expect(decodeStream([filters, text])[0]).toMatchObject({ type: 'start', model: 'm' })
  })

  test.each(['{"a"', '[]', '"x"'])('RSP-19 what is no chunk is malformed: %s', (broken) => {
    expect(() => decodeStream([{ data: broken }])).toThrow(failing('upstream_malformed'))
  })

  test('RSP-17 a whole message where a delta belongs', () => {
    const message = { role: 'assistant', content: 'Hi' }
    const whole = data({ model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] })
    expect(foldStream(decodeStream([whole, done]))).toMatchObject({
      parts: [{ text: 'Hi' }],
      finish: { unified: 'stop' },
    })
  })

  test('STR-14 the first half of a recorded stream has no finish', () => {
    const events = eventsOf(fixture('text.sse'))
    expect(finishes(decodeStream(events.slice(0, events.length / 2)))).toEqual([])
  })
})
