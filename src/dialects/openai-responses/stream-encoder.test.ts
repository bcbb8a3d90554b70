import { ResponseStream } from 'openai/lib/responses/ResponseStream'
import type { Response } from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import { answerContext, decode, encodeAll } from '../../../test/support/dialects/openai-responses.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatResponse, Finish } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { unfoldResponse } from '../../ir/unfold.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { encodeResponse } from './response.ts'
import { createStreamEncoder } from './stream-encoder.ts'

const start: StreamEvent = { type: 'start', model: 'claude-9', createdSeconds: 1_799_999_999 }
const stop: StreamEvent = { type: 'finish', finish: { unified: 'stop' } }
const word = (id: string, text: string): StreamEvent[] => [
  { type: 'text-start', id },
  { type: 'text-delta', id, text },
  { type: 'text-end', id },
]
const callStart = (id: string, name = 'look'): StreamEvent => ({
  type: 'tool-call-start',
  id,
  callId: `call_${id}`,
  name,
  kind: 'function',
})
const typesOf = (events: readonly JsonObject[]) =>
  events.map(({ type }) => String(type).replace('response.', ''))
const last = (events: readonly JsonObject[]) =>
  events.at(-1)?.response as JsonObject & { output: JsonObject[] }

/** What the official SDK makes of the stream; without the output of the last event it has to put the deltas together itself. */
async function foldBySdk(events: readonly StreamEvent[], ends: 'whole' | 'bare' = 'bare'): Promise<Response> {
  const encoded = encodeAll(events)
  const lines = encoded.map((event, index) => {
    const isBare = ends === 'bare' && index === encoded.length - 1
    return `${JSON.stringify(isBare ? withoutOutput(event) : event)}\n`
  })
  const stream = new ReadableStream({
    start(controller) {
      for (const line of lines) controller.enqueue(new TextEncoder().encode(line))
      controller.close()
    },
  })
  return await ResponseStream.fromReadableStream(stream).finalResponse()
}

function withoutOutput(event: JsonObject): JsonObject {
  const { output: _, ...response } = event.response as JsonObject
  return { ...event, response }
}

/** Without what the SDK adds of its own. */
function plain(value: unknown): unknown {
  const isAdded = (key: string) => key === 'parsed' || key === 'parsed_arguments'
  return JSON.parse(JSON.stringify(value, (key, member: unknown) => (isAdded(key) ? undefined : member)))
}

test('§15.1 STR-17 a text: every event of the grammar, in order, numbered without gaps', () => {
  const events = encodeAll([start, ...word('t0', 'Hi'), stop])
  expect(typesOf(events)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ])
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
  const ids = new Set(events.flatMap(({ item_id }) => (item_id === undefined ? [] : [item_id])))
  expect([...ids]).toEqual([expect.stringMatching(/^msg_/)])
  expect(events[2]?.item).toMatchObject({ id: [...ids][0], status: 'in_progress', content: [] })
  for (const { event, data } of [start, stop].flatMap(createStreamEncoder(answerContext())))
    expect(event).toBe((JSON.parse(data) as JsonObject).type)
})

test('STR-18 RSP-06 created and in_progress carry a whole response, the end carries the output', () => {
  const events = encodeAll([start, ...word('t0', 'Hi'), stop])
  for (const event of [events[0], events[1]])
    expect(event?.response).toMatchObject({
      object: 'response',
      status: 'in_progress',
      output: [],
      error: null,
    })
  expect(last(events)).toMatchObject({
    status: 'completed',
    model: 'claude-9',
    created_at: 1_799_999_999,
    output: [{ type: 'message', status: 'completed', content: [{ type: 'output_text', text: 'Hi' }] }],
  })
})

test('RSP-01 the id is minted from the request and the same everywhere', () => {
  const ids = encodeAll([start, ...word('t0', 'Hi'), stop]).flatMap(({ response }) =>
    response === undefined ? [] : [(response as JsonObject).id],
  )
  expect(new Set(ids)).toEqual(new Set(['resp_a1b2c3']))
})

test('STR-01 STR-02 STR-32 texts around calls are messages of their own, in order', async () => {
  const events = [
    start,
    ...word('a', 'one'),
    callStart('b'),
    { type: 'tool-call-end', id: 'b' } as const,
    ...word('c', 'two'),
    stop,
  ]
  const { output } = await foldBySdk(events)
  expect(output.map(({ type }) => type)).toEqual(['message', 'function_call', 'message'])
})

