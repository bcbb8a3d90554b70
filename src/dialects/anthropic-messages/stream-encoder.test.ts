import { describe, expect, test } from 'vitest'
import { answerContext } from '../../../test/support/dialects/anthropic-messages.ts'
import { GatewayError } from '../../core/errors.ts'
import { type JsonObject, textOf } from '../../core/json.ts'
import type { ChatRequest } from '../../ir/request.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { wrapCarrier } from '../carrier.ts'
import { createStreamEncoder } from './stream-encoder.ts'

const START: StreamEvent = { type: 'start', model: 'gpt-x' }
const finish = (unified: 'stop' | 'length' | 'refusal' = 'stop'): StreamEvent => ({
  type: 'finish',
  finish: { unified },
})
const textStart = (id: string): StreamEvent => ({ type: 'text-start', id })
const text = (id: string, value: string): StreamEvent => ({ type: 'text-delta', id, text: value })
const textEnd = (id: string): StreamEvent => ({ type: 'text-end', id })
const callStart = (id: string): StreamEvent => ({
  type: 'tool-call-start',
  id,
  callId: `call_${id}`,
  name: 'f',
  kind: 'function',
})
const input = (id: string, value: string): StreamEvent => ({ type: 'tool-call-delta', id, input: value })
const callEnd = (id: string): StreamEvent => ({ type: 'tool-call-end', id })

function encodeAll(events: StreamEvent[], request: Partial<ChatRequest> = {}) {
  const encode = createStreamEncoder(answerContext(request))
  return events.flatMap(encode)
}

/** Each event in a few words: `0 start text`, `0 text_delta Hi`, `0 stop`. */
function outline(events: StreamEvent[], request: Partial<ChatRequest> = {}): string[] {
  return encodeAll(events, request).map(({ event, data }) => {
    const json = JSON.parse(data) as JsonObject & { content_block?: JsonObject; delta?: JsonObject }
    expect(json.type).toBe(event)
    const { delta } = json
    if (event === 'content_block_start')
      return `${String(json.index)} start ${String(json.content_block?.type)}`
    if (event === 'content_block_stop') return `${String(json.index)} stop`
    if (event !== 'content_block_delta') return String(event)
    return `${String(json.index)} ${String(delta?.type)} ${textOf(delta?.text ?? delta?.partial_json ?? delta?.thinking)}`.trim()
  })
}

const blocks = (...events: StreamEvent[]) => outline([START, ...events, finish()]).slice(1, -2)

