import { describe, expect, test } from 'vitest'
import { answerContext, refusalOf } from '../../../test/support/dialects/anthropic-messages.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatResponse, Finish } from '../../ir/response.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'
import { decodeError } from './errors.ts'
import { decodeResponse, encodeResponse } from './response.ts'

const message = (changes: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [{ type: 'text', text: 'Hi', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 5 },
  ...changes,
})
const finishOf = (changes: object) => decodeResponse(message(changes)).finish
const answer = (changes: Partial<ChatResponse> = {}): ChatResponse => ({
  model: 'gpt-x',
  parts: [{ type: 'text', text: 'Hi' }],
  finish: { unified: 'stop' },
  dropped: [],
  ...changes,
})
const encoded = (changes: Partial<ChatResponse>, request = {}) =>
  encodeResponse(answer(changes), answerContext(request))
const contentOf = (...parts: Part[]) => encoded({ parts }).content

describe('an upstream’s answer', () => {
  test('RSP-01 RSP-02 RSP-08 RSN-21 its parts in order', () => {
    const content = [
      { type: 'thinking', thinking: 'why', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'text', text: 'a', citations: null },
      { type: 'text', text: 'b', citations: null },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { x: 1 }, caller: { type: 'direct' } },
    ]
    const origin = 'anthropic-messages'
    expect(decodeResponse(message({ content, stop_reason: 'tool_use' }))).toEqual({
      model: 'claude-x',
      upstreamId: 'msg_1',
      parts: [
        { type: 'reasoning', text: 'why', carrier: { origin, kind: 'signature', payload: 's' } },
        { type: 'reasoning', text: '', carrier: { origin, kind: 'redacted', payload: 'd' } },
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
        { type: 'tool-call', callId: 'toolu_1', name: 'f', input: '{"x":1}', kind: 'function' },
      ],
      finish: { unified: 'tool-calls', raw: 'tool_use' },
      usage: { ...NO_USAGE, inputTokens: 3, outputTokens: 5 },
      dropped: [],
    })
  })

  test.each([
    ['STP-01', { stop_reason: 'end_turn' }, { unified: 'stop', raw: 'end_turn' }],
    [
      'STP-02',
      { stop_reason: 'stop_sequence', stop_sequence: 'x' },
      { unified: 'stop-sequence', raw: 'stop_sequence', stopSequence: 'x' },
    ],
    ['STP-03', { stop_reason: 'max_tokens' }, { unified: 'length', raw: 'max_tokens' }],
    [
      'STP-04 RSP-11 SCH-09',
      { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'No.' } },
      { unified: 'refusal', raw: 'refusal', explanation: 'No.' },
    ],
    [
      'STP-04 STP-27 RSP-11',
      { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'cyber', explanation: null } },
      { unified: 'refusal', raw: 'refusal', explanation: 'The provider refused to answer (cyber).' },
    ],
    ['STP-05', { stop_reason: 'tool_use' }, { unified: 'tool-calls', raw: 'tool_use' }],
    [
      'STP-06',
      { stop_reason: 'model_context_window_exceeded' },
      { unified: 'length', raw: 'model_context_window_exceeded' },
    ],
    ['STP-07 STP-23 SRV-05', { stop_reason: 'pause_turn' }, { unified: 'pause', raw: 'pause_turn' }],
    ['STP-08 STP-26', { stop_reason: 'compaction' }, { unified: 'other', raw: 'compaction' }],
    ['STP-26', { stop_reason: 'constructor' }, { unified: 'other', raw: 'constructor' }],
  ])('%s %j', (_id, changes, finish) => {
    expect(finishOf(changes)).toEqual(finish)
  })

  test('STP-20 a call beats the word of the upstream', () => {
    const content = [{ type: 'tool_use', id: 'a', name: 'f', input: {} }]
    expect(finishOf({ content })).toMatchObject({ unified: 'tool-calls' })
    expect(finishOf({ content, stop_reason: 'max_tokens' })).toMatchObject({ unified: 'length' })
  })

  test('SRV-04 RSP-18 TCL-19 hosted blocks and fallbacks are kept as such', () => {
    const content = [
      { type: 'server_tool_use', id: 's' },
      { type: 'fallback', from: 'x' },
    ]
    expect(decodeResponse(message({ content })).parts).toEqual(
      content.map((wire) => ({ type: 'hosted', dialect: 'anthropic-messages', wire })),
    )
  })

  test('CIT-02 CIT-05 citations of web pages stand for their block, others are reported', () => {
    const web = {
      type: 'web_search_result_location',
      url: 'u',
      title: null,
      cited_text: 'c',
      encrypted_index: 'e',
    }
    const content = [
      { type: 'text', text: 'x', citations: [web, { type: 'char_location' }, { type: 'page_location' }] },
    ]
    const { parts, dropped } = decodeResponse(message({ content }))
    expect(parts).toEqual([{ type: 'text', text: 'x', citations: [{ type: 'url', url: 'u', text: 'c' }] }])
    expect(dropped).toHaveLength(1)
  })

  test('USG-01 USG-02 CCH-09 SRV-06 RSP-15 what it used, in disjoint buckets, and the tier', () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 2 },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
      service_tier: 'standard',
    }
    const response = decodeResponse(message({ usage }))
    expect(response.serviceTier).toBe('default')
    expect(response.usage).toEqual({
      ...NO_USAGE,
      inputTokens: 10,
      cacheReadTokens: 20,
      cacheWriteTokens: 3,
      cacheWriteLongTokens: 4,
      outputTokens: 7,
      reasoningTokens: 2,
      hostedToolCalls: 1,
    })
  })

  test('RSP-16 RSP-19 an error in a 200 is an error, and so is what is no message', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'm' } }
    expect(refusalOf(() => decodeResponse(error))).toBe('upstream_overloaded')
    expect(refusalOf(() => decodeResponse({ error: { message: 'm' } }))).toBe('upstream_error')
    for (const broken of [null, 'x', [], {}, { content: 'x' }, { content: ['x'] }])
      expect(refusalOf(() => decodeResponse(broken))).toBe('upstream_malformed')
  })
})