test('RSP-07 a run of texts is one message', async () => {
  const { output, output_text } = await foldBySdk([start, ...word('a', 'one '), ...word('b', 'two'), stop])
  expect(output).toMatchObject([{ content: [{ text: 'one ' }, { text: 'two' }] }])
  expect(output_text).toBe('one two')
})

test('STR-03 interleaved calls keep their own places', async () => {
  const delta = (id: string, input: string): StreamEvent => ({ type: 'tool-call-delta', id, input })
  const events: StreamEvent[] = [
    start,
    callStart('a'),
    callStart('b'),
    delta('a', '{"x":'),
    delta('b', '{"y":'),
    delta('a', '1}'),
    delta('b', '2}'),
    { type: 'tool-call-end', id: 'a' },
    { type: 'tool-call-end', id: 'b' },
    { type: 'finish', finish: { unified: 'tool-calls' } },
  ]
  expect((await foldBySdk(events)).output).toMatchObject([
    { type: 'function_call', call_id: 'call_a', arguments: '{"x":1}', status: 'completed' },
    { type: 'function_call', call_id: 'call_b', arguments: '{"y":2}', status: 'completed' },
  ])
})

test('STR-03 a text that goes on behind a call stays in its message', async () => {
  const events: StreamEvent[] = [
    start,
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', text: 'a' },
    callStart('c'),
    { type: 'text-delta', id: 't', text: 'b' },
    { type: 'tool-call-end', id: 'c' },
    { type: 'text-end', id: 't' },
    stop,
  ]
  expect((await foldBySdk(events)).output).toMatchObject([
    { content: [{ text: 'ab' }] },
    { type: 'function_call' },
  ])
})

test('STR-05 STR-06 STR-07 STR-08 whole arguments come in one delta, none are an empty object', () => {
  const whole = encodeAll([
    start,
    callStart('a'),
    { type: 'tool-call-delta', id: 'a', input: '{"x":1}' },
    { type: 'tool-call-end', id: 'a' },
    stop,
  ])
  expect(typesOf(whole).slice(2, -1)).toEqual([
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
  ])
  const none = encodeAll([start, callStart('a'), { type: 'tool-call-end', id: 'a' }, stop])
  expect(none[3]).toMatchObject({ delta: '{}' })
  expect(last(none).output).toMatchObject([{ arguments: '{}' }])
})

test('STR-10 RSN-29 reasoning is a summary before the text, its proof in encrypted_content', () => {
  const carrier = { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' } as const
  const events = encodeAll([
    start,
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', text: 'hm' },
    { type: 'reasoning-end', id: 'r', carrier },
    ...word('t', 'Hi'),
    stop,
  ])
  expect(typesOf(events).slice(2, 8)).toEqual([
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
  ])
  const [item] = last(events).output
  expect(item).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] })
  const { messages } = decode({ input: [{ role: 'user', content: 'q' }, ...last(events).output] })
  expect(messages[1]?.parts[0]).toEqual({ type: 'reasoning', text: 'hm', isSummary: true, carrier })
})

test('STR-10 proof without words is an item without a summary', () => {
  const carrier = { origin: 'anthropic-messages', kind: 'redacted', payload: 'x' } as const
  const events = encodeAll([
    start,
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-end', id: 'r', carrier },
    stop,
  ])
  expect(typesOf(events).slice(2, -1)).toEqual(['output_item.added', 'output_item.done'])
  expect(last(events).output).toMatchObject([{ summary: [], encrypted_content: expect.any(String) }])
})

test('STR-11 STR-35 RSP-10 parts that say nothing leave nothing', () => {
  const empty: StreamEvent[] = [
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', text: '' },
    { type: 'text-end', id: 't' },
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-end', id: 'r' },
  ]
  const events = encodeAll([start, ...empty, stop])
  expect(typesOf(events)).toEqual(['created', 'in_progress', 'completed'])
  expect(last(events).output).toEqual([])
})

test('STR-12 pings are nothing here', () => {
  expect(encodeAll([start, { type: 'ping' }])).toHaveLength(2)
})

test('STR-13 the end comes once and nothing behind it, no [DONE]', () => {
  const encoder = createStreamEncoder(answerContext())
  const all = [start, ...word('t', 'Hi'), stop].flatMap(encoder)
  expect(all.at(-1)?.event).toBe('response.completed')
  expect([stop, ...word('x', 'more')].flatMap(encoder)).toEqual([])
})

test('STR-14 without a finish there is no end', () => {
  expect(typesOf(encodeAll([start, ...word('t', 'Hi')]))).not.toContain('completed')
})

