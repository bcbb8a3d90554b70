import { expect, test } from 'vitest'
import { decode, fixture } from '../../../test/support/dialects/openai-responses.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'

function problemOf(changes: JsonObject): Pick<GatewayError, 'code' | 'path'> {
  try {
    decode(changes)
  } catch (error) {
    if (error instanceof GatewayError) return { code: error.code, path: error.path }
    throw error
  }
  throw new Error('was not refused')
}

const user = (text: string) => ({ type: 'message', role: 'user', content: text })
const call = (call_id: string) => ({ type: 'function_call', call_id, name: 'look', arguments: '{}' })
const output = (call_id: string, value: unknown = 'done') => ({
  type: 'function_call_output',
  call_id,
  output: value,
})
const shapes = (input: readonly unknown[]) =>
  decode({ input }).messages.map(
    ({ role, parts }) =>
      `${role}: ${parts.map((part) => ('callId' in part ? `${part.type} ${part.callId}` : 'text' in part ? part.text : part.type)).join(', ')}`,
  )

test('TOP-01 the model is the one that is named, or that the caller knows', () => {
  expect(decode({ model: 'x' }).model).toBe('x')
})

test('MSG-10 a conversation may begin with the assistant', () => {
  const said = { type: 'message', role: 'assistant', content: 'Hi' }
  expect(shapes([said, user('q')])).toEqual(['assistant: Hi', 'user: q'])
})

test('MSG-24 a plain string is one user message', () => {
  expect(decode({ input: 'Hi' }).messages).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }])
})

test('MSG-02 TOP-28 instructions come first, then system items in order, each with its own parts (MSG-01)', () => {
  const system = {
    role: 'system',
    content: [
      { type: 'input_text', text: 'a' },
      { type: 'input_text', text: 'b' },
    ],
  }
  const developer = { role: 'developer', content: 'c' }
  expect(decode({ instructions: 'first', input: [system, developer, user('Hi')] }).messages).toMatchObject([
    { role: 'system', parts: [{ text: 'first' }] },
    { role: 'system', authority: 'system', parts: [{ text: 'a' }, { text: 'b' }] },
    { role: 'system', authority: 'developer', parts: [{ text: 'c' }] },
    { role: 'user' },
  ])
})

test('MSG-20 TCL-07 assistant items are one turn in their order, results one message behind it', () => {
  const reasoning = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'think' }],
    encrypted_content: 'gA',
  }
  const said = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'hm', annotations: [] }],
  }
  expect(shapes([user('q'), reasoning, said, call('a'), call('b'), output('a'), output('b')])).toEqual([
    'user: q',
    'assistant: think, hm, tool-call a, tool-call b',
    'user: tool-result a, tool-result b',
  ])
})

test('MSG-21 results move to the front of what follows their calls, wherever they stand', () => {
  expect(
    shapes([user('q'), call('a'), call('b'), user('wait'), output('b'), output('a'), user('go')]),
  ).toEqual([
    'user: q',
    'assistant: tool-call a, tool-call b',
    'user: tool-result b, tool-result a, wait',
    'user: go',
  ])
  const said = { type: 'message', role: 'assistant', content: 'so far' }
  expect(shapes([call('a'), call('b'), output('a'), said, output('b'), user('go')])).toEqual([
    'assistant: tool-call a, tool-call b',
    'user: tool-result a, tool-result b',
    'assistant: so far',
    'user: go',
  ])
})

test('MSG-21 a system message between call and result stands behind the result; the next words join the results', () => {
  const system = { type: 'message', role: 'developer', content: 'mind' }
  expect(shapes([call('a'), system, output('a'), user('go')])).toEqual([
    'assistant: tool-call a',
    'user: tool-result a',
    'system: mind',
    'user: go',
  ])
  expect(shapes([call('a'), output('a'), user('go')])).toEqual([
    'assistant: tool-call a',
    'user: tool-result a, go',
  ])
})

test('MSG-22 a result without a call is decoded where it stands; the shared check names it', () => {
  expect(shapes([user('q'), output('x')])).toEqual(['user: tool-result x, q'])
})