describe('an answer for a client', () => {
  test('RSP-01 RSP-02 RSP-03 RSP-04 every field that the API always sends', () => {
    const usage = {
      ...NO_USAGE,
      inputTokens: 1,
      cacheReadTokens: 2,
      cacheWriteTokens: 3,
      outputTokens: 4,
      reasoningTokens: 5,
    }
    expect(encoded({ usage, serviceTier: 'default' })).toEqual({
      id: 'msg_r1',
      type: 'message',
      role: 'assistant',
      model: 'gpt-x',
      content: [{ type: 'text', text: 'Hi', citations: null }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: 3,
        cache_read_input_tokens: 2,
        cache_creation: null,
        output_tokens: 9,
        output_tokens_details: { thinking_tokens: 5 },
        server_tool_use: null,
        service_tier: 'standard',
        inference_geo: null,
        speed: null,
      },
    })
  })

  test('USG-03 USG-10 USG-11 counts in Anthropic’s definitions; unknown ones are zero', () => {
    const usage = {
      ...NO_USAGE,
      inputTokens: 5,
      inputAudioTokens: 2,
      cacheWriteLongTokens: 4,
      hostedToolCalls: 1,
    }
    expect(encoded({ usage }).usage).toMatchObject({
      input_tokens: 7,
      cache_creation_input_tokens: 4,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 4 },
      server_tool_use: { web_search_requests: 1 },
    })
    expect(encoded({}).usage).toMatchObject({ input_tokens: 0, output_tokens: 0 })
  })

  test('RSP-09 RSP-10 RSP-14 TCL-02 text, then calls; nothing is nothing', () => {
    const call: Part = {
      type: 'tool-call',
      callId: 'call_1',
      name: 'f',
      input: '{"n":1.0}',
      kind: 'function',
    }
    expect(JSON.stringify(contentOf({ type: 'text', text: '' }, { type: 'text', text: 'x' }, call))).toBe(
      '[{"type":"text","text":"x","citations":null},' +
        '{"type":"tool_use","id":"call_1","name":"f","input":{"n":1.0},"caller":{"type":"direct"}}]',
    )
    expect(contentOf()).toEqual([])
  })

  test('RSP-09 MSG-14 blank text makes no block: Anthropic would refuse it when it comes back', () => {
    expect(contentOf({ type: 'text', text: '\n\n' }, { type: 'refusal', text: ' ' })).toEqual([])
    expect(contentOf({ type: 'text', text: '\nx' })).toMatchObject([{ text: '\nx' }])
  })

  test('TCL-01 TCL-04 TCL-05 STR-07 calls without id or arguments, and with odd ones', () => {
    const call = (callId: string, input: string): Part => ({
      type: 'tool-call',
      callId,
      name: 'f',
      input,
      kind: 'function',
    })
    expect(contentOf(call('', ''), call('', '{"a":'), call('f:0', '[]'))).toMatchObject([
      { id: 'toolu_r1_0', input: {} },
      { id: 'toolu_r1_1', input: { _raw: '{"a":' } },
      { id: expect.stringMatching(/^f_0_[0-9a-f]{12}$/) as string, input: { _raw: '[]' } },
    ])
  })

  test('RSN-20 RSN-23 RSN-28 RSN-29 thinking with a signature that can be sent back', () => {
    const carrier = { origin: 'openai-responses', kind: 'encrypted', payload: 'p' } as const
    const [own, foreign, bare] = contentOf(
      {
        type: 'reasoning',
        text: 'a',
        carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 's' },
      },
      { type: 'reasoning', text: '', carrier },
      { type: 'reasoning', text: 'c' },
    ) as { signature: string }[]
    expect(own).toEqual({ type: 'thinking', thinking: 'a', signature: 's' })
    expect(foreign).toEqual({
      type: 'thinking',
      thinking: '',
      signature: wrapCarrier(carrier, 'anthropic-messages'),
    })
    expect(bare?.signature).not.toBe('')
    expect(contentOf({ type: 'reasoning', text: '' })).toEqual([])
    const redacted = { origin: 'anthropic-messages', kind: 'redacted', payload: 'd' } as const
    expect(contentOf({ type: 'reasoning', text: '', carrier: redacted })).toEqual([
      { type: 'redacted_thinking', data: 'd' },
    ])
  })

  test('RSN-20 the proof of a call is thinking of its own, right after it, and comes back as such', () => {
    const carrier = { origin: 'gemini', kind: 'thought-signature', payload: 'p' } as const
    const call: Part = { type: 'tool-call', callId: 'c', name: 'f', input: '{}', kind: 'function', carrier }
    expect(contentOf(call)).toMatchObject([
      { type: 'tool_use', id: 'c' },
      { type: 'thinking', thinking: '', signature: wrapCarrier(carrier, 'anthropic-messages') },
    ])
  })

  test('RSN-12 a client that asked to see nothing gets the signature alone', () => {
    const carrier = { origin: 'gemini', kind: 'thought-signature', payload: 'p' } as const
    const parts: Part[] = [
      { type: 'reasoning', text: 'why', carrier },
      { type: 'reasoning', text: 'bare' },
    ]
    expect(encoded({ parts }, { reasoning: { summary: 'none' } }).content).toMatchObject([
      { type: 'thinking', thinking: '' },
    ])
  })

  test('CIT-01 CIT-03 text is cut where its citations begin and end', () => {
    const citations = [{ type: 'url', url: 'u', start: 9, end: 11 } as const]
    const parts: Part[] = [
      { type: 'text', text: 'before ' },
      { type: 'text', text: 'a 😀 b', citations },
    ]
    const cited = {
      type: 'web_search_result_location',
      url: 'u',
      title: null,
      cited_text: '😀',
      encrypted_index: wrapCarrier(NO_PROOF, 'anthropic-messages'),
    }
    expect(encoded({ parts }).content).toEqual([
      { type: 'text', text: 'before ', citations: null },
      { type: 'text', text: 'a ', citations: null },
      { type: 'text', text: '😀', citations: [cited] },
      { type: 'text', text: ' b', citations: null },
    ])
    const whole: Part = {
      type: 'text',
      text: 'x',
      citations: [{ type: 'url', url: 'u', title: 't', text: 'q' }],
    }
    expect(contentOf(whole)).toMatchObject([{ text: 'x', citations: [{ title: 't', cited_text: 'q' }] }])
  })

  test.each([
    [40, 50],
    [2, 1],
  ])('CIT-03 a source at %i to %i, where this text is not, stands for all of it', (start, end) => {
    const text: Part = { type: 'text', text: 'abc', citations: [{ type: 'url', url: 'u', start, end }] }
    expect(contentOf(text)).toMatchObject([{ text: 'abc', citations: [{ url: 'u' }] }])
  })

  test.each<[string, Finish, Part[], object]>([
    ['STP-01', { unified: 'stop' }, [], { stop_reason: 'end_turn' }],
    [
      'STP-02',
      { unified: 'stop-sequence', stopSequence: 'x' },
      [],
      { stop_reason: 'stop_sequence', stop_sequence: 'x' },
    ],
    ['STP-03 SCH-10', { unified: 'length' }, [], { stop_reason: 'max_tokens' }],
    [
      'STP-06',
      { unified: 'length', raw: 'model_context_window_exceeded' },
      [],
      { stop_reason: 'model_context_window_exceeded' },
    ],
    ['STP-07', { unified: 'pause' }, [], { stop_reason: 'pause_turn' }],
    ['STP-05 STP-20', { unified: 'stop' }, ['call'] as never, { stop_reason: 'tool_use' }],
    ['STP-20', { unified: 'length' }, ['call'] as never, { stop_reason: 'max_tokens' }],
    ['STP-20', { unified: 'tool-calls' }, [], { stop_reason: 'end_turn' }],
    [
      'STP-10 STP-26',
      { unified: 'other', raw: 'steered' },
      [{ type: 'text', text: 'x' }],
      { stop_reason: 'max_tokens' },
    ],
    [
      'STP-04 STP-21 STP-27',
      { unified: 'refusal', raw: 'content_filter', explanation: 'Why.' },
      [],
      { stop_reason: 'refusal', stop_details: { type: 'refusal', category: null, explanation: 'Why.' } },
    ],
    [
      'RSP-11 STR-20',
      { unified: 'stop' },
      [{ type: 'refusal', text: 'No.' }],
      {
        stop_reason: 'refusal',
        stop_details: { explanation: 'No.' },
        content: [{ type: 'text', text: 'No.' }],
      },
    ],
  ])('%s %j', (_id, finish, parts, expected) => {
    const call: Part = { type: 'tool-call', callId: 'c', name: 'f', input: '{}', kind: 'function' }
    expect(
      encoded({ finish, parts: parts.map((part) => ((part as unknown) === 'call' ? call : part)) }),
    ).toMatchObject(expected)
  })

  test('STP-10 STP-26 an end that nobody knows is an error where nothing was said', () => {
    const finish = { unified: 'other', raw: 'steered' } as const
    expect(() => encoded({ finish, parts: [] })).toThrow(expect.objectContaining({ code: 'upstream_error' }))
  })

  test('STP-22 which sequence was met is told only where there is no doubt', () => {
    const finish = { unified: 'stop-sequence' } as const
    expect(encoded({ finish }, { stopSequences: ['a'] }).stop_sequence).toBe('a')
    expect(encoded({ finish }, { stopSequences: ['a', 'b'] }).stop_sequence).toBeNull()
    expect(encoded({}, { stopSequences: ['a'] })).toMatchObject({
      stop_reason: 'end_turn',
      stop_sequence: null,
    })
  })

  test('SRV-04 what another provider’s tools did has no place', () => {
    expect(
      contentOf({ type: 'hosted', dialect: 'openai-responses', wire: { type: 'web_search_call' } }),
    ).toEqual([])
    const wire = { type: 'server_tool_use' }
    expect(contentOf({ type: 'hosted', dialect: 'anthropic-messages', wire })).toEqual([wire])
  })
})

