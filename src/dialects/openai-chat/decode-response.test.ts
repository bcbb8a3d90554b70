import { describe, expect, test } from 'vitest'
import { decodeStream, eventsOf, fixture } from '../../../test/support/dialects/openai-chat-base.ts'
import { foldStream } from '../../ir/fold.ts'
import type { ChatResponse } from '../../ir/response.ts'
import { converter } from './converter.ts'

const answer = (message: object, rest: object = {}, choice: object = {}): ChatResponse =>
  converter.decodeResponse({
    id: 'chatcmpl-1',
    created: 5,
    model: 'served',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...choice }],
    ...rest,
  })
const failing = (code: string) => expect.objectContaining({ code })

const FIXTURES = [
  'text',
  'parallel-calls',
  'custom-call',
  'reasoning',
  'refusal',
  'length',
  'empty',
  'content-filter',
]

test.each(FIXTURES)('a streamed answer amounts to the whole one: %s', (name) => {
  const whole = converter.decodeResponse(JSON.parse(fixture(`${name}.json`)))
  const streamed = foldStream(decodeStream(eventsOf(fixture(`${name}.sse`))))
  const comparable = ({ upstreamId: _id, createdSeconds: _at, ...rest }: ChatResponse) =>
    JSON.parse(JSON.stringify(rest).replaceAll(/call_sim\w+/g, 'ID')) as unknown
  expect(comparable(streamed)).toEqual(comparable(whole))
})

describe('decodeResponse', () => {
  test('RSP-01 RSP-02 RSP-03 RSP-15 what the upstream says about the answer', () => {
    expect(answer({ content: 'Hi' }, { service_tier: 'default' })).toMatchObject({
      upstreamId: 'chatcmpl-1',
      model: 'served',
      createdSeconds: 5,
      serviceTier: 'default',
    })
    expect(answer({ content: 'Hi' }, { created: 5.9 }).createdSeconds).toBe(5)
  })

  test('RSP-09 RSP-10 text before calls, and no parts of nothing', () => {
    const call = { id: 'c', type: 'function', function: { name: 'one', arguments: '' } }
    expect(answer({ content: 'Hm.', tool_calls: [call] }).parts).toEqual([
      { type: 'text', text: 'Hm.' },
      { type: 'tool-call', callId: 'c', name: 'one', input: '{}', kind: 'function' },
    ])
    for (const content of [null, '', undefined])
      expect(answer({ content })).toMatchObject({ parts: [], finish: { unified: 'stop' } })
  })

  test('TOP-09 RSP-12 several answers, the first of them apart', () => {
    const choices = [1, 0].map((index) => ({
      index,
      message: { content: `${index}` },
      finish_reason: 'stop',
    }))
    const response = converter.decodeResponse({ choices })
    expect(response.parts).toEqual([{ type: 'text', text: '0' }])
    expect(response.alternatives).toMatchObject([{ parts: [{ text: '1' }], finish: { unified: 'stop' } }])
  })

  test('RSP-16 an error with status 200 is an error', () => {
    expect(() => converter.decodeResponse({ error: { message: 'x', code: 'rate_limit_exceeded' } })).toThrow(
      failing('upstream_rate_limited'),
    )
  })

  test.each([[null], [[]], ['text'], [{}], [{ choices: [] }], [{ choices: [{}] }], [{ choices: 'x' }]])(
    'RSP-19 what is no answer is malformed: %j',
    (body) => {
      expect(() => converter.decodeResponse(body)).toThrow(failing('upstream_malformed'))
    },
  )

  test('RSN-24 RSN-28 reasoning in every spelling, with what brings it back', () => {
    const reasoning = (message: object) => answer({ content: 'Hi', ...message }).parts[0]
    for (const field of ['reasoning_content', 'reasoning'])
      expect(reasoning({ [field]: 'why' })).toEqual({
        type: 'reasoning',
        text: 'why',
        carrier: { origin: 'openai-chat', kind: 'signature', payload: field },
      })
    const details = [{ type: 'reasoning.text', text: 'why', signature: 's' }]
    expect(reasoning({ reasoning_details: details })).toMatchObject({
      text: 'why',
      carrier: { payload: JSON.stringify(details) },
    })
  })

  test("RSN-24 Google's signature of a call", () => {
    const call = {
      id: 'c',
      function: { name: 'one', arguments: '{}' },
      extra_content: { google: { thought_signature: 's' } },
    }
    expect(answer({ tool_calls: [call] }).parts).toMatchObject([
      { carrier: { origin: 'openai-chat', kind: 'thought-signature', payload: 's' } },
    ])
  })

  test('SCH-09 SCH-10 RSP-11 a refusal and a cut answer are told as such, whatever was asked for', () => {
    expect(answer({ content: null, refusal: 'No.' })).toMatchObject({
      parts: [{ type: 'refusal' }],
      finish: { unified: 'refusal' },
    })
    expect(answer({ content: '{"a"' }, {}, { finish_reason: 'length' })).toMatchObject({
      parts: [{ text: '{"a"' }],
      finish: { unified: 'length' },
    })
  })

  test('RSN-32 tags in the text are text', () => {
    expect(answer({ content: '<think>x</think>y' }).parts).toEqual([
      { type: 'text', text: '<think>x</think>y' },
    ])
  })

  test('TCL-05 blank and repeated ids are replaced, by the same ones every time', () => {
    const calls = ['', 'a', 'a'].map((id) => ({ id, function: { name: 'one', arguments: '{}' } }))
    const ids = () =>
      answer({ tool_calls: calls }).parts.map((part) => (part.type === 'tool-call' ? part.callId : ''))
    expect(new Set(ids()).size).toBe(3)
    expect(ids()[1]).toBe('a')
    expect(ids()).toEqual(ids())
  })

  test('MSG-18 TCL-01 a deprecated call, and arguments that are an object', () => {
    expect(
      answer({ function_call: { name: 'f', arguments: { a: 1 } } }, {}, { finish_reason: 'function_call' }),
    ).toMatchObject({
      parts: [{ type: 'tool-call', name: 'f', input: '{"a":1}' }],
      finish: { unified: 'tool-calls', raw: 'function_call' },
    })
  })

  test('CIT-01 annotations are citations; PRT-15 pictures are images', () => {
    const annotations = [
      { type: 'url_citation', url_citation: { url: 'https://x.test', start_index: 0, end_index: 2 } },
    ]
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } }]
    expect(answer({ content: 'Hi', annotations, images }).parts).toEqual([
      { type: 'text', text: 'Hi', citations: [{ type: 'url', url: 'https://x.test', start: 0, end: 2 }] },
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' } },
    ])
  })

  test('TOP-13 logprobs as they are', () => {
    const logprobs = { content: [{ token: 'Hi', logprob: -1, bytes: null, top_logprobs: [] }], refusal: null }
    expect(answer({ content: 'Hi' }, {}, { logprobs }).parts).toEqual([
      { type: 'text', text: 'Hi', logprobs: [{ token: 'Hi', logprob: -1, alternatives: [] }] },
    ])
  })

  test('USG-11 tokens of sound are counted apart', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { audio_tokens: 4 },
      completion_tokens_details: { audio_tokens: 1 },
    }
    expect(answer({ content: 'Hi' }, { usage }).usage).toMatchObject({
      inputTokens: 6,
      inputAudioTokens: 4,
      outputTokens: 4,
      outputAudioTokens: 1,
    })
  })

  test('USG-01 USG-03 USG-10 CCH-09 counts are disjoint, and absent where the upstream did not count', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } }
    expect(answer({ content: 'Hi' }, { usage }).usage).toMatchObject({
      inputTokens: 6,
      cacheReadTokens: 4,
      outputTokens: 5,
    })
    expect(answer({ content: 'Hi' })).not.toHaveProperty('usage')
  })
})