test('STR-19 STR-20 RSP-11 STP-04 a refusal is a part of its own kind', async () => {
  const events: StreamEvent[] = [
    start,
    { type: 'refusal-start', id: 'f' },
    { type: 'refusal-delta', id: 'f', text: 'No.' },
    { type: 'refusal-end', id: 'f' },
    { type: 'finish', finish: { unified: 'refusal' } },
  ]
  expect(typesOf(encodeAll(events)).slice(4, 6)).toEqual(['refusal.delta', 'refusal.done'])
  expect(await foldBySdk(events)).toMatchObject({
    status: 'completed',
    output: [{ content: [{ type: 'refusal', refusal: 'No.' }] }],
  })
})

test('STR-26 CIT-02 CIT-07 citations are annotations of their own text, counted from its start', async () => {
  const events: StreamEvent[] = [
    start,
    ...word('a', '😀 '),
    { type: 'text-start', id: 'b' },
    { type: 'text-citation', id: 'b', citation: { type: 'url', url: 'https://a.example' } },
    { type: 'text-delta', id: 'b', text: 'cited' },
    {
      type: 'text-citation',
      id: 'b',
      citation: { type: 'url', url: 'https://b.example', title: 'B', start: 3, end: 5 },
    },
    { type: 'text-end', id: 'b' },
    stop,
  ]
  const annotations = [
    { type: 'url_citation', start_index: 0, end_index: 5, url: 'https://a.example', title: '' },
    { type: 'url_citation', start_index: 0, end_index: 2, url: 'https://b.example', title: 'B' },
  ]
  const added = encodeAll(events).filter(({ type }) => type === 'response.output_text.annotation.added')
  expect(added).toMatchObject([
    { annotation_index: 0, annotation: annotations[0] },
    { annotation_index: 1, annotation: annotations[1] },
  ])
  expect((await foldBySdk(events)).output).toMatchObject([
    { content: [{ annotations: [] }, { annotations }] },
  ])
})

test('STR-33 every delta goes out at once', () => {
  const encoder = createStreamEncoder(answerContext())
  encoder(start)
  encoder({ type: 'text-start', id: 't' })
  expect(encoder({ type: 'text-delta', id: 't', text: 'a' }).map(({ event }) => event)).toContain(
    'response.output_text.delta',
  )
})

describe('STP', () => {
  const ending = (finish: Finish, ...before: StreamEvent[]) => {
    const { status, incomplete_details, output } = last(
      encodeAll([start, ...before, { type: 'finish', finish }]),
    )
    return { status, reason: (incomplete_details as { reason: string } | null)?.reason, output }
  }

  test('STP-01 STP-02 STP-05 STP-22 stops and calls are completed', () => {
    for (const unified of ['stop', 'stop-sequence', 'tool-calls'] as const)
      expect(ending({ unified })).toMatchObject({ status: 'completed', reason: undefined })
  })

  test('STP-03 STP-06 STP-20 a cut answer is incomplete, and so is the item that was cut', () => {
    const cut = ending(
      { unified: 'length' },
      callStart('a'),
      { type: 'tool-call-delta', id: 'a', input: '{"x' },
      { type: 'tool-call-end', id: 'a' },
    )
    expect(cut).toMatchObject({
      status: 'incomplete',
      reason: 'max_output_tokens',
      output: [{ status: 'incomplete', arguments: '{"x' }],
    })
    expect(ending({ unified: 'length' }, ...word('t', 'Hal'))).toMatchObject({
      output: [{ status: 'incomplete' }],
    })
  })

  test('STP-04 RSP-11 a refusal is never a clean end of a text: filtered, and explained where it was', () => {
    expect(ending({ unified: 'refusal' })).toMatchObject({ status: 'incomplete', reason: 'content_filter' })
    expect(ending({ unified: 'refusal', explanation: 'Not this.' })).toMatchObject({
      status: 'completed',
      output: [{ content: [{ type: 'refusal', refusal: 'Not this.' }] }],
    })
    expect(ending({ unified: 'refusal', explanation: 'Not this.' }, ...word('t', 'Well'))).toMatchObject({
      status: 'incomplete',
      reason: 'content_filter',
      output: [{ content: [{ text: 'Well' }, { type: 'refusal' }] }],
    })
  })

  test('STP-07 STP-23 a paused answer throws, and can be told as failed, with all that was said', () => {
    const encode = createStreamEncoder(answerContext())
    const usage = { ...NO_USAGE, inputTokens: 3 }
    const [begun, delta] = word('t', 'so far')
    const encoded = (event: StreamEvent) => encode(event).map(({ data }) => JSON.parse(data) as JsonObject)
    const said = [start, begun, delta].flatMap((event) => (event === undefined ? [] : encoded(event)))
    expect(() => encode({ type: 'finish', finish: { unified: 'pause' }, usage })).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    )
    const error = new GatewayError('upstream_error', 'It paused.')
    const failed = encoded({ type: 'error', error })
    const numbers = [...said, ...failed].map(({ sequence_number }) => sequence_number)
    expect(numbers).toEqual(numbers.map((_, index) => index))
    expect(last(failed)).toMatchObject({
      status: 'failed',
      output: [{ content: [{ text: 'so far' }] }],
      usage: { input_tokens: 3 },
    })
  })

  test('STP-10 STP-25 STP-26 an unknown end is no clean one', () => {
    expect(() => ending({ unified: 'other', raw: 'LANGUAGE' })).toThrow(GatewayError)
    expect(ending({ unified: 'other' }, ...word('t', 'Hi'))).toMatchObject({ status: 'incomplete' })
  })
})