test.each([
  ['ERR-03 ERR-08', 'conflict_error', 'm', 'upstream_error', 409],
  ['ERR-04', 'authentication_error', 'm', 'upstream_credentials_rejected', 401],
  ['ERR-05', 'billing_error', 'm', 'upstream_credentials_rejected', 402],
  ['ERR-06', 'permission_error', 'm', 'upstream_credentials_rejected', 403],
  ['ERR-07', 'not_found_error', 'm', 'upstream_error', 404],
  ['ERR-09', 'request_too_large', 'm', 'upstream_error', 413],
  ['ERR-11', 'api_error', 'm', 'upstream_error', 500],
  ['ERR-13', 'timeout_error', 'm', 'upstream_timeout', 504],
  ['ERR-10', 'rate_limit_error', 'm', 'upstream_rate_limited', 429],
  ['ERR-12', 'overloaded_error', 'm', 'upstream_overloaded', 529],
  ['ERR-15', 'invalid_request_error', 'prompt is too long: 9 tokens', 'context_length_exceeded', 400],
  ['ERR-01', 'constructor', 'm', 'upstream_error', 502],
])('%s %s: %s', (_id, type, text, code, upstreamStatus) => {
  expect(decodeError({ type: 'error', error: { type, message: text } })).toMatchObject({
    code,
    upstreamStatus,
  })
})

test('ERR-14 the finer code of an error is not lost', () => {
  const error = { type: 'conflict_error', message: 'm', details: { error_code: 'thread_busy' } }
  expect(decodeError({ type: 'error', error }).message).toBe('m (thread_busy)')
})
