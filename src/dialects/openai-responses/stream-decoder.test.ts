import { describe, expect, test } from 'vitest'
import {
  decodeAll,
  fixture,
  readSse,
  upstreamEvents,
} from '../../../test/support/dialects/openai-responses.ts'
import type { JsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { decodeResponse } from './response.ts'
import { createStreamDecoder } from './stream-decoder.ts'

const fromFixture = (name: string) => decodeAll(readSse(fixture(name)))
const typesOf = (events: readonly StreamEvent[]) => events.map(({ type }) => type)
const created = { type: 'response.created', response: { id: 'resp_1', model: 'm', created_at: 5 } }
const completed = { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [] } }
const item = (output_index: number, fields: JsonObject) => [
  { type: 'response.output_item.added', output_index, item: fields },
  { type: 'response.output_item.done', output_index, item: fields },
]
const read = (events: readonly JsonObject[]) => decodeAll(upstreamEvents(events))

test('STR-16 ids that change in every event do not matter; several summaries are paragraphs', () => {
  const events = fromFixture('rotating-ids.sse')
  expect(typesOf(events)).toEqual([
    'start',
    'reasoning-start',
    'reasoning-delta',
    'reasoning-delta',
    'reasoning-delta',
    'reasoning-end',
    'text-start',
    'text-delta',
    'text-delta',
    'text-end',
    'finish',
  ])
  expect(foldStream(events)).toMatchObject({
    upstreamId: 'resp_up1',
    model: 'gpt-6-2026',
    createdSeconds: 1_795_000_000,
    parts: [
      {
        type: 'reasoning',
        text: 'First thought\n\nSecond thought',
        isSummary: true,
        carrier: { payload: 'gAAA', itemId: 'A7' },
      },
      { type: 'text', text: 'Hello' },
    ],
    finish: { unified: 'stop', raw: 'completed' },
    usage: { inputTokens: 12, cacheReadTokens: 5, cacheWriteTokens: 3, outputTokens: 5, reasoningTokens: 4 },
  })
})

test('STR-06 STR-07 arguments that come only at the end come once, none are an empty object', () => {
  const { parts, finish } = foldStream(fromFixture('arguments-only-in-done.sse'))
  expect(parts).toMatchObject([{ input: '{"a": 1.0}' }, { input: '{}' }])
  expect(finish.unified).toBe('tool-calls')
})

test('STR-05 STR-37 arguments that the announcement holds already are not lost', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"x":1}' }
  expect(foldStream(read([created, ...item(0, call), completed])).parts).toMatchObject([{ input: '{"x":1}' }])
})

test('RSN-28 STR-10 reasoning text of open models', () => {
  expect(foldStream(fromFixture('reasoning-text.sse')).parts).toEqual([
    { type: 'reasoning', text: 'Hm, yes.' },
    { type: 'text', text: 'Yes' },
  ])
})

test('STR-26 STR-38 SRV-04 CIT-07 a search: its item, and citations before the text ends; files are reported', () => {
  const events = fromFixture('web-search.sse')
  expect(typesOf(events)).toEqual([
    'start',
    'hosted',
    'text-start',
    'text-delta',
    'text-citation',
    'dropped',
    'text-end',
    'text-start',
    'text-delta',
    'text-citation',
    'text-end',
    'finish',
  ])
  const [, response] = readSse(fixture('web-search.sse')).flatMap(({ data }) => {
    const event = JSON.parse(data) as JsonObject
    return event.response === undefined ? [] : [event.response]
  })
  expect(foldStream(events)).toEqual(decodeResponse(response))
  expect(foldStream(events).parts[2]).toMatchObject({ citations: [{ start: 9, end: 13 }] })
})

test('STR-11 STR-24 empty deltas and announcements open nothing', () => {
  const message = { type: 'message', content: [] }
  const delta = {
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: 0,
    delta: '',
    obfuscation: 'x',
  }
  expect(typesOf(read([created, ...item(0, message).slice(0, 1), delta, completed]))).toEqual([
    'start',
    'finish',
  ])
})

test('STR-13 STR-27 [DONE] and whatever follows the end are nothing; a second beginning is ignored', () => {
  const decoder = createStreamDecoder()
  const [start, end] = upstreamEvents([created, completed])
  if (start === undefined || end === undefined) throw new Error('no events')
  expect(decoder(start)).toHaveLength(1)
  expect(decoder(start)).toEqual([])
  expect(decoder({ data: '[DONE]' })).toEqual([])
  expect(decoder(end)).toHaveLength(1)
  expect([decoder(end), decoder({ data: '[DONE]' })]).toEqual([[], []])
})