describe('blocks', () => {
  test('RSP-04 the shape of every event', () => {
    const usage = { ...NO_USAGE, inputTokens: 7, cacheReadTokens: 2, outputTokens: 3 }
    const events = encodeAll([
      START,
      textStart('t'),
      text('t', 'Hi'),
      textEnd('t'),
      { ...finish(), usage } as StreamEvent,
    ])
    const empty = {
      container: null,
      diagnostics: null,
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
    }
    expect(events.map(({ data }) => JSON.parse(data) as unknown)).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'msg_r1',
          type: 'message',
          role: 'assistant',
          model: 'gpt-x',
          content: [],
          ...empty,
          usage: expect.objectContaining({ input_tokens: 0, output_tokens: 0, speed: null }) as unknown,
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null },
        usage: {
          input_tokens: 7,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 2,
          output_tokens: 3,
          output_tokens_details: { thinking_tokens: 0 },
          server_tool_use: null,
        },
      },
      { type: 'message_stop' },
    ])
  })

  test('STR-01 STR-02 text is closed before a call, and opened anew after it', () => {
    const events = [
      textStart('t'),
      text('t', 'a'),
      callStart('c'),
      input('c', '{}'),
      callEnd('c'),
      text('t', 'b'),
    ]
    expect(blocks(...events, textEnd('t'))).toEqual([
      '0 start text',
      '0 text_delta a',
      '0 stop',
      '1 start tool_use',
      '1 input_json_delta {}',
      '1 stop',
      '2 start text',
      '2 text_delta b',
      '2 stop',
    ])
  })

  test('STR-03 interleaved calls are held back until the first is closed', () => {
    const interleaved = [
      callStart('a'),
      callStart('b'),
      input('a', '{1'),
      input('b', '{2'),
      input('a', '3'),
      textStart('t'),
      text('t', 'x'),
      callEnd('b'),
      callEnd('a'),
      textEnd('t'),
    ]
    expect(blocks(...interleaved)).toEqual([
      '0 start tool_use',
      '0 input_json_delta {1',
      '0 input_json_delta 3',
      '0 stop',
      '1 start tool_use',
      '1 input_json_delta {2',
      '1 stop',
      '2 start text',
      '2 text_delta x',
      '2 stop',
    ])
  })

  test('STR-03 STR-33 what was held goes on as soon as its turn comes', () => {
    const encode = createStreamEncoder(answerContext())
    for (const event of [START, callStart('a'), callStart('b'), input('b', '{1')]) encode(event)
    expect(encode(callEnd('a')).map(({ event }) => event)).toEqual([
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
    ])
    expect(encode(input('b', '2'))).toHaveLength(1)
  })

  test('STR-03 what nobody ended is ended before the message is', () => {
    expect(blocks(callStart('a'), callStart('b'), input('b', '{1'), textStart('t'), text('t', 'x'))).toEqual([
      '0 start tool_use',
      '0 stop',
      '1 start tool_use',
      '1 input_json_delta {1',
      '1 stop',
      '2 start text',
      '2 text_delta x',
      '2 stop',
    ])
  })

  test.each([
    [['null'], '{"_raw":"null"}'],
    [['[', '1]'], '{"_raw":"[1]"}'],
    [[' ', '"a{"'], '{"_raw":" \\"a{\\""}'],
    [[' ', '{}'], ' {}'],
    [['{"a":'], '{"a":'],
  ])('TCL-01 arguments %j of a stream reach the client as an object', (pieces, expected) => {
    const events = pieces.map((piece) => input('c', piece))
    expect(blocks(callStart('c'), ...events, callEnd('c'))).toEqual([
      '0 start tool_use',
      `0 input_json_delta ${expected}`,
      '0 stop',
    ])
  })

  test('STR-05 STR-07 STR-08 STR-11 blocks open when there is something to show', () => {
    expect(
      blocks(textStart('t'), text('t', ''), textEnd('t'), callStart('c'), input('c', ''), callEnd('c')),
    ).toEqual(['0 start tool_use', '0 stop'])
  })

  test('STR-11 MSG-14 white space waits for words, and makes no block without any', () => {
    const blank = [textStart('t'), text('t', '\n'), text('t', '\n')]
    expect(blocks(...blank, textEnd('t'), callStart('c'), callEnd('c'))).toEqual([
      '0 start tool_use',
      '0 stop',
    ])
    const said = encodeAll([START, ...blank, text('t', 'x'), text('t', ' '), textEnd('t'), finish()])
    const deltas = said.filter(({ event }) => event === 'content_block_delta')
    expect(deltas.map(({ data }) => (JSON.parse(data) as { delta: JsonObject }).delta.text)).toEqual([
      '\n\nx',
      ' ',
    ])
  })

  test('RSN-31 STR-11 an empty part with nothing but a carrier leaves no trace', () => {
    const carrier = { origin: 'gemini', kind: 'thought-signature', payload: 'p' } as const
    expect(blocks(textStart('t'), { type: 'text-end', id: 't', carrier })).toEqual([])
  })

  test('RSN-20 STR-05 the proof of a call is thinking of its own, right after it', () => {
    const carrier = { origin: 'gemini', kind: 'thought-signature', payload: 'p' } as const
    const proven: StreamEvent = { type: 'tool-call-end', id: 'c', carrier }
    const wrapped = wrapCarrier(carrier, 'anthropic-messages')
    const data = encodeAll([START, callStart('c'), proven, textStart('t'), text('t', 'x'), finish()])
    expect(data.map((one) => one.data).join()).toContain(`"signature_delta","signature":"${wrapped}"`)
    expect(
      blocks(callStart('c'), proven, textStart('t'), text('t', 'x')).map((one) => one.slice(0, 17)),
    ).toEqual([
      '0 start tool_use',
      '0 stop',
      '1 start thinking',
      '1 signature_delta',
      '1 stop',
      '2 start text',
      '2 text_delta x',
      '2 stop',
    ])
  })

  test('TCL-05 STR-05 calls without an id get one each', () => {
    const nameless = (id: string) => ({ ...callStart(id), callId: '' }) as StreamEvent
    const data = encodeAll([START, nameless('a'), callEnd('a'), nameless('b'), callEnd('b'), finish()])
      .map((one) => one.data)
      .join()
    expect(data).toContain('"id":"toolu_r1_0"')
    expect(data).toContain('"id":"toolu_r1_1"')
    expect(data).toContain('"input":{},"caller":{"type":"direct"}')
  })

  test('TLD-12 the free text of a call becomes its one string', () => {
    const custom = { ...callStart('c'), kind: 'custom' } as StreamEvent
    expect(blocks(custom, input('c', 'a "b"'), input('c', ' c'), callEnd('c'))[1]).toBe(
      '0 input_json_delta {"input":"a \\"b\\" c"}',
    )
  })
})

