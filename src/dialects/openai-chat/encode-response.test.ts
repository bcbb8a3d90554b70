import { describe, expect, test } from 'vitest'
import { contextFor, decode } from '../../../test/support/dialects/openai-chat-base.ts'
import type { ChatRequest } from '../../ir/request.ts'
import type { ChatResponse } from '../../ir/response.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'
import { converter } from './converter.ts'

const ANSWER: ChatResponse = { model: 'served', parts: [], finish: { unified: 'stop' }, dropped: [] }
const answer = (response: Partial<ChatResponse>, request: Partial<ChatRequest> = {}) =>
  converter.encodeResponse({ ...ANSWER, ...response }, contextFor(request))
const choiceOf = (response: Partial<ChatResponse>, request?: Partial<ChatRequest>) =>
  (answer(response, request).choices as { message: Record<string, unknown>; finish_reason: string }[])[0]
const text = (words: string) => ({ type: 'text', text: words }) as const
const call = (callId: string, input = '{}') =>
  ({ type: 'tool-call', callId, name: 'one', input, kind: 'function' }) as const

describe('encodeResponse', () => {
  test('RSP-01 RSP-02 RSP-03 RSP-05 RSP-15 USG-02 USG-04 CCH-09 everything that clients require, and nothing faked', () => {
    const usage = {
      ...NO_USAGE,
      inputTokens: 6,
      cacheReadTokens: 3,
      cacheWriteTokens: 1,
      outputTokens: 2,
      reasoningTokens: 4,
    }
    expect(answer({ parts: [text('Hi')], usage, serviceTier: 'default' })).toEqual({
      id: 'chatcmpl-0123',
      object: 'chat.completion',
      created: 1_800_000_000,
      model: 'served',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 6,
        total_tokens: 16,
        prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 1, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 4,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: 'default',
    })
    expect(answer({ createdSeconds: 7 }).created).toBe(7)
  })

  test('USG-10 no counts where the upstream did not count', () => {
    expect(answer({})).not.toHaveProperty('usage')
  })

  test('RSP-08 RSP-14 blocks of text are one text', () => {
    expect(choiceOf({ parts: [text('A'), text('B')] })?.message.content).toBe('AB')
  })

  test('RSP-05 RSP-10 no content beside calls, empty content of an empty answer', () => {
    expect(choiceOf({ parts: [call('c')] })?.message.content).toBeNull()
    expect(choiceOf({})?.message.content).toBe('')
  })

  test('TCL-02 TCL-03 STR-07 calls with their ids and arguments as they are', () => {
    const parts = [
      text('Hm.'),
      call('toolu_1', '{"x": 1.0}'),
      { ...call('b', ''), kind: 'function' as const },
    ]
    expect(choiceOf({ parts, finish: { unified: 'tool-calls' } })).toMatchObject({
      message: {
        content: 'Hm.',
        tool_calls: [
          { id: 'toolu_1', type: 'function', function: { name: 'one', arguments: '{"x": 1.0}' } },
          { id: 'b', type: 'function', function: { name: 'one', arguments: '{}' } },
        ],
      },
      finish_reason: 'tool_calls',
    })
  })

  test('TLD-12 a custom call is free text', () => {
    const parts = [{ ...call('c', 'free'), kind: 'custom' } as const]
    expect(choiceOf({ parts })?.message.tool_calls).toEqual([
      { id: 'c', type: 'custom', custom: { name: 'one', input: 'free' } },
    ])
  })

  test('MSG-18 STP-09 the deprecated shape for who asked in it', () => {
    const request = decode({ functions: [{ name: 'one' }] })
    expect(
      choiceOf({ parts: [call('a'), call('b')], finish: { unified: 'tool-calls' } }, request),
    ).toMatchObject({
      message: { content: null, function_call: { name: 'one', arguments: '{}' } },
      finish_reason: 'function_call',
    })
  })

  test('SRV-04 TCL-18 hosted calls are done already: nothing of them shows', () => {
    const hosted = { type: 'hosted', dialect: 'anthropic-messages', wire: {} } as const
    expect(choiceOf({ parts: [hosted, text('Hi')] })).toMatchObject({
      message: { content: 'Hi' },
      finish_reason: 'stop',
    })
  })

  test('CIT-01 CIT-02 CIT-04 citations by their span of the whole text, in UTF-16 code units', () => {
    const citation = { type: 'url', url: 'https://x.test', title: 'X' } as const
    const parts = [text('👍 '), { ...text('true'), citations: [citation, { ...citation, start: 0, end: 2 }] }]
    const spanned = (start_index: number, end_index: number) => ({
      type: 'url_citation',
      url_citation: { start_index, end_index, url: 'https://x.test', title: 'X' },
    })
    expect(choiceOf({ parts })?.message.annotations).toEqual([spanned(3, 7), spanned(0, 2)])
  })

  test('PRT-15 an image goes where clients of image models look for it', () => {
    const image = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' } } as const
    expect(choiceOf({ parts: [image] })?.message).toMatchObject({
      content: null,
      images: [{ image_url: { url: 'data:image/png;base64,QUJD' } }],
    })
  })

  test('TOP-13 logprobs as Chat states them', () => {
    const bytes = [72]
    const logprobs = [{ token: 'H', logprob: -1, bytes, alternatives: [{ token: 'J', logprob: -2 }] }]
    const content = [
      { token: 'H', logprob: -1, bytes, top_logprobs: [{ token: 'J', logprob: -2, bytes: null }] },
    ]
    expect(answer({ parts: [{ type: 'text', text: 'H', logprobs }] }).choices).toMatchObject([
      { logprobs: { content, refusal: null } },
    ])
    expect(answer({ parts: [{ type: 'refusal', text: 'H', logprobs }] }).choices).toMatchObject([
      { logprobs: { content: null, refusal: content } },
    ])
  })
})