test('MSG-19 the phase of what was said is kept', () => {
  const said = { type: 'message', role: 'assistant', phase: 'commentary', content: 'Let me see' }
  expect(decode({ input: [user('q'), said] }).messages[1]).toMatchObject({ parts: [{ phase: 'commentary' }] })
})

test('MSG-16 a refusal of the past is a refusal', () => {
  const said = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }
  expect(decode({ input: [user('q'), said] }).messages[1]?.parts).toEqual([{ type: 'refusal', text: 'No.' }])
})

test('MSG-25 STA-05 an item reference stays in place and is a contract', () => {
  const reference = { type: 'item_reference', id: 'msg_1' }
  const request = decode({ input: [reference, user('q')] })
  expect(request.messages[0]?.parts).toEqual([
    { type: 'hosted', dialect: 'openai-responses', wire: reference },
  ])
  expect(request.extras).toMatchObject([{ path: 'input[0]', weight: 'contract' }])
})

test('MSG-28 text of every kind is kept as it is', () => {
  const text = 'a\u0000b \ud83d\ude00 \ud800'
  expect(decode({ input: text }).messages[0]?.parts).toEqual([{ type: 'text', text }])
})

test('PRT-01 PRT-03 PRT-13 images of data URLs, in their order, with their detail', () => {
  const content = [
    { type: 'input_text', text: 'look' },
    { type: 'input_image', image_url: 'data:image/jpg;base64,QUJD', detail: 'high' },
    { type: 'input_image', image_url: 'https://example.com/a.png' },
  ]
  expect(decode({ input: [{ role: 'user', content }] }).messages[0]?.parts).toEqual([
    { type: 'text', text: 'look' },
    { type: 'image', source: { type: 'base64', mediaType: 'image/jpeg', data: 'QUJD' }, detail: 'high' },
    { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
  ])
})

test.each(['data:image/png;base64,', 'data:image/png;base64,@@', 'file:///etc/passwd', 'a.png'])(
  'PRT-01 %s is no image',
  (image_url) => {
    const content = [{ type: 'input_image', image_url }]
    expect(() => decode({ input: [{ role: 'user', content }] })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path: 'input[0].content[0].image_url' }),
    )
  },
)

test('PRT-01 a data URL that is none is refused', () => {
  const content = [{ type: 'input_image', image_url: 'data:image/png,abc' }]
  expect(problemOf({ input: [{ role: 'user', content }] })).toEqual({
    code: 'invalid_request',
    path: 'input[0].content[0].image_url',
  })
})