describe('thinking', () => {
  const start: StreamEvent = { type: 'reasoning-start', id: 'r' }
  const why: StreamEvent = { type: 'reasoning-delta', id: 'r', text: 'why' }
  const carrier = { origin: 'openai-responses', kind: 'encrypted', payload: 'p', itemId: 'rs_1' } as const
  const end: StreamEvent = { type: 'reasoning-end', id: 'r', carrier }
  const answer = [textStart('t'), text('t', 'x'), textEnd('t')]

  test('STR-10 RSN-23 its signature comes right before its end, then the text', () => {
    const expected = ['0 start thinking', '0 thinking_delta why', '0 signature_delta', '0 stop']
    expect(blocks(start, why, end, ...answer)).toEqual([
      ...expected,
      '1 start text',
      '1 text_delta x',
      '1 stop',
    ])
    expect(blocks(start, why, { type: 'reasoning-end', id: 'r' })).toEqual(expected)
    const signature = wrapCarrier(carrier, 'anthropic-messages')
    expect(encodeAll([START, start, why, end])[3]?.data).toContain(signature)
  })

  test('STR-32 text waits until thinking has ended', () => {
    expect(blocks(start, why, ...answer, end).at(-3)).toBe('1 start text')
  })

  test('RSN-12 hidden where the client asked for that; a carrier is still sent', () => {
    const reasoning = { summary: 'none' } as const
    const hidden = outline([START, start, why, end, finish()], { reasoning })
    expect(hidden.slice(1, -2)).toEqual(['0 start thinking', '0 signature_delta', '0 stop'])
    const bare: StreamEvent = { type: 'reasoning-end', id: 'r' }
    expect(outline([START, start, why, bare, finish()], { reasoning })).toHaveLength(3)
  })

  test('RSN-21 redacted thinking is a block of its own', () => {
    const redacted = { origin: 'anthropic-messages', kind: 'redacted', payload: 'd' } as const
    expect(blocks(start, { type: 'reasoning-end', id: 'r', carrier: redacted })).toEqual([
      '0 start redacted_thinking',
      '0 stop',
    ])
    expect(blocks(start, { type: 'reasoning-end', id: 'r' })).toEqual([])
  })
})

