import { expect, test } from 'vitest'
import { answerContext, decode } from '../../../test/support/dialects/openai-responses.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatResponse } from '../../ir/response.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'
import { decodeResponse, encodeResponse } from './response.ts'

const message = (content: readonly object[]) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content,
})
const text = (value: string, annotations: readonly object[] = []) => ({
  type: 'output_text',
  text: value,
  annotations,
  logprobs: [],
})
const wire = (output: readonly object[], changes: JsonObject = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_795_000_000,
  model: 'gpt-6-2026',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output,
  ...changes,
})

function codeOf(body: unknown): string {
  try {
    decodeResponse(body)
  } catch (error) {
    if (error instanceof GatewayError) return error.code
    throw error
  }
  return 'none'
}

test('RSP-01 RSP-02 RSP-03 RSP-15 what an answer says about itself', () => {
  expect(decodeResponse(wire([], { created_at: 5.9, service_tier: 'flex' }))).toMatchObject({
    upstreamId: 'resp_1',
    model: 'gpt-6-2026',
    createdSeconds: 5,
    serviceTier: 'flex',
  })
})

test('RSP-07 RSP-08 STR-32 items are parts in their order', () => {
  const items = [
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'a' },
        { type: 'summary_text', text: 'b' },
      ],
      encrypted_content: 'gA',
    },
    message([text('x'), { type: 'refusal', refusal: 'No.' }]),
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'f',
      arguments: '{"x": 1.0}',
      namespace: 'n',
    },
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'p', input: 'free' },
  ]
  expect(decodeResponse(wire(items)).parts).toEqual([
    {
      type: 'reasoning',
      text: 'a\n\nb',
      isSummary: true,
      carrier: { origin: 'openai-responses', kind: 'encrypted', payload: 'gA', itemId: 'rs_1' },
    },
    { type: 'text', text: 'x' },
    { type: 'refusal', text: 'No.' },
    { type: 'tool-call', callId: 'call_1', name: 'f', input: '{"x": 1.0}', kind: 'function', namespace: 'n' },
    { type: 'tool-call', callId: 'call_2', name: 'p', input: 'free', kind: 'custom' },
  ])
})

test('RSP-10 RSN-26 an answer of nothing, and reasoning that holds nothing', () => {
  expect(decodeResponse(wire([{ type: 'reasoning', id: 'r', summary: [] }]))).toMatchObject({
    parts: [],
    finish: { unified: 'stop' },
  })
})

test('RSN-28 reasoning text of open models', () => {
  const item = { type: 'reasoning', id: 'r', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] }
  expect(decodeResponse(wire([item])).parts).toEqual([{ type: 'reasoning', text: 'hm' }])
})

test('TCL-04 TCL-05 STR-07 calls without ids get ones of their own, calls without arguments an empty object', () => {
  const call = { type: 'function_call', name: 'f', arguments: '' }
  const { parts } = decodeResponse(wire([call, call]))
  expect(parts).toMatchObject([
    { callId: 'call_resp1_0', input: '{}' },
    { callId: 'call_resp1_1', input: '{}' },
  ])
})

test('TCL-05 an id that an earlier call of the answer has is replaced', () => {
  const call = { type: 'function_call', name: 'f', arguments: '{}', call_id: 'a' }
  const { parts } = decodeResponse(wire([call, { ...call, call_id: ' ' }, call]))
  expect(parts).toMatchObject([{ callId: 'a' }, { callId: 'call_resp1_1' }, { callId: 'call_resp1_2' }])
})

test('CIT-01 a source that a server places nowhere belongs to the whole of its text', () => {
  const nowhere = { type: 'url_citation', start_index: 0, end_index: 0, url: 'https://a.example', title: 'A' }
  const { parts } = decodeResponse(wire([message([text('ab'), text('cd', [nowhere])])]))
  expect(parts[1]).toEqual({
    type: 'text',
    text: 'cd',
    citations: [{ type: 'url', url: 'https://a.example', title: 'A' }],
  })
})