test('PRT-05 PRT-06 PRT-08 files: data, plain text, address, upload', () => {
  const content = [
    { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' },
    { type: 'input_file', file_data: 'data:text/plain;base64,aMOp', filename: 'a.txt' },
    { type: 'input_file', file_url: 'https://example.com/a.pdf' },
    { type: 'input_file', file_id: 'file_1' },
  ]
  expect(decode({ input: [{ role: 'user', content }] }).messages[0]?.parts).toEqual([
    {
      type: 'document',
      source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' },
      filename: 'a.pdf',
    },
    { type: 'document', source: { type: 'text', text: 'hé' }, filename: 'a.txt' },
    { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
    { type: 'document', source: { type: 'file', dialect: 'openai-responses', id: 'file_1' } },
  ])
})

test('PRT-09 sound becomes an audio part', () => {
  const content = [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }]
  expect(decode({ input: [{ role: 'user', content }] }).messages[0]?.parts).toEqual([
    { type: 'audio', mediaType: 'audio/mp3', data: 'AAAA' },
  ])
})

test('PRT-12 an image in a system message is a contract', () => {
  const content = [{ type: 'input_image', image_url: 'https://example.com/a.png' }]
  expect(decode({ input: [{ role: 'developer', content }, user('q')] }).extras).toMatchObject([
    { path: 'input[0].content[0]', weight: 'contract' },
  ])
})

test('PRT-14 CCH-03 explicit breakpoints keep their part and their lifetime', () => {
  const content = [
    { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
    { type: 'input_text', text: 'b', prompt_cache_breakpoint: { mode: 'explicit' } },
  ]
  expect(decode({ input: [{ role: 'user', content }] }).messages[0]?.parts).toEqual([
    { type: 'text', text: 'a', cache: { lifetime: 'long' } },
    { type: 'text', text: 'b', cache: {} },
  ])
})

test('TCL-01 TCL-06 arguments are kept byte for byte, call_id is the link', () => {
  const item = { type: 'function_call', id: 'fc_9', call_id: 'call_9', name: 'f', arguments: '{ "a": 1.0 }' }
  expect(decode({ input: [item, output('call_9')] }).messages[0]?.parts).toEqual([
    { type: 'tool-call', callId: 'call_9', name: 'f', input: '{ "a": 1.0 }', kind: 'function' },
  ])
})

test('TCL-10 TCL-11 TCL-14 outputs are texts, lists with images, or nothing', () => {
  const list = [
    { type: 'input_text', text: 'x' },
    { type: 'input_image', image_url: 'data:image/png;base64,QQ==', detail: 'auto' },
  ]
  const { messages } = decode({
    input: [call('a'), call('b'), call('c'), output('a'), output('b', list), output('c', '')],
  })
  expect(messages[1]?.parts).toMatchObject([
    { content: [{ type: 'text', text: 'done' }], isError: false },
    { content: [{ type: 'text' }, { type: 'image', source: { mediaType: 'image/png' } }] },
    { content: [] },
  ])
})

test('TCL-17 TLD-12 custom calls and their outputs are of their own kind', () => {
  const custom = { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: 'free text' }
  const result = { type: 'custom_tool_call_output', call_id: 'c', output: 'ok' }
  expect(decode({ input: [custom, result] }).messages).toMatchObject([
    { parts: [{ type: 'tool-call', kind: 'custom', input: 'free text' }] },
    { parts: [{ type: 'tool-result', kind: 'custom' }] },
  ])
})

test('TCL-18 work of hosted tools stays as it is, at its place', () => {
  const search = {
    type: 'web_search_call',
    id: 'ws_1',
    status: 'completed',
    action: { type: 'search', query: 'x' },
  }
  const shot = { type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot' } }
  expect(decode({ input: [user('q'), search, call('a'), output('a'), shot] }).messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', parts: [{ type: 'hosted', wire: search }, { type: 'tool-call' }] },
    { role: 'user', parts: [{ type: 'tool-result' }, { type: 'hosted', wire: shot }] },
  ])
})

test('TCL-20 a call that a program made is a contract, a direct one is nothing special', () => {
  const by = (caller: JsonObject) => decode({ input: [{ ...call('a'), caller }, output('a')] }).extras
  expect(by({ type: 'program', caller_id: 'p' })).toMatchObject([
    { path: 'input[0].caller', weight: 'contract' },
  ])
  expect(by({ type: 'direct' })).toEqual([])
})

test('RSN-20 RSN-21 own sealed reasoning keeps its payload and its id, wrapped reasoning its origin', () => {
  const wrapped = Buffer.from(
    JSON.stringify({ gw: 1, origin: 'anthropic-messages', kind: 'signature', payload: 'sig==' }),
  ).toString('base64')
  const own = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
  const foreign = {
    type: 'reasoning',
    id: 'rs_2',
    summary: [{ type: 'summary_text', text: 'so\n\nthen' }],
    encrypted_content: wrapped,
  }
  expect(
    decode({ input: [user('q'), own, foreign, call('a'), output('a')] }).messages[1]?.parts,
  ).toMatchObject([
    { text: '', carrier: { origin: 'openai-responses', kind: 'encrypted', payload: 'gAAA', itemId: 'rs_1' } },
    { text: 'so\n\nthen', carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 'sig==' } },
    { type: 'tool-call' },
  ])
})

test('RSN-26 reasoning that holds nothing is left out', () => {
  const empty = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: null }
  expect(shapes([user('q'), empty, call('a'), output('a')])[1]).toBe('assistant: tool-call a')
  const marked = { ...empty, encrypted_content: wrapCarrier(NO_PROOF, 'openai-responses') }
  expect(shapes([user('q'), marked, call('a'), output('a')])[1]).toBe('assistant: tool-call a')
  const said = { ...marked, summary: [{ type: 'summary_text', text: 'hm' }] }
  expect(decode({ input: [user('q'), said] }).messages[1]?.parts).toEqual([
    { type: 'reasoning', text: 'hm', isSummary: true },
  ])
})