test('ERR-20 ERR-21 an error behind the beginning is response.failed with what there was', async () => {
  const error = new GatewayError('upstream_overloaded', 'Too much.')
  const events = encodeAll([start, ...word('t', 'Hi'), callStart('a'), { type: 'error', error }, stop])
  expect(typesOf(events).at(-1)).toBe('failed')
  expect(last(events)).toMatchObject({
    status: 'failed',
    error: { code: 'server_error', message: expect.stringContaining('Too much.') },
    output: [
      { type: 'message', status: 'completed' },
      { type: 'function_call', status: 'in_progress' },
    ],
  })
})

test('ERR-15 a conversation that is too long stays recognisable', () => {
  const error = new GatewayError('context_length_exceeded', 'Too long.')
  expect(last(encodeAll([start, { type: 'error', error }]))).toMatchObject({
    error: { code: 'context_length_exceeded' },
  })
})

test('ERR-20 an error before the beginning is an error event', () => {
  const error = new GatewayError('upstream_error', 'Broken.', { path: 'x' })
  expect(encodeAll([{ type: 'error', error }])).toEqual([
    { type: 'error', sequence_number: 0, code: 'upstream_error', message: 'Broken.', param: 'x' },
  ])
})

test('USG-02 USG-08 USG-10 SRV-06 usage stands in the end, as totals; unknown usage is null', () => {
  const usage = {
    ...NO_USAGE,
    inputTokens: 10,
    cacheReadTokens: 5,
    cacheWriteTokens: 3,
    cacheWriteLongTokens: 2,
    outputTokens: 7,
    reasoningTokens: 4,
    hostedToolCalls: 1,
  }
  const counted = last(encodeAll([start, { type: 'finish', finish: { unified: 'stop' }, usage }]))
  expect(counted.usage).toEqual({
    input_tokens: 20,
    input_tokens_details: {
      cached_tokens: 5,
      cache_write_tokens: 5,
      cache_write_tokens_details: { ttl_30m_tokens: 3, ttl_12h_tokens: 2 },
    },
    output_tokens: 11,
    output_tokens_details: { reasoning_tokens: 4 },
    total_tokens: 31,
  })
  expect(counted.tool_usage).toMatchObject({ web_search: { num_requests: 1 } })
  expect(last(encodeAll([start, stop])).usage).toBeNull()
  expect(last(encodeAll([start, { type: 'usage', usage }, stop])).usage).toMatchObject({ total_tokens: 31 })
})

test('TLD-13 a call of a tool in a namespace finds its namespace again', () => {
  const tools = [
    {
      type: 'namespace',
      name: 'clock',
      description: 'd',
      tools: [
        { type: 'function', name: 'now' },
        { type: 'custom', name: 'note' },
      ],
    },
  ]
  const custom: StreamEvent = { type: 'tool-call-start', id: 'c', callId: 'c', name: 'note', kind: 'custom' }
  const { output } = last(
    encodeAll(
      [
        start,
        callStart('a', 'now'),
        { type: 'tool-call-end', id: 'a' },
        custom,
        { type: 'tool-call-end', id: 'c' },
        stop,
      ],
      answerContext(decode({ tools })),
    ),
  )
  expect(output).toMatchObject([
    { name: 'now', namespace: 'clock' },
    { type: 'custom_tool_call', namespace: 'clock', input: '' },
  ])
})