test('STR-14 a stream that stops has no finish', () => {
  const delta = { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Ha' }
  expect(typesOf(read([created, delta]))).toEqual(['start', 'text-start', 'text-delta'])
})

test('STR-15 STP-03 an incomplete end says why', () => {
  const response = { incomplete_details: { reason: 'max_output_tokens' } }
  expect(read([created, { type: 'response.incomplete', response }]).at(-1)).toEqual({
    type: 'finish',
    finish: { unified: 'length', raw: 'max_output_tokens' },
  })
})

test('STR-19 a refusal', () => {
  const delta = { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'No.' }
  const { parts, finish } = foldStream(read([created, delta, completed]))
  expect([parts, finish.unified]).toEqual([[{ type: 'refusal', text: 'No.' }], 'refusal'])
})

test('STR-22 STR-23 usage and the end of the parts come with the finish', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '' }
  const delta = { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{}' }
  const added = item(0, call).slice(0, 1)
  const end = {
    ...completed,
    response: { ...completed.response, usage: { input_tokens: 3, output_tokens: 2 }, service_tier: 'flex' },
  }
  const events = read([created, ...added, delta, end])
  expect(typesOf(events).slice(-2)).toEqual(['tool-call-end', 'finish'])
  expect(events.at(-1)).toMatchObject({
    finish: { unified: 'tool-calls' },
    usage: { inputTokens: 3 },
    serviceTier: 'flex',
  })
})

test('STR-28 unknown events and items do not hurt', () => {
  const unknown = { type: 'response.something.new', output_index: 0 }
  const events = read([created, unknown, ...item(0, { type: 'new_thing', id: 'n' }), completed])
  expect(typesOf(events)).toEqual(['start', 'hosted', 'finish'])
})

test('STR-12 a keepalive is a ping', () => {
  expect(read([{ type: 'keepalive' }])).toEqual([{ type: 'ping' }])
})

describe('STR-16 STR-06 places that a server leaves out', () => {
  const message = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
  }
  const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' })
  const added = { type: 'response.output_item.added', item: { ...message, content: [] } }
  const piece = (delta: string) => ({ type: 'response.output_text.delta', delta })
  const done = (fields: JsonObject) => ({ type: 'response.output_item.done', item: fields })
  const said = (events: readonly JsonObject[]) =>
    foldStream(read([created, ...events, completed])).parts.map((part) =>
      part.type === 'tool-call' ? part.callId : 'text' in part && part.text,
    )

  test.each([
    [
      'in deltas alone',
      [
        { ...added, output_index: 0 },
        { ...piece('Hel'), item_id: 'msg_1' },
        { ...piece('lo'), item_id: 'msg_1' },
        { ...done(message), output_index: 0 },
      ],
    ],
    ['and ids in deltas', [added, piece('Hel'), piece('lo'), done(message)]],
    ['and the announcement', [piece('Hel'), piece('lo'), done(message)]],
  ])('%s do not make it say things twice', (_what, events) => {
    expect(said(events)).toEqual(['Hello'])
    expect(said([...events, done(call('a')), done(call('b'))])).toEqual(['Hello', 'a', 'b'])
  })

  test('everywhere are those of the ids, also where items interleave', () => {
    const delta = (item_id: string, text: string) => ({
      type: 'response.function_call_arguments.delta',
      item_id,
      delta: text,
    })
    const begun = (id: string) => ({
      type: 'response.output_item.added',
      item: { ...call(`call_${id}`), id, arguments: '' },
    })
    const events = [begun('a'), begun('b'), delta('b', '{"b":'), delta('a', '{}'), delta('b', '1}')]
    const { parts } = foldStream(read([created, ...events, completed]))
    expect(parts).toMatchObject([
      { callId: 'call_a', input: '{}' },
      { callId: 'call_b', input: '{"b":1}' },
    ])
  })
})