test('RSN-28 reasoning text of open models is reasoning', () => {
  const item = { type: 'reasoning', id: 'r', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] }
  expect(decode({ input: [user('q'), item] }).messages[1]?.parts).toEqual([{ type: 'reasoning', text: 'hm' }])
})

test('RSN-30 RSN-31 what was signed on a call or a text returns to it', () => {
  const sealed = (itemId: string) =>
    Buffer.from(
      JSON.stringify({ gw: 1, origin: 'gemini', kind: 'thought-signature', payload: 'sig', itemId }),
    ).toString('base64')
  const item = (owner: string) => ({
    type: 'reasoning',
    id: 'r',
    summary: [],
    encrypted_content: sealed(owner),
  })
  const carrier = { origin: 'gemini', kind: 'thought-signature', payload: 'sig' }
  const said = { type: 'message', role: 'assistant', content: 'hm' }
  expect(
    decode({
      input: [user('q'), said, item('text'), call('a'), item('a'), call('b'), output('a'), output('b')],
    }).messages[1]?.parts,
  ).toMatchObject([
    { type: 'text', text: 'hm', carrier },
    { type: 'tool-call', callId: 'a', carrier },
    { type: 'tool-call', callId: 'b' },
  ])
  expect(decode({ input: [user('q'), item('text')] }).messages[1]?.parts).toEqual([
    { type: 'text', text: '', carrier },
  ])
})

test('TLD-13 TLD-13b AGT-04 what Codex sends: tools as an item, namespaces, hosted search, sealed reasoning', () => {
  const request = decode(JSON.parse(fixture('codex-request.json')) as JsonObject)
  expect(request.tools).toMatchObject([
    { type: 'function', name: 'exec_command', namespace: 'functions', isStrict: false },
    { type: 'custom', name: 'note', namespace: 'functions' },
    { type: 'function', name: 'now', namespace: 'clock' },
    { type: 'custom', name: 'apply_patch', grammar: { syntax: 'lark', definition: 'start: "x"' } },
    { type: 'hosted', kind: 'web_search' },
  ])
  expect(request.messages.map((message) => message.role)).toEqual([
    'system',
    'system',
    'user',
    'assistant',
    'user',
  ])
  expect(request.messages[3]?.parts.map((part) => part.type)).toEqual([
    'reasoning',
    'text',
    'tool-call',
    'tool-call',
  ])
  expect(request.messages[3]?.parts[2]).toMatchObject({ name: 'now', namespace: 'clock' })
  expect(request.messages[4]?.parts.map((part) => part.type)).toEqual(['tool-result', 'tool-result', 'text'])
  expect(request.extras.map(({ path, weight }) => `${path} ${weight}`)).toEqual([
    'client_metadata hint',
    'input[0].tools[0].description hint',
  ])
  expect(request).toMatchObject({
    isStored: false,
    isStreaming: true,
    verbosity: 'low',
    caching: { key: '019a-session' },
  })
})

test('TLD-13b tools that come later are offered too, which is reported, and replace those of their name', () => {
  const later = {
    type: 'additional_tools',
    role: 'developer',
    tools: [{ type: 'function', name: 'look', description: 'new', parameters: null, strict: false }],
  }
  const request = decode({
    tools: [{ type: 'function', name: 'look', parameters: null }],
    input: [user('q'), later],
  })
  expect(request.tools).toMatchObject([{ name: 'look', description: 'new' }])
  expect(request.extras).toMatchObject([{ path: 'input[1]', weight: 'hint' }])
})