test('SRV-04 SRV-06 CIT-01 CIT-05 hosted work, citations of pages; those of files are reported', () => {
  const page = { type: 'url_citation', start_index: 0, end_index: 2, url: 'https://a.example', title: 'A' }
  const file = { type: 'file_citation', file_id: 'f', filename: 'x', index: 0 }
  const search = { type: 'web_search_call', id: 'ws_1' }
  const response = decodeResponse(
    wire([search, message([text('😀'), text('ab', [page, file])])], {
      usage: { input_tokens: 1, output_tokens: 1 },
      tool_usage: { web_search: { num_requests: 2 } },
    }),
  )
  expect(response.parts).toMatchObject([
    { type: 'hosted', wire: search },
    { text: '😀' },
    { text: 'ab', citations: [{ url: 'https://a.example', title: 'A', start: 2, end: 4 }] },
  ])
  expect(response.dropped).toMatchObject([{ action: 'dropped' }])
  expect(response.usage?.hostedToolCalls).toBe(2)
})

test.each([
  ['STP-01 completed', {}, [message([text('x')])], 'stop'],
  [
    'STP-05 completed with calls',
    {},
    [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }],
    'tool-calls',
  ],
  ['STP-04 completed with a refusal', {}, [message([{ type: 'refusal', refusal: 'No.' }])], 'refusal'],
  ['STP-03 cut', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, [], 'length'],
  [
    'STP-20 cut within a call',
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{' }],
    'length',
  ],
  [
    'STP-04 STR-15 filtered',
    { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    [],
    'refusal',
  ],
  ['STP-10 STP-26 steered', { status: 'incomplete', incomplete_details: { reason: 'steered' } }, [], 'other'],
  ['STP-26 unfinished', { status: 'in_progress' }, [], 'other'],
  [
    'STP-26 named like something of every object',
    { status: 'incomplete', incomplete_details: { reason: 'constructor' } },
    [],
    'other',
  ],
])('%s', (_, changes, output, unified) => {
  expect(decodeResponse(wire(output, changes)).finish.unified).toBe(unified)
})

test('ERR-22 RSP-16 a failed answer throws its error, whatever the status', () => {
  const failed = { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow.' } }
  expect(codeOf(wire([], failed))).toBe('upstream_rate_limited')
  expect(codeOf({ error: { message: 'x', code: null } })).toBe('upstream_error')
  expect(codeOf(wire([], { status: 'cancelled' }))).toBe('upstream_error')
})

test('RSP-19 what is no response is malformed', () => {
  for (const body of [undefined, null, 'text', [], {}, { output: 'x' }])
    expect(codeOf(body)).toBe('upstream_malformed')
})

test('USG-01 USG-03 USG-10 USG-11 counts are taken apart; no counts are no zeros', () => {
  const usage = {
    input_tokens: 20,
    input_tokens_details: {
      cached_tokens: 5,
      cache_write_tokens: 4,
      cache_write_tokens_details: { ttl_30m_tokens: 1, ttl_12h_tokens: 3 },
    },
    output_tokens: 9,
    output_tokens_details: { reasoning_tokens: 4 },
  }
  expect(decodeResponse(wire([], { usage })).usage).toMatchObject({
    inputTokens: 11,
    cacheReadTokens: 5,
    cacheWriteTokens: 1,
    cacheWriteLongTokens: 3,
    outputTokens: 5,
    reasoningTokens: 4,
  })
  expect(decodeResponse(wire([]))).not.toHaveProperty('usage')
})

test('TOP-13 STR-25 log probabilities go through as Chat has them', () => {
  const logprobs = [{ token: 'x', bytes: [120], logprob: -0.1, top_logprobs: [] }]
  const response = decodeResponse(wire([message([{ ...text('x'), logprobs }])]))
  expect(response.parts).toMatchObject([{ logprobs: [{ token: 'x', bytes: [120], alternatives: [] }] }])
  expect(encodeResponse(response, answerContext()).output).toMatchObject([{ content: [{ logprobs }] }])
})

const answer = (changes: Partial<ChatResponse> = {}): ChatResponse => ({
  model: 'm',
  parts: [{ type: 'text', text: 'Hi' }],
  finish: { unified: 'stop' },
  dropped: [],
  ...changes,
})

test('RSP-06 STA-02 the fields of the request are said again, in this API’s shape', () => {
  const request = decode({
    instructions: 'Be kind.',
    temperature: 0.5,
    top_p: 0.9,
    max_output_tokens: 100,
    max_tool_calls: 3,
    metadata: { a: 'b' },
    parallel_tool_calls: false,
    reasoning: { effort: 'low', summary: 'auto' },
    prompt_cache_key: 'k',
    safety_identifier: 's',
    store: true,
    text: {
      format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
      verbosity: 'low',
    },
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true },
      { type: 'namespace', name: 'n', description: 'd', tools: [{ type: 'function', name: 'g' }] },
      { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'regex', definition: 'x' } },
      { type: 'web_search' },
    ],
    tool_choice: { type: 'custom', name: 'c' },
  })
  expect(encodeResponse(answer(), answerContext(request))).toMatchObject({
    object: 'response',
    error: null,
    incomplete_details: null,
    instructions: 'Be kind.',
    temperature: 0.5,
    top_p: 0.9,
    max_output_tokens: 100,
    max_tool_calls: 3,
    metadata: { a: 'b' },
    parallel_tool_calls: false,
    reasoning: { effort: 'low', summary: 'auto' },
    prompt_cache_key: 'k',
    safety_identifier: 's',
    store: false,
    text: {
      format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
      verbosity: 'low',
    },
    tools: [
      { type: 'function', name: 'f', description: null, parameters: { type: 'object' }, strict: true },
      {
        type: 'namespace',
        name: 'n',
        description: 'd',
        tools: [{ type: 'function', name: 'g', parameters: null, strict: false }],
      },
      { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'regex', definition: 'x' } },
      { type: 'web_search' },
    ],
    tool_choice: { type: 'custom', name: 'c' },
    access_programs: null,
    background: false,
    truncation: 'disabled',
    usage: null,
  })
})