test('TLD-12 custom calls have events of their own', async () => {
  const events: StreamEvent[] = [
    start,
    { type: 'tool-call-start', id: 'c', callId: 'call_c', name: 'patch', kind: 'custom' },
    { type: 'tool-call-delta', id: 'c', input: 'free ' },
    { type: 'tool-call-delta', id: 'c', input: 'text' },
    { type: 'tool-call-end', id: 'c' },
    stop,
  ]
  expect(typesOf(encodeAll(events)).slice(3, 6)).toEqual([
    'custom_tool_call_input.delta',
    'custom_tool_call_input.delta',
    'custom_tool_call_input.done',
  ])
  expect((await foldBySdk(events)).output).toMatchObject([
    { type: 'custom_tool_call', input: 'free text', call_id: 'call_c' },
  ])
})

test('RSN-20 RSN-30 RSN-31 what was signed on a call or a text makes the round through the client', () => {
  const carrier = { origin: 'gemini', kind: 'thought-signature', payload: 'sig' } as const
  const parts: Part[] = [
    { type: 'text', text: 'Hi', carrier },
    { type: 'tool-call', callId: 'a', name: 'f', input: '{}', kind: 'function', carrier },
    { type: 'tool-call', callId: 'b', name: 'f', input: '{}', kind: 'function' },
  ]
  const { output } = encodeResponse(
    { model: 'gemini', parts, finish: { unified: 'tool-calls' }, dropped: [] },
    answerContext(),
  ) as { output: JsonObject[] }
  const results = ['a', 'b'].map((call_id) => ({ type: 'function_call_output', call_id, output: 'r' }))
  const { messages } = decode({ input: [{ role: 'user', content: 'q' }, ...output, ...results] })
  expect(messages[1]?.parts).toEqual(parts)
})

const CASES: Record<string, Pick<ChatResponse, 'parts' | 'finish'>> = {
  'a text': { parts: [{ type: 'text', text: 'Hi' }], finish: { unified: 'stop' } },
  nothing: { parts: [], finish: { unified: 'stop' } },
  'reasoning, text, calls': {
    parts: [
      {
        type: 'reasoning',
        text: 'hm',
        carrier: { origin: 'openai-responses', kind: 'encrypted', payload: 'g', itemId: 'rs_1' },
      },
      {
        type: 'text',
        text: 'I look.',
        citations: [{ type: 'url', url: 'https://a.example', start: 0, end: 1 }],
      },
      { type: 'tool-call', callId: 'a', name: 'f', input: '{"x": 1.0}', kind: 'function' },
      { type: 'tool-call', callId: 'b', name: 'p', input: 'text', kind: 'custom' },
    ],
    finish: { unified: 'tool-calls' },
  },
  'a refusal': { parts: [{ type: 'refusal', text: 'No.' }], finish: { unified: 'refusal' } },
  'a cut text': { parts: [{ type: 'text', text: 'Ha' }], finish: { unified: 'length' } },
  'an own hosted item': {
    parts: [
      {
        type: 'hosted',
        dialect: 'openai-responses',
        wire: { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      },
    ],
    finish: { unified: 'stop' },
  },
}

test.each(Object.entries(CASES))(
  '§15.1 the SDK folds our stream into our whole answer: %s',
  async (_, answer) => {
    const response: ChatResponse = { model: 'm', dropped: [], usage: NO_USAGE, ...answer }
    const events = unfoldResponse(response)
    const whole = encodeResponse(response, answerContext()) as unknown as Response
    for (const folded of [await foldBySdk(events, 'bare'), await foldBySdk(events, 'whole')]) {
      expect(plain(folded.output)).toEqual(plain(whole.output))
      for (const key of [
        'id',
        'status',
        'usage',
        'incomplete_details',
        'model',
        'tools',
        'created_at',
      ] as const)
        expect(folded[key]).toEqual(whole[key])
    }
    expect(foldStream(events)).toEqual(response)
  },
)

test('ERR-20 the SDK takes a failed end with items that are not done', async () => {
  const error = new GatewayError('upstream_cut', 'Gone.')
  const events: StreamEvent[] = [start, ...word('t', 'Hi'), callStart('a'), { type: 'error', error }]
  expect(await foldBySdk(events, 'whole')).toMatchObject({ status: 'failed', output_text: 'Hi' })
})

test('STR-31 five megabytes of arguments in deltas of one byte', () => {
  const encoder = createStreamEncoder(answerContext())
  encoder(start)
  encoder(callStart('a'))
  const delta: StreamEvent = { type: 'tool-call-delta', id: 'a', input: 'x' }
  for (let count = 0; count < 5_000_000; count++) encoder(delta)
  encoder({ type: 'tool-call-end', id: 'a' })
  expect(encoder(stop).at(-1)?.data.length).toBeGreaterThan(5_000_000)
})