test('TLD-01 TLD-02 TLD-04 TLD-06 TLD-07 tools keep their order, their keys, and what they say of strictness', () => {
  const parameters = { properties: { b: { const: 1 }, a: {} }, type: 'object' }
  const { tools } = decode({
    tools: [
      { type: 'function', name: 'z', parameters, strict: true },
      { type: 'function', name: 'a', parameters: null, strict: null, description: null },
    ],
  })
  expect(tools).toEqual([
    { type: 'function', name: 'z', parameters, isStrict: true },
    { type: 'function', name: 'a' },
  ])
  expect(JSON.stringify(tools[0])).toContain(JSON.stringify(parameters))
})

test('TLD-10 TLD-11 what other formats lack of a tool is a hint, or a contract where it changes the loop', () => {
  const tool = { type: 'function', name: 'f', parameters: null, output_schema: {}, defer_loading: true }
  const { tools, extras } = decode({
    tools: [
      tool,
      { ...tool, name: 'g', async: true },
      { ...tool, name: 'h', allowed_callers: ['programmatic'] },
    ],
  })
  expect(tools[0]).toMatchObject({ isDeferred: true })
  expect(extras.map(({ path, weight }) => `${path} ${weight}`)).toEqual([
    'tools[0].output_schema hint',
    'tools[1].async contract',
    'tools[1].output_schema hint',
    'tools[2].output_schema hint',
    'tools[2].allowed_callers contract',
  ])
})

test('TLD-15 TLD-16 SRV-01 SRV-03 the tools of the provider are hosted tools', () => {
  for (const type of ['web_search', 'local_shell', 'shell', 'apply_patch', 'mcp', 'file_search'])
    expect(decode({ tools: [{ type, server_label: 'x' }] }).tools).toMatchObject([
      { type: 'hosted', kind: type },
    ])
})

test('TLD-17 two tools of one name are refused, unless their namespaces differ', () => {
  const tool = { type: 'function', name: 'f', parameters: null, strict: false }
  expect(problemOf({ tools: [tool, { type: 'custom', name: 'f' }] })).toEqual({
    code: 'invalid_request',
    path: 'tools[1].name',
  })
  const grouped = { type: 'namespace', name: 'n', description: '', tools: [tool] }
  expect(decode({ tools: [tool, grouped] }).tools).toHaveLength(2)
})

test('TLD-18 an empty list of tools is none', () => {
  expect(decode({ tools: [] }).tools).toEqual([])
})

const offered = [
  { type: 'function', name: 'f', parameters: null },
  { type: 'custom', name: 'c' },
]

test('TLC-01 TLC-02 TLC-03 TLC-04 TLC-05 TLC-10 every choice of tools', () => {
  const choice = (tool_choice: unknown) => decode({ tools: offered, tool_choice }).toolChoice
  expect(['auto', 'none', 'required'].map(choice)).toEqual([
    { type: 'auto' },
    { type: 'none' },
    { type: 'required' },
  ])
  expect(choice({ type: 'function', name: 'f' })).toEqual({ type: 'tool', name: 'f' })
  expect(choice({ type: 'custom', name: 'c' })).toEqual({ type: 'tool', name: 'c' })
  const allowed = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] }
  expect(choice(allowed)).toEqual({ type: 'allowed', mode: 'required', names: ['f'] })
  expect(choice({ type: 'web_search' })).toMatchObject({ type: 'hosted', wire: { type: 'web_search' } })
  expect(choice(null)).toBeUndefined()
})

test('TLC-04 a choice of a tool that is not offered is refused', () => {
  const tool_choice = { type: 'function', name: 'x' }
  expect(problemOf({ tools: offered, tool_choice })).toEqual({
    code: 'invalid_request',
    path: 'tool_choice.name',
  })
})

test('TLC-06 TOP-19 parallel calls', () => {
  expect(decode({ parallel_tool_calls: false }).allowsParallelCalls).toBe(false)
  expect(decode({})).not.toHaveProperty('allowsParallelCalls')
})

