import { describe, expect, test } from 'vitest'
import { refusalOf } from '../../../test/support/dialects/anthropic-messages.ts'
import { foldStream } from '../../ir/fold.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { createStreamDecoder } from './stream-decoder.ts'

const message = { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 3, output_tokens: 1 } }
const START = { type: 'message_start', message }
const begin = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, type: string, fields: object) => ({
  type: 'content_block_delta',
  index,
  delta: { type, ...fields },
})
const stop = (index: number) => ({ type: 'content_block_stop', index })
const END = [
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 9 },
  },
  { type: 'message_stop' },
]

function decodeAll(...events: object[]) {
  const decode = createStreamDecoder()
  return events.flatMap((event) => decode({ data: JSON.stringify(event) }))
}

describe('parts', () => {
  test('a text', () => {
    const events = decodeAll(
      START,
      begin(0, { type: 'text', text: '' }),
      delta(0, 'text_delta', { text: 'Hi' }),
      stop(0),
      ...END,
    )
    const usage = { ...NO_USAGE, inputTokens: 3, outputTokens: 9 }
    expect(events).toEqual([
      { type: 'start', model: 'claude-x', upstreamId: 'msg_1' },
      { type: 'usage', usage: { ...NO_USAGE, inputTokens: 3, outputTokens: 1 } },
      { type: 'text-start', id: 't0' },
      { type: 'text-delta', id: 't0', text: 'Hi' },
      { type: 'text-end', id: 't0' },
      { type: 'usage', usage },
      { type: 'finish', finish: { unified: 'stop', raw: 'end_turn' }, usage },
    ])
  })

  test('STR-10 STR-36 RSN-21 thinking ends with its signature, whatever delta that came in', () => {
    const events = decodeAll(
      START,
      begin(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, 'thinking_delta', { thinking: 'why' }),
      delta(0, 'signature_delta', { signature: 's' }),
      stop(0),
      begin(1, { type: 'thinking', thinking: '', signature: '' }),
      delta(1, 'thinking_delta', { thinking: '', signature: 's2' }),
      stop(1),
      begin(2, { type: 'redacted_thinking', data: 'd' }),
      stop(2),
      ...END,
    )
    const origin = 'anthropic-messages'
    expect(foldStream(events).parts).toEqual([
      { type: 'reasoning', text: 'why', carrier: { origin, kind: 'signature', payload: 's' } },
      { type: 'reasoning', text: '', carrier: { origin, kind: 'signature', payload: 's2' } },
      { type: 'reasoning', text: '', carrier: { origin, kind: 'redacted', payload: 'd' } },
    ])
  })

  test('STR-07 STR-37 a call’s input: in deltas, none at all, or whole at its start', () => {
    const tool = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }
    const events = decodeAll(
      START,
      begin(0, tool),
      delta(0, 'input_json_delta', { partial_json: '' }),
      delta(0, 'input_json_delta', { partial_json: '{"a":' }),
      delta(0, 'input_json_delta', { partial_json: '1.0}' }),
      stop(0),
      begin(1, tool),
      stop(1),
      begin(2, { ...tool, input: { b: 2 } }),
      stop(2),
      begin(3, { type: 'text', text: 'at once' }),
      stop(3),
      ...END,
    )
    const { parts, finish } = foldStream(events)
    expect(parts.map((part) => (part.type === 'tool-call' ? part.input : part))).toEqual([
      '{"a":1.0}',
      '{}',
      '{"b":2}',
      { type: 'text', text: 'at once' },
    ])
    expect(finish.unified).toBe('tool-calls')
  })

  test('STR-38 STR-39 hosted blocks never mix with calls', () => {
    const events = decodeAll(
      START,
      begin(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(0, 'input_json_delta', { partial_json: '{"query":"x"}' }),
      stop(0),
      begin(1, { type: 'compaction', content: null }),
      delta(1, 'compaction_delta', { content: 'short' }),
      stop(1),
      begin(2, { type: 'fallback' }),
      stop(2),
      ...END,
    )
    const dialect = 'anthropic-messages'
    const { parts, finish } = foldStream(events)
    expect(parts).toEqual([
      {
        type: 'hosted',
        dialect,
        wire: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
      },
      { type: 'hosted', dialect, wire: { type: 'compaction', content: 'short' } },
      { type: 'hosted', dialect, wire: { type: 'fallback' } },
    ])
    expect(finish.unified).toBe('stop')
  })

  test('CIT-07 STR-26 citations come with the text that they cite', () => {
    const web = { type: 'web_search_result_location', url: 'u', title: 't', cited_text: 'c' }
    const events = decodeAll(
      START,
      begin(0, { type: 'text', text: '', citations: [] }),
      delta(0, 'citations_delta', { citation: web }),
      delta(0, 'citations_delta', { citation: { type: 'page_location' } }),
      delta(0, 'citations_delta', { citation: { type: 'page_location' } }),
      delta(0, 'text_delta', { text: 'x' }),
      stop(0),
      ...END,
    )
    expect(events.filter(({ type }) => type === 'dropped')).toHaveLength(1)
    expect(foldStream(events).parts).toMatchObject([{ text: 'x', citations: [{ url: 'u', text: 'c' }] }])
  })
})