test('STR-03 interleaved calls are told apart by their place', () => {
  const call = (index: number) =>
    item(index, { type: 'function_call', call_id: `c${index}`, name: 'f', arguments: '' })
  const delta = (output_index: number, text: string) => ({
    type: 'response.function_call_arguments.delta',
    output_index,
    delta: text,
  })
  const [addedA, doneA] = call(0)
  const [addedB, doneB] = call(1)
  const events = [
    created,
    addedA,
    addedB,
    delta(0, '[1'),
    delta(1, '[2'),
    delta(0, ']'),
    delta(1, ']'),
    doneA,
    doneB,
    completed,
  ]
  expect(foldStream(read(events as JsonObject[])).parts).toMatchObject([
    { callId: 'c0', input: '[1]' },
    { callId: 'c1', input: '[2]' },
  ])
})

test('TCL-05 an id that an earlier call of the stream has is replaced', () => {
  const events = [0, 1].flatMap((output_index) => {
    const item = { type: 'function_call', name: 'f', call_id: 'a', arguments: '{}' }
    return [
      { type: 'response.output_item.added', output_index, item: { ...item, arguments: '' } },
      { type: 'response.output_item.done', output_index, item },
    ]
  })
  expect(foldStream(read([created, ...events, completed])).parts).toMatchObject([
    { callId: 'a' },
    { callId: 'call_resp1_1' },
  ])
})

test('TCL-05 a call whose name comes late begins then; one without an id gets one', () => {
  const added = {
    type: 'response.output_item.added',
    output_index: 0,
    item: { type: 'function_call', arguments: '' },
  }
  const done = {
    type: 'response.output_item.done',
    output_index: 0,
    item: { type: 'function_call', name: 'f', arguments: '{"x":1}' },
  }
  expect(foldStream(read([created, added, done, completed])).parts).toEqual([
    { type: 'tool-call', callId: 'call_resp1_0', name: 'f', kind: 'function', input: '{"x":1}' },
  ])
})

test('STR-06 servers that send only the end, or only whole items, lose nothing', () => {
  const output = [
    { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'Hi' }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
  ]
  const end = { ...completed, response: { ...completed.response, output } }
  const parts = [{ text: 'Hi' }, { callId: 'c' }]
  expect(foldStream(read([end])).parts).toMatchObject(parts)
  const dones = output.map((each, output_index) => ({
    type: 'response.output_item.done',
    output_index,
    item: each,
  }))
  expect(foldStream(read([created, ...dones, end])).parts).toMatchObject(parts)
})

describe('ERR', () => {
  const error = { code: 'rate_limit_exceeded', message: 'Slow.' }
  test.each([
    ['ERR-22 response.failed', { type: 'response.failed', response: { status: 'failed', error } }],
    ['ERR-22 an error event with its fields at the top', { type: 'error', ...error, param: null }],
    ['ERR-22 an error event with an object', { type: 'error', error }],
    ['ERR-22 RSP-16 an error without a type', { error }],
  ])('%s', (_, event) => {
    const last = read([created, event]).at(-1)
    expect(last).toMatchObject({ type: 'error', error: { code: 'upstream_rate_limited', message: 'Slow.' } })
  })

  test('USG-13 what a failed answer used is known', () => {
    const response = { status: 'failed', error, usage: { input_tokens: 3, output_tokens: 1 } }
    const events = read([created, { type: 'response.failed', response }])
    expect(events).toMatchObject([
      { type: 'start' },
      { type: 'usage', usage: { inputTokens: 3 } },
      { type: 'error' },
    ])
  })

  test('ERR-22 a code that is null is an error all the same, and ends the stream', () => {
    const events = read([{ type: 'error', code: null, message: 'x' }, completed])
    expect(events).toMatchObject([{ type: 'error', error: { code: 'upstream_error' } }])
  })

  test('RSP-19 data that is no JSON object throws', () => {
    for (const data of ['{"type":', '[]', '1'])
      expect(() => createStreamDecoder()({ data })).toThrow(
        expect.objectContaining({ code: 'upstream_malformed' }),
      )
  })
})

test('STR-31 five megabytes of arguments in deltas of one byte', () => {
  const decoder = createStreamDecoder()
  const [start] = upstreamEvents(item(0, { type: 'function_call', call_id: 'c', name: 'f', arguments: '' }))
  if (start === undefined) throw new Error('no event')
  decoder(start)
  const delta = {
    data: JSON.stringify({ type: 'response.function_call_arguments.delta', output_index: 0, delta: 'x' }),
  }
  let length = 0
  for (let count = 0; count < 5_000_000; count++)
    for (const event of decoder(delta)) if (event.type === 'tool-call-delta') length += event.input.length
  expect(length).toBe(5_000_000)
})