test('TOP-02 TOP-05 TOP-06 TOP-14 TOP-16 TOP-17 TOP-22 plain fields', () => {
  const fields = {
    max_output_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    metadata: { a: 'b' },
    service_tier: 'flex',
    store: true,
    text: { verbosity: 'high' },
  }
  expect(decode(fields)).toMatchObject({
    maxOutputTokens: 100,
    sampling: { temperature: 0.5, topP: 0.9 },
    metadata: { a: 'b' },
    serviceTier: 'flex',
    isStored: true,
    verbosity: 'high',
    extras: [],
  })
})

test('TOP-03 a request that warms the cache generates nothing', () => {
  expect(decode({ prompt_cache_options: { prewarm: true }, max_output_tokens: 100 }).maxOutputTokens).toBe(0)
})

test('TOP-34 a limit of nothing is none', () => {
  expect(() => decode({ max_output_tokens: 0 })).toThrow(
    expect.objectContaining({ code: 'invalid_request', path: 'max_output_tokens' }),
  )
})

test('TOP-13 log probabilities are asked for by include', () => {
  const include = ['message.output_text.logprobs']
  expect(decode({ include }).sampling.logprobs).toBe(0)
  expect(decode({ include, top_logprobs: 5 }).sampling.logprobs).toBe(5)
  expect(decode({ top_logprobs: 0 }).sampling).toEqual({})
})

test('TOP-15 the safety identifier comes before the deprecated user', () => {
  expect(decode({ user: 'u' }).endUserId).toBe('u')
  const both = decode({ user: 'u', safety_identifier: 's' })
  expect(both.endUserId).toBe('s')
  expect(both.extras).toMatchObject([{ path: 'user', weight: 'hint' }])
})

test('TOP-16 tiers that only OpenAI has are hints', () => {
  expect(decode({ service_tier: 'scale' }).extras).toMatchObject([{ path: 'service_tier', weight: 'hint' }])
  expect(decode({ service_tier: 'ultrafast' })).toMatchObject({ serviceTier: 'ultrafast', extras: [] })
})

test('TOP-18 usage is always part of a stream', () => {
  expect(decode({ stream: true })).toMatchObject({ isStreaming: true, wantsStreamUsage: true })
})

test('TOP-20 SCH-01 SCH-05 formats of the answer', () => {
  const format = {
    type: 'json_schema',
    name: 'n',
    schema: { type: 'object' },
    strict: true,
    description: 'd',
  }
  expect(decode({ text: { format } }).format).toEqual({
    type: 'json-schema',
    name: 'n',
    schema: { type: 'object' },
    isStrict: true,
    description: 'd',
  })
  expect(decode({ text: { format: { type: 'json_object' } } }).format).toEqual({ type: 'json' })
  expect(decode({ text: { format: { type: 'text' } } }).format).toEqual({ type: 'text' })
})

test('TOP-21 RSN-01 RSN-12 reasoning: effort, and a summary only where asked for', () => {
  expect(decode({ reasoning: { effort: 'xhigh', summary: 'detailed' } }).reasoning).toEqual({
    effort: 'xhigh',
    summary: 'detailed',
  })
  expect(decode({ reasoning: { effort: 'none' } }).reasoning).toEqual({ effort: 'none', summary: 'none' })
  expect(decode({ reasoning: { generate_summary: 'concise' } }).reasoning).toEqual({ summary: 'concise' })
  expect(decode({})).not.toHaveProperty('reasoning')
  expect(problemOf({ reasoning: { effort: 'huge' } })).toEqual({
    code: 'invalid_request',
    path: 'reasoning.effort',
  })
})

test('RSN-13 the pro mode is a contract, the context of reasoning a hint', () => {
  expect(decode({ reasoning: { mode: 'pro', context: 'all_turns' } }).extras).toMatchObject([
    { path: 'reasoning.context', weight: 'hint' },
    { path: 'reasoning.mode', weight: 'contract' },
  ])
  expect(decode({ reasoning: { mode: 'standard' } }).extras).toEqual([])
})

test('TOP-26 moderation that blocks is a contract, scores are a hint', () => {
  const weigh = (mode: string) =>
    decode({ moderation: { model: 'm', policy: { output: { mode } } } }).extras[0]?.weight
  expect([weigh('block'), weigh('score')]).toEqual(['contract', 'hint'])
})