describe('why it ended', () => {
  test.each<[string, ChatResponse['finish']['unified'], string]>([
    ['STP-01', 'stop', 'stop'],
    ['STP-02', 'stop-sequence', 'stop'],
    ['STP-03 STP-06', 'length', 'length'],
    ['STP-04 STP-21 STP-27', 'refusal', 'content_filter'],
    ['STP-10 STP-24 STP-26 STP-25', 'other', 'length'],
  ])('%s %s is %s', (_ids, unified, reason) => {
    expect(choiceOf({ parts: [text('x')], finish: { unified } })?.finish_reason).toBe(reason)
  })

  test('STP-05 STP-20 calls make it tool_calls, unless it was cut off', () => {
    expect(choiceOf({ parts: [call('c')], finish: { unified: 'stop' } })?.finish_reason).toBe('tool_calls')
    expect(choiceOf({ parts: [call('c')], finish: { unified: 'length' } })?.finish_reason).toBe('length')
    expect(choiceOf({ parts: [text('x')], finish: { unified: 'tool-calls' } })?.finish_reason).toBe('stop')
  })

  test('STP-04 RSP-11 RSP-13 a refusal in its own words, else in the explanation', () => {
    const finish = { unified: 'refusal', explanation: 'policy' } as const
    expect(choiceOf({ parts: [{ type: 'refusal', text: 'No.' }], finish })?.message).toMatchObject({
      refusal: 'No.',
      content: null,
    })
    expect(choiceOf({ parts: [text('Well')], finish })?.message).toMatchObject({
      refusal: 'policy',
      content: 'Well',
    })
    expect(choiceOf({ finish: { unified: 'refusal' } })?.message).toMatchObject({
      refusal: null,
      content: '',
    })
  })

  test('STP-07 STP-23 STP-26 what is not complete and cannot say so is an error', () => {
    const failing = expect.objectContaining({ code: 'upstream_error' })
    expect(() => answer({ parts: [text('x')], finish: { unified: 'pause' } })).toThrow(failing)
    expect(() => answer({ finish: { unified: 'other', raw: 'MALFORMED_FUNCTION_CALL' } })).toThrow(failing)
  })
})

describe('reasoning', () => {
  const signature = { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' } as const

  test('RSN-24 RSN-29 text in reasoning_content; details of what nothing proves say that it is ours', () => {
    const parts = [
      { type: 'reasoning', text: 'a' } as const,
      { type: 'reasoning', text: 'b' } as const,
      text('Hi'),
    ]
    const message = choiceOf({ parts })?.message
    const mark = { signature: wrapCarrier(NO_PROOF, 'openai-chat'), format: 'unknown' }
    expect(message).toEqual({
      role: 'assistant',
      content: 'Hi',
      refusal: null,
      reasoning_content: 'a\n\nb',
      reasoning_details: [
        { type: 'reasoning.text', text: 'a', ...mark, index: 0 },
        { type: 'reasoning.text', text: 'b', ...mark, index: 1 },
      ],
    })
    expect(decode({ messages: [{ role: 'user', content: 'Hi' }, message] }).messages[1]?.parts).toEqual(parts)
  })

  test('RSN-20 RSN-21 RSN-24 RSN-30 RSN-31 everything comes back to where it was', () => {
    const parts = [
      { type: 'reasoning', text: 'why', carrier: signature },
      text('Well. '),
      {
        type: 'reasoning',
        text: '',
        carrier: { origin: 'anthropic-messages', kind: 'redacted', payload: 'dark' },
      },
      { ...call('c'), carrier: { origin: 'gemini', kind: 'thought-signature', payload: 'g' } },
      { ...call('d'), carrier: signature },
    ] as const
    const message = choiceOf({ parts, finish: { unified: 'tool-calls' } })?.message
    const result = (tool_call_id: string) => ({ role: 'tool', tool_call_id, content: 'x' })
    const { messages } = decode({
      messages: [{ role: 'user', content: 'Hi' }, message, result('c'), result('d')],
    })
    expect(messages[1]?.parts).toEqual(parts)
  })

  test('RSN-20 RSN-31 proofs of text, of summaries and of empty text come back', () => {
    const encrypted = { origin: 'openai-responses', kind: 'encrypted', payload: 'e', itemId: 'rs_1' } as const
    const thought = { origin: 'gemini', kind: 'thought-signature', payload: 'g' } as const
    const summary = { type: 'reasoning', text: 'why', isSummary: true, carrier: encrypted } as const
    for (const said of [
      { ...text('Hi'), carrier: thought },
      { ...text(''), carrier: thought },
    ]) {
      const message = choiceOf({ parts: [summary, said] })?.message
      expect(decode({ messages: [{ role: 'user', content: 'Hi' }, message] }).messages[1]?.parts).toEqual([
        summary,
        said,
      ])
    }
  })
})
