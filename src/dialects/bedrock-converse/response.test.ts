import { describe, expect, test } from 'vitest'
import { foldStream } from '../../ir/fold.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { decodeResponse, readAnswer } from './response.ts'
import { createStreamDecoder, IMPLIED_END } from './stream-decoder.ts'

const USAGE = {
  inputTokens: 10,
  outputTokens: 7,
  totalTokens: 40,
  cacheReadInputTokens: 15,
  cacheWriteInputTokens: 8,
  cacheDetails: [{ ttl: '1h', inputTokens: 5 }],
}

const whole = (content: object[], stopReason = 'end_turn') => ({
  output: { message: { role: 'assistant', content } },
  stopReason,
  usage: USAGE,
  serviceTier: { type: 'priority' },
})

const CONTENT = [
  { reasoningContent: { reasoningText: { text: 'Think.', signature: 'sig' } } },
  { reasoningContent: { redactedContent: 'cmVk' } },
  { text: 'Hello there' },
  { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Ulm' } } },
  { toolUse: { toolUseId: 'tooluse_2', name: 'now', input: {} } },
]

const wire = (event: string, json: object): SseEvent => ({ event, data: JSON.stringify(json) })
const delta = (contentBlockIndex: number, part: object) =>
  wire('contentBlockDelta', { contentBlockIndex, delta: part })
const call = (contentBlockIndex: number, toolUseId: string, name: string) =>
  wire('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } })
const stop = (contentBlockIndex: number) => wire('contentBlockStop', { contentBlockIndex })

const STREAM = [
  wire('messageStart', { role: 'assistant' }),
  delta(0, { reasoningContent: { text: 'Thi' } }),
  delta(0, { reasoningContent: { text: 'nk.' } }),
  delta(0, { reasoningContent: { signature: 'sig' } }),
  stop(0),
  delta(1, { reasoningContent: { redactedContent: 'cmVk' } }),
  stop(1),
  delta(2, { text: 'Hello' }),
  delta(2, { text: '' }),
  delta(2, { text: ' there' }),
  stop(2),
  call(3, 'tooluse_1', 'weather'),
  delta(3, { toolUse: { input: '{"city":' } }),
  delta(3, { toolUse: { input: '"Ulm"}' } }),
  stop(3),
  call(4, 'tooluse_2', 'now'),
  stop(4),
  wire('somethingNew', { x: 1 }),
  wire('messageStop', { stopReason: 'tool_use' }),
  wire('metadata', { usage: USAGE, metrics: { latencyMs: 5 }, serviceTier: { type: 'priority' } }),
]

function decodeAll(events: readonly SseEvent[]) {
  const decode = createStreamDecoder()
  return events.flatMap(decode)
}

test('a whole answer, part by part', () => {
  const origin = 'bedrock-converse'
  expect(decodeResponse(whole(CONTENT, 'tool_use'))).toEqual({
    model: '',
    parts: [
      { type: 'reasoning', text: 'Think.', carrier: { origin, kind: 'signature', payload: 'sig' } },
      { type: 'reasoning', text: '', carrier: { origin, kind: 'redacted', payload: 'cmVk' } },
      { type: 'text', text: 'Hello there' },
      { type: 'tool-call', callId: 'tooluse_1', name: 'weather', input: '{"city":"Ulm"}', kind: 'function' },
      { type: 'tool-call', callId: 'tooluse_2', name: 'now', input: '{}', kind: 'function' },
    ],
    finish: { unified: 'tool-calls', raw: 'tool_use' },
    dropped: [],
    usage: {
      inputTokens: 10,
      cacheReadTokens: 15,
      cacheWriteTokens: 3,
      cacheWriteLongTokens: 5,
      inputAudioTokens: 0,
      outputTokens: 7,
      reasoningTokens: 0,
      outputAudioTokens: 0,
      hostedToolCalls: 0,
    },
    serviceTier: 'priority',
  })
})

test('a stream amounts to the same answer', () => {
  expect(foldStream(decodeAll(STREAM))).toEqual(decodeResponse(whole(CONTENT, 'tool_use')))
})

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['guardrail_intervened', 'refusal'],
  ['content_filtered', 'refusal'],
  ['malformed_tool_use', 'other'],
  ['malformed_model_output', 'other'],
  ['of_tomorrow', 'other'],
])('%s is %s', (raw, unified) => {
  expect(decodeResponse(whole([{ text: 'x' }], raw)).finish).toEqual({ unified, raw })
})