test('TOP-27 CCH-10 caching: key, mode, lifetime; a comparison is a hint', () => {
  const request = decode({
    prompt_cache_key: 'k',
    prompt_cache_options: { mode: 'explicit', ttl: '12h', comparison_response_id: 'resp_1' },
    prompt_cache_retention: '24h',
  })
  expect(request.caching).toEqual({ key: 'k', isAutomatic: false, lifetime: 'long' })
  expect(request.extras.map(({ path }) => path)).toEqual([
    'prompt_cache_retention',
    'prompt_cache_options.comparison_response_id',
  ])
})

test('TOP-29 STA-01 STA-03 STA-04 state at the provider is a contract', () => {
  const weights = (changes: JsonObject) =>
    decode(changes).extras.map(({ path, weight }) => `${path} ${weight}`)
  expect(weights({ previous_response_id: 'resp_1' })).toEqual(['previous_response_id contract'])
  expect(weights({ conversation: { id: 'c' }, input: [] })).toEqual(['conversation contract'])
  expect(weights({ background: true })).toEqual(['background contract'])
  expect(weights({ background: false })).toEqual([])
  expect(weights({ prompt: { id: 'p' }, model: null, input: null })).toEqual(['prompt contract'])
})

test('STA-02 whether to store is said or left open', () => {
  expect(decode({ store: false }).isStored).toBe(false)
  expect(decode({})).not.toHaveProperty('isStored')
})

test('TOP-30 limits of hosted calls matter where there are hosted tools; truncation always', () => {
  const weight = (changes: JsonObject) => decode(changes).extras[0]?.weight
  expect(weight({ max_tool_calls: 2 })).toBe('hint')
  expect(weight({ max_tool_calls: 2, tools: [{ type: 'web_search' }] })).toBe('contract')
  expect(weight({ truncation: 'auto' })).toBe('contract')
  expect(weight({ truncation: 'disabled' })).toBeUndefined()
})

test('SCH-12 an update of the configuration half-way is a contract', () => {
  const update = { type: 'configuration_update', reasoning: { effort: 'low' } }
  expect(decode({ input: [user('q'), update] }).extras).toMatchObject([
    { path: 'input[1]', weight: 'contract' },
  ])
})

test('TOP-32 unknown fields are hints, TOP-33 nulls are absent', () => {
  expect(decode({ client_metadata: { a: 1 }, brand_new: 1 }).extras.map(({ path }) => path)).toEqual([
    'client_metadata',
    'brand_new',
  ])
  const nulls = Object.fromEntries(
    'instructions tools tool_choice temperature top_p max_output_tokens reasoning text metadata user store include truncation moderation background parallel_tool_calls service_tier stream prompt_cache_options'
      .split(' ')
      .map((key) => [key, null]),
  )
  expect(decode(nulls)).toEqual(decode({}))
})

test.each([
  [{ model: null }, 'model'],
  [{ input: [] }, 'input'],
  [{ input: [5] }, 'input[0]'],
  [{ input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
  [{ input: [{ role: 'user' }] }, 'input[0].content'],
  [{ input: [{ role: 'user', content: [{ type: 'video' }] }] }, 'input[0].content[0].type'],
  [{ input: [{ role: 'assistant', content: [{ type: 'input_image' }] }] }, 'input[0].content[0].type'],
  [{ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[0].call_id'],
  [{ input: [{ type: 'function_call', name: 'f', call_id: 'c', arguments: {} }] }, 'input[0].arguments'],
  [{ input: [{ type: 'function_call_output', call_id: 'c' }] }, 'input[0].output'],
  [{ temperature: 'hot' }, 'temperature'],
  [{ max_output_tokens: -1 }, 'max_output_tokens'],
  [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
  [{ tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'function' }] }] }, 'tools[0].tools[0].name'],
  [{ metadata: { a: 1 } }, 'metadata.a'],
  [{ text: { format: { type: 'json_schema', name: 'n' } } }, 'text.format.schema'],
])('TOP-34 what has the wrong type is refused with its path: %j', (changes, path) => {
  expect(problemOf(changes)).toEqual({ code: 'invalid_request', path })
})
