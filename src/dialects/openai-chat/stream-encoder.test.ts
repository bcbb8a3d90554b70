import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import {
  chunksOf,
  contextFor,
  decode,
  encodeStream,
} from '../../../test/support/dialects/openai-chat-base.ts'
import { serveOnce } from '../../../test/support/dialects/openai-chat-serve-once.ts'
import { GatewayError } from '../../core/errors.ts'
import { foldStream } from '../../ir/fold.ts'
import type { ChatRequest } from '../../ir/request.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { writeSseEvent } from '../../wire/sse-event.ts'
import { converter } from './converter.ts'

const START: StreamEvent = { type: 'start', model: 'served', createdSeconds: 7 }
const USAGE = { ...NO_USAGE, inputTokens: 3, outputTokens: 2 }
const finish = (unified: 'stop' | 'tool-calls' | 'refusal' | 'length' | 'other' | 'pause'): StreamEvent => ({
  type: 'finish',
  finish: { unified },
  usage: USAGE,
})
const text = (id: string, ...pieces: string[]): StreamEvent[] => [
  { type: 'text-start', id },
  ...pieces.map((piece) => ({ type: 'text-delta', id, text: piece }) as const),
  { type: 'text-end', id },
]
const call = (id: string, ...pieces: string[]): StreamEvent[] => [
  { type: 'tool-call-start', id, callId: `call_${id}`, name: 'one', kind: 'function' },
  ...pieces.map((input) => ({ type: 'tool-call-delta', id, input }) as const),
  { type: 'tool-call-end', id },
]
const thinking = (id: string, ...pieces: string[]): StreamEvent[] => [
  { type: 'reasoning-start', id },
  ...pieces.map((piece) => ({ type: 'reasoning-delta', id, text: piece }) as const),
  {
    type: 'reasoning-end',
    id,
    carrier: { origin: 'anthropic-messages', kind: 'signature', payload: `sig ${id}` },
  },
]
const encode = (events: readonly StreamEvent[], request: Partial<ChatRequest> = {}) =>
  encodeStream([START, ...events], contextFor(request))
const deltas = (events: readonly StreamEvent[], request?: Partial<ChatRequest>) =>
  chunksOf(encode(events, request)).map((chunk) => (chunk.choices as { delta?: object }[])[0]?.delta)

describe('chunks', () => {
  test('RSP-01 STR-24 a role first, the same head in every chunk, [DONE] last', () => {
    const events = encode([...text('t', 'Hi', '!'), finish('stop')])
    const head = { id: 'chatcmpl-0123', object: 'chat.completion.chunk', created: 7, model: 'served' }
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    })
    expect(chunksOf(events)).toEqual([
      chunk({ role: 'assistant', content: '', refusal: null }),
      chunk({ content: 'Hi' }),
      chunk({ content: '!' }),
      chunk({}, 'stop'),
    ])
    expect(events.every(({ event }) => event === undefined)).toBe(true)
    expect(events.at(-1)).toEqual({ data: '[DONE]' })
  })

  test('TOP-18 USG-07 counts only for who asked for them, in a chunk of their own', () => {
    expect(JSON.stringify(encode([finish('stop')]))).not.toContain('usage')
    const chunks = chunksOf(encode([...text('t', 'Hi'), finish('stop')], { wantsStreamUsage: true }))
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })
  })

  test('STR-07 STR-08 a call begins with its name and ends with an object', () => {
    expect(deltas([...call('a'), ...call('b', '{"x"', ':1}'), finish('tool-calls')])).toEqual([
      { role: 'assistant', content: null, refusal: null },
      {
        tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'one', arguments: '' } }],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
      {
        tool_calls: [{ index: 1, id: 'call_b', type: 'function', function: { name: 'one', arguments: '' } }],
      },
      { tool_calls: [{ index: 1, function: { arguments: '{"x"' } }] },
      { tool_calls: [{ index: 1, function: { arguments: ':1}' } }] },
      {},
    ])
  })

  test('STR-03 alternating calls pass as they come', () => {
    const [a = START, a1 = START, a2 = START] = call('a', '{}')
    const [b = START, b1 = START, b2 = START] = call('b', '{}')
    const indexes = deltas([a, b, b1, a1, b2, a2]).flatMap(
      (delta) => (delta as { tool_calls?: { index: number }[] }).tool_calls?.map(({ index }) => index) ?? [],
    )
    expect(indexes).toEqual([0, 1, 1, 0])
  })

  test('STR-12 STR-33 STR-35 pings are nothing, deltas are not held back, an empty answer is one', () => {
    const encoder = converter.createStreamEncoder(contextFor())
    encoder(START)
    expect(encoder({ type: 'ping' })).toEqual([])
    expect(encoder({ type: 'text-start', id: 't' })).toEqual([])
    expect(encoder({ type: 'text-delta', id: 't', text: 'Hi' })).toHaveLength(2)
    expect(deltas([finish('stop')])).toEqual([{ role: 'assistant', content: '', refusal: null }, {}])
  })

  test('MSG-18 STP-09 the deprecated shape', () => {
    const request = decode({ functions: [{ name: 'one' }] })
    const events = [...call('a', '{}'), ...call('b'), finish('tool-calls')]
    expect(deltas(events, request).slice(1)).toEqual([
      { function_call: { name: 'one', arguments: '' } },
      { function_call: { arguments: '{}' } },
      {},
    ])
    expect(chunksOf(encode(events, request)).at(-1)).toMatchObject({
      choices: [{ finish_reason: 'function_call' }],
    })
  })

  test('STP-04 STP-27 a refusal that was not said is explained', () => {
    const refused: StreamEvent = { type: 'finish', finish: { unified: 'refusal', explanation: 'policy' } }
    expect(deltas([...text('t', 'Well'), refused]).slice(-2)).toEqual([{ refusal: 'policy' }, {}])
  })

  test('ERR-20 an error ends the stream without [DONE]', () => {
    const error = new GatewayError('upstream_cut', 'gone')
    const events = encode([...text('t', 'Hi'), { type: 'error', error }, finish('stop')])
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'upstream_cut' } })
  })

  test('STP-23 STP-26 an end that is none throws, and can be told as an error', () => {
    const encoder = converter.createStreamEncoder(contextFor())
    encoder(START)
    expect(() => encoder(finish('pause'))).toThrow(expect.objectContaining({ code: 'upstream_error' }))
    expect(encoder({ type: 'error', error: new GatewayError('upstream_error', 'x') })).toHaveLength(1)
  })

  test('SRV-04 STR-38 STR-39 hosted calls do not show', () => {
    const hosted = { type: 'hosted', part: { type: 'hosted', dialect: 'gemini', wire: {} } } as const
    expect(deltas([hosted, ...text('t', 'Hi'), finish('stop')])).toHaveLength(3)
  })
})