describe('the whole stream', () => {
  test('STR-35 RSP-10 an answer of nothing', () => {
    expect(outline([START, finish()])).toEqual(['message_start', 'message_delta', 'message_stop'])
    expect(outline([finish()])).toEqual(['message_start', 'message_delta', 'message_stop'])
  })

  test('STR-13 STR-27 nothing follows the end, and nothing starts twice', () => {
    expect(outline([START, START, finish(), textStart('t'), text('t', 'x'), finish()])).toHaveLength(3)
    expect(encodeAll([START, finish()]).some(({ data }) => data.includes('[DONE]'))).toBe(false)
  })

  test('STR-12 keep-alives are pings', () => {
    expect(encodeAll([START, { type: 'ping' }])[1]).toEqual({ event: 'ping', data: '{"type":"ping"}' })
  })

  test('ERR-20 STR-14 an error ends it, and no block is closed as if all were well', () => {
    const error = new GatewayError('upstream_cut', 'Broken off.')
    const events = encodeAll([
      START,
      textStart('t'),
      text('t', 'x'),
      { type: 'error', error },
      textEnd('t'),
      finish(),
    ])
    expect(events.map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'error',
    ])
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: 'Broken off.' },
      request_id: 'r1',
    })
  })

  test('USG-08 the true counts come at the end, wherever they came from', () => {
    const usage = { ...NO_USAGE, inputTokens: 5, outputTokens: 6 }
    const events = encodeAll([START, { type: 'usage', usage }, finish()])
    expect(JSON.parse(events[1]?.data ?? '')).toMatchObject({ usage: { input_tokens: 5, output_tokens: 6 } })
  })

  test('STP-10 STP-26 an end of nothing that nobody knows throws, and can be told as an error', () => {
    const encode = createStreamEncoder(answerContext())
    encode(START)
    const end: StreamEvent = { type: 'finish', finish: { unified: 'other' } }
    expect(() => encode(end)).toThrow(expect.objectContaining({ code: 'upstream_error' }))
    const error = new GatewayError('upstream_error', 'Broken off.')
    expect(encode({ type: 'error', error })).toMatchObject([{ event: 'error' }])
  })

  test('STP-05 STP-20 STP-21 the end is told as in a whole answer', () => {
    const reasonOf = (...events: StreamEvent[]) => {
      const data = encodeAll([START, ...events]).at(-2)?.data ?? ''
      return (JSON.parse(data) as { delta: JsonObject }).delta
    }
    expect(reasonOf(callStart('c'), callEnd('c'), finish())).toMatchObject({ stop_reason: 'tool_use' })
    expect(reasonOf(callStart('c'), finish('length'))).toMatchObject({ stop_reason: 'max_tokens' })
    const refused: StreamEvent[] = [
      { type: 'refusal-start', id: 'f' },
      { type: 'refusal-delta', id: 'f', text: 'No.' },
    ]
    expect(reasonOf(...refused, finish())).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { explanation: 'No.' },
    })
    expect(blocks(...refused)).toContain('0 text_delta No.')
  })

  test('CIT-03 CIT-07 citations stand on the open block; later ones come too late', () => {
    const citation: StreamEvent = { type: 'text-citation', id: 't', citation: { type: 'url', url: 'u' } }
    expect(blocks(textStart('t'), text('t', 'x'), citation, textEnd('t'), citation)).toEqual([
      '0 start text',
      '0 text_delta x',
      '0 citations_delta',
      '0 stop',
    ])
  })

  test('SRV-04 TCL-18 hosted blocks of Anthropic pass; those of others do not cut the text', () => {
    const own: StreamEvent = {
      type: 'hosted',
      part: { type: 'hosted', dialect: 'anthropic-messages', wire: { type: 'server_tool_use' } },
    }
    const foreign: StreamEvent = {
      type: 'hosted',
      part: { type: 'hosted', dialect: 'openai-responses', wire: {} },
    }
    expect(blocks(textStart('t'), text('t', 'a'), foreign, text('t', 'b'), own, textEnd('t'))).toEqual([
      '0 start text',
      '0 text_delta a',
      '0 text_delta b',
      '0 stop',
      '1 start server_tool_use',
      '1 stop',
    ])
    expect(blocks(callStart('c'), own, callEnd('c'))).toHaveLength(4)
  })

  test('STR-31 five megabytes held back, a character at a time, take linear time', () => {
    const encode = createStreamEncoder(answerContext())
    for (const event of [START, callStart('a'), callStart('b'), input('b', '{')]) encode(event)
    const piece = input('b', 'x')
    for (let count = 0; count < 300_000; count++) encode(piece)
    expect(encode(callEnd('a'))).toHaveLength(300_003)
  })
})