describe('why it ended', () => {
  const call = { tool_calls: [{ id: 'c', function: { name: 'one', arguments: '{}' } }] }
  test.each<[string, object, unknown, string]>([
    ['STP-01 stop', { content: 'x' }, 'stop', 'stop'],
    ['STP-03 length', { content: 'x' }, 'length', 'length'],
    ['STP-04 STP-21 content_filter', { content: 'x' }, 'content_filter', 'refusal'],
    ['STP-04 RSP-11 STR-20 a refusal says more than stop', { refusal: 'No.' }, 'stop', 'refusal'],
    ['STP-05 tool_calls', call, 'tool_calls', 'tool-calls'],
    ['STP-20 calls say more than stop', call, 'stop', 'tool-calls'],
    ['STP-20 a call that was cut off', call, 'length', 'length'],
    ['STP-20 calls say more than a word that we do not know', call, 'tool_call', 'tool-calls'],
    ['STP-20 calls without any word', call, null, 'tool-calls'],
    ['STP-20 no calls after all', { content: 'x' }, 'tool_calls', 'stop'],
    ['STP-26 a word that we do not know', { content: 'x' }, 'insufficient_system_resource', 'other'],
    ['STP-26 no word at all', { content: 'x' }, null, 'other'],
  ])('%s', (_name, message, finish_reason, unified) => {
    expect(answer(message, {}, { finish_reason }).finish.unified).toBe(unified)
  })

  test('STP-02 STP-22 the stop sequence, where a server names it', () => {
    expect(answer({ content: 'x' }, {}, { stop_reason: 'END' }).finish).toMatchObject({
      unified: 'stop-sequence',
      stopSequence: 'END',
    })
  })
})