test('RSP-06 what the request left open has its default, and a system item is no instruction', () => {
  const input = [
    { role: 'system', content: 's' },
    { role: 'user', content: 'q' },
  ]
  expect(encodeResponse(answer(), answerContext(decode({ input })))).toMatchObject({
    instructions: null,
    temperature: 1,
    top_p: 1,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    metadata: {},
    text: { format: { type: 'text' } },
    reasoning: { effort: null, summary: null },
  })
})

test('RSP-07 TCL-06 items have ids of their kind, calls their own call ids', () => {
  const parts: ChatResponse['parts'] = [
    { type: 'text', text: 'x' },
    { type: 'tool-call', callId: 'toolu_1', name: 'f', input: '', kind: 'function' },
    { type: 'tool-call', callId: '', name: 'p', input: 'y', kind: 'custom' },
    { type: 'reasoning', text: 'hm' },
  ]
  expect(encodeResponse(answer({ parts }), answerContext()).output).toEqual([
    { id: 'msg_a1b2c3000', type: 'message', role: 'assistant', status: 'completed', content: [text('x')] },
    {
      id: 'fc_a1b2c3001',
      type: 'function_call',
      call_id: 'toolu_1',
      name: 'f',
      status: 'completed',
      arguments: '{}',
    },
    {
      id: 'ctc_a1b2c3002',
      type: 'custom_tool_call',
      call_id: 'call_a1b2c32',
      name: 'p',
      status: 'completed',
      input: 'y',
    },
    {
      id: 'rs_a1b2c3003',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'hm' }],
      // without any, OpenAI would look for the item
      encrypted_content: wrapCarrier(NO_PROOF, 'openai-responses'),
    },
  ])
})

test('PRT-15 an image that the model made is an item', () => {
  const parts: ChatResponse['parts'] = [
    { type: 'image', source: { type: 'base64', mediaType: 'image/jpg', data: 'QQ==' } },
  ]
  const item = {
    id: 'ig_a1b2c3000',
    type: 'image_generation_call',
    status: 'completed',
    result: 'QQ==',
    output_format: 'jpeg',
  }
  expect(encodeResponse(answer({ parts }), answerContext()).output).toEqual([item])
})

test('TOP-16 RSP-15 the tier that served is named as OpenAI would', () => {
  const tier = (serviceTier: string) => encodeResponse(answer({ serviceTier }), answerContext()).service_tier
  expect([tier('priority'), tier('standard')]).toEqual(['priority', 'default'])
})

test('STP-23 STP-25 answers that must not look like one throw', () => {
  expect(() => encodeResponse(answer({ finish: { unified: 'pause' } }), answerContext())).toThrow(
    GatewayError,
  )
  expect(() => encodeResponse(answer({ parts: [], finish: { unified: 'other' } }), answerContext())).toThrow(
    GatewayError,
  )
})