describe('the whole stream', () => {
  test('STR-12 STR-13 STR-28 pings, sentinels, and what the API may add', () => {
    const decode = createStreamDecoder()
    expect(decode({ event: 'ping', data: '{"type":"ping"}' })).toEqual([{ type: 'ping' }])
    expect(decode({ data: '[DONE]' })).toEqual([])
    expect(decodeAll({ type: 'something_new' }, delta(7, 'new_delta', { text: 'x' }), stop(7))).toEqual([])
    const odd = decodeAll(begin(0, { type: 'text', text: '' }), delta(0, 'new_delta', { x: 1 }), {
      type: 'message_start',
    })
    expect(odd).toEqual([{ type: 'text-start', id: 't0' }])
  })

  test('STR-28 STR-36 words in a block of another kind, or in one that nobody began, are not lost', () => {
    const events = decodeAll(
      START,
      delta(0, 'thinking_delta', { thinking: 'hm' }),
      delta(0, 'text_delta', { text: 'a' }),
      stop(0),
      begin(1, { type: 'tool_use', id: 'x', name: 'f', input: {} }),
      delta(1, 'input_json_delta', { partial_json: '{"a":' }),
      delta(1, 'text_delta', { text: 'b' }),
      delta(1, 'input_json_delta', { partial_json: '1}' }),
      delta(1, 'text_delta', { text: 'c' }),
      stop(1),
      ...END,
    )
    expect(foldStream(events).parts).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'a' },
      { type: 'tool-call', callId: 'x', name: 'f', kind: 'function', input: '{"a":1}' },
      { type: 'text', text: 'bc' },
    ])
  })

  test('STR-14 without message_stop there is no finish', () => {
    const [messageDelta] = END
    const types = decodeAll(START, begin(0, { type: 'text', text: 'x' }), messageDelta ?? {}).map(
      ({ type }) => type,
    )
    expect(types).not.toContain('finish')
  })

  test('STR-14 parts left open are closed at the end, and no reason is no clean end', () => {
    const events = decodeAll(START, begin(0, { type: 'text', text: 'x' }), { type: 'message_stop' })
    expect(events.slice(-2)).toMatchObject([
      { type: 'text-end' },
      { type: 'finish', finish: { unified: 'other' } },
    ])
  })

  test('STR-27 the same start twice is one; another one is a spliced answer', () => {
    expect(decodeAll(START, START)).toHaveLength(2)
    const other = { ...START, message: { ...message, id: 'msg_2' } }
    expect(refusalOf(() => decodeAll(START, other))).toBe('upstream_malformed')
  })

  test('ERR-21 an error within the stream ends it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'm' } }
    const events = decodeAll(START, error, ...END)
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_overloaded' } })
  })

  test('RSP-19 what is not JSON is malformed', () => {
    for (const data of ['{', '[]', '5']) {
      expect(refusalOf(() => createStreamDecoder()({ data }))).toBe('upstream_malformed')
    }
  })

  test('USG-06 USG-13 counts are cumulative, and a null changes nothing', () => {
    const start = {
      ...START,
      message: { ...message, usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 1 } },
    }
    const usage = (fields: object) => ({ type: 'message_delta', delta: {}, usage: fields })
    const events = decodeAll(
      start,
      usage({ input_tokens: null, cache_read_input_tokens: null, output_tokens: 5 }),
      usage({ input_tokens: 4, cache_read_input_tokens: 2, output_tokens: 6 }),
      ...END,
    )
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 4, cacheReadTokens: 2, outputTokens: 9 } })
  })

  test('STR-31 five megabytes of arguments, a character at a time, take linear time', () => {
    const decode = createStreamDecoder()
    decode({ data: JSON.stringify(START) })
    decode({ data: JSON.stringify(begin(0, { type: 'tool_use', id: 'c', name: 'f', input: {} })) })
    const piece = { data: JSON.stringify(delta(0, 'input_json_delta', { partial_json: 'x' })) }
    let length = 0
    for (let count = 0; count < 500_000; count++) length += decode(piece).length
    expect(length).toBe(500_000)
  })
})