describe('as the SDK reads it', () => {
  const citation = { type: 'url', url: 'https://x.test', title: 'X' } as const
  const CASES: Record<string, StreamEvent[]> = {
    'text and citations': [
      ...text('a', 'One ', 'two'),
      { type: 'text-start', id: 'b' },
      { type: 'text-delta', id: 'b', text: ' three' },
      { type: 'text-citation', id: 'b', citation },
      { type: 'text-end', id: 'b' },
      finish('stop'),
    ],
    'calls after text': [
      ...text('t', 'Hm.'),
      ...call('a', '{"x"', ':1}'),
      ...call('b'),
      finish('tool-calls'),
    ],
    'calls alone': [...call('a', '{}'), finish('tool-calls')],
    'a refusal': [
      { type: 'refusal-start', id: 'r' },
      { type: 'refusal-delta', id: 'r', text: 'No.' },
      { type: 'refusal-end', id: 'r' },
      finish('refusal'),
    ],
    'reasoning in one piece, proven': [
      ...thinking('r', 'why'),
      ...text('t', 'Hi'),
      ...call('c', '{}'),
      finish('tool-calls'),
    ],
    'reasoning alone': [...thinking('r', 'why'), finish('length')],
    nothing: [finish('stop')],
    'a free-text call': [
      { type: 'tool-call-start', id: 'c', callId: 'call_c', name: 'note', kind: 'custom' },
      { type: 'tool-call-delta', id: 'c', input: 'free' },
      { type: 'tool-call-end', id: 'c' },
      finish('tool-calls'),
    ],
  }

  test.each(Object.entries(CASES))('a folded stream equals the whole answer: %s', async (_name, events) => {
    const context = contextFor({ wantsStreamUsage: true })
    const wire = encodeStream([START, ...events], context)
      .map(writeSseEvent)
      .join('')
    const server = await serveOnce(wire)
    const client = new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 })
    const folded = await client.chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion()
    server.close()
    const whole = converter.encodeResponse(foldStream([START, ...events]), context)
    expect(JSON.parse(JSON.stringify(folded))).toMatchObject(whole)
  })

  test('RSN-20 RSN-24 proofs survive clients that add up and clients that keep the last delta', () => {
    const all = deltas([...thinking('a', 'x'), ...text('t', 'Hi'), ...thinking('b', 'y'), finish('stop')])
    expect(all.filter((delta) => delta !== undefined && 'reasoning_details' in delta)).toHaveLength(1)
    expect(all).toContainEqual({ reasoning_content: '\n\ny' })
  })
})