test('an answer with a call stopped for it, unless it was cut short', () => {
  const finish = (raw: string) =>
    decodeResponse(whole([{ toolUse: { toolUseId: 'a', name: 'f', input: {} } }], raw)).finish
  expect(finish('end_turn').unified).toBe('tool-calls')
  expect(finish('max_tokens').unified).toBe('length')
})

test('citations of web pages stay, others are reported; pictures and unknown blocks are kept', () => {
  const citations = [
    { title: 'Page', location: { web: { url: 'https://example.com' } }, sourceContent: [{ text: 'quoted' }] },
    { location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } },
  ]
  const { parts, dropped } = decodeResponse(
    whole([
      { citationsContent: { content: [{ text: 'Cited' }], citations } },
      { image: { format: 'png', source: { bytes: 'aW1n' } } },
      { searchResult: { title: 'x' } },
    ]),
  )
  expect(parts).toEqual([
    {
      type: 'text',
      text: 'Cited',
      citations: [{ type: 'url', url: 'https://example.com', title: 'Page', text: 'quoted' }],
    },
    { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aW1n' } },
    { type: 'hosted', dialect: 'bedrock-converse', wire: { searchResult: { title: 'x' } } },
  ])
  expect(dropped).toHaveLength(1)
  const streamed = decodeAll([
    delta(0, { text: 'Cited' }),
    ...citations.map((citation) => delta(0, { citation })),
    ...citations.map((citation) => delta(0, { citation })),
  ])
  expect(streamed.map(({ type }) => type)).toEqual([
    'text-start',
    'text-delta',
    'text-citation',
    'dropped',
    'text-citation',
  ])
})

describe('the end of a stream', () => {
  test('before messageStop there is none, whatever follows', () => {
    const cut = decodeAll([...STREAM.slice(0, 12), IMPLIED_END])
    expect(cut.some(({ type }) => type === 'finish')).toBe(false)
  })

  test('behind it the answer is whole, without counts if they do not come', () => {
    const events = decodeAll([...STREAM.slice(0, -1), IMPLIED_END])
    expect(events.at(-1)).toEqual({ type: 'finish', finish: { unified: 'tool-calls', raw: 'tool_use' } })
  })

  test('it comes once, and blocks that nobody closed are closed before it', () => {
    const events = decodeAll([delta(0, { text: 'x' }), ...STREAM.slice(-2), ...STREAM.slice(-2)])
    expect(events.map(({ type }) => type)).toEqual(['text-start', 'text-delta', 'text-end', 'finish'])
  })
})

describe('errors', () => {
  test.each([
    [{ message: 'Too many requests' }, 'upstream_error'],
    [{ message: 'Input is too long for requested model.' }, 'context_length_exceeded'],
    [{ Message: 'x', __type: 'com.amazon.coral.service#ThrottlingException' }, 'upstream_rate_limited'],
    [{ message: 'x', __type: 'ServiceUnavailableException' }, 'upstream_overloaded'],
    [{ message: 'x', __type: 'ModelTimeoutException' }, 'upstream_timeout'],
  ])('%o is %s', (body, code) => {
    expect(readAnswer(body).error).toMatchObject({ code })
    expect(() => decodeResponse(body)).toThrow(expect.objectContaining({ code }))
  })

  test.each([[null], [[]], [{}], [{ output: {} }]])('%o is no answer', (body) => {
    expect(() => decodeResponse(body)).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
  })

  test('an answer is read beside its way', () => {
    expect(readAnswer(whole([{ text: 'x' }]))).toMatchObject({
      finishReason: 'end_turn',
      usage: { outputTokens: 7 },
    })
  })
})
