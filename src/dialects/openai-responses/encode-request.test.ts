import { expect, test } from 'vitest'
import { CAPABILITIES, decode, encode } from '../../../test/support/dialects/openai-responses.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ModelCapabilities } from '../../ir/capabilities.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest, Message, Tool } from '../../ir/request.ts'

type Changes = Partial<ChatRequest>

function refusalOf(changes: Changes, capabilities: Partial<ModelCapabilities> = {}): string | undefined {
  try {
    encode(changes, capabilities)
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'unsupported_parameter') return error.path
    throw error
  }
  throw new Error('was not refused')
}

const body = (changes: Changes, capabilities: Partial<ModelCapabilities> = {}): JsonObject =>
  encode(changes, capabilities).body
const said = (changes: Changes, capabilities: Partial<ModelCapabilities> = {}) =>
  encode(changes, capabilities).dropped.map(({ path, action }) => `${path} ${action}`)
const text = (value: string): Part => ({ type: 'text', text: value })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const call = (callId: string, input = '{}'): Part => ({
  type: 'tool-call',
  callId,
  name: 'look',
  input,
  kind: 'function',
})
const result = (callId: string, content: string): Part => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text: content }],
  isError: false,
  kind: 'function',
})
const input = (...messages: Message[]) => body({ messages }).input
const look: Tool = { type: 'function', name: 'look' }

test('TOP-17 RSN-20 a stateless call: nothing is stored, reasoning comes sealed', () => {
  expect(body({})).toEqual({
    model: 'gpt-6',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }],
    store: false,
    include: ['reasoning.encrypted_content'],
  })
  const thinking = { ...CAPABILITIES.thinking, style: 'none' } as const
  expect(body({}, { thinking })).not.toHaveProperty('include')
  expect(body({ isStored: true }).store).toBe(true)
})

test('MSG-01 MSG-05 leading system messages are the instructions', () => {
  const system = (value: string): Message => ({ role: 'system', parts: [{ type: 'text', text: value }] })
  const { instructions, input: items } = body({ messages: [system('a'), system('b'), user(text('q'))] })
  expect(instructions).toBe('a\n\nb')
  expect(items).toHaveLength(1)
})

test('CCH-02 system messages with a breakpoint stay items, unless the model takes none', () => {
  const messages: Message[] = [
    { role: 'system', parts: [{ type: 'text', text: 'a', cache: {} }] },
    user(text('q')),
  ]
  expect(body({ messages }).input).toMatchObject([
    { role: 'system', content: [{ text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }] },
    { role: 'user' },
  ])
  expect(body({ messages }, { cacheBreakpoints: false })).toMatchObject({ instructions: 'a' })
  expect(said({ messages }, { cacheBreakpoints: false })).toEqual([
    'messages[0].content[0].cache_control dropped',
  ])
})

test('MSG-04 MSG-07 system messages half-way stay where they are, with their authority', () => {
  const system: Message = { role: 'system', authority: 'developer', parts: [{ type: 'text', text: 's' }] }
  expect(input(user(text('a')), system, { ...system, authority: 'system' })).toMatchObject([
    { role: 'user' },
    { role: 'developer', content: [{ type: 'input_text', text: 's' }] },
    { role: 'system' },
  ])
})

test('MSG-09 messages of one role in a row are left alone', () => {
  expect(input(user(text('a')), user(text('b')))).toHaveLength(2)
})

test('MSG-11 an answer to be continued is not continued here, which is reported', () => {
  const messages = [user(text('q')), assistant(text('{'))]
  expect(said({ messages, source: 'anthropic-messages' })).toEqual(['messages[1] approximated'])
  expect(said({ messages, source: 'openai-chat' })).toEqual([])
})

test('MSG-12 names of participants are reported', () => {
  expect(said({ messages: [{ role: 'user', name: 'Ann', parts: [text('a')] }] })).toEqual([
    'messages[0].name dropped',
  ])
})

test('MSG-13 MSG-14 RSP-09 a turn of calls alone has no message, texts and calls keep their order', () => {
  expect(input(user(text('q')), assistant(call('a')), user(result('a', 'r')))).toMatchObject([
    { role: 'user' },
    { type: 'function_call', call_id: 'a' },
    { type: 'function_call_output' },
  ])
  expect(input(assistant(text('x'), call('a'), text('y')), user(result('a', 'r')))).toMatchObject([
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x' }] },
    { type: 'function_call' },
    { type: 'message', content: [{ text: 'y' }] },
    { type: 'function_call_output' },
  ])
})

test('MSG-16 MSG-19 a refusal stays one, and the phase is kept', () => {
  const message: Message = {
    role: 'assistant',
    parts: [
      { type: 'refusal', text: 'No.', phase: 'commentary' },
      { type: 'text', text: 'Or.', phase: 'final_answer' },
    ],
  }
  expect(input(user(text('q')), message)).toMatchObject([
    {},
    { phase: 'commentary', content: [{ type: 'refusal', refusal: 'No.' }] },
    { phase: 'final_answer', content: [{ type: 'output_text', text: 'Or.' }] },
  ])
})

test('PRT-01 PRT-02 PRT-03 images: data, address, detail always there', () => {
  const image = (source: object, detail?: 'low'): Part =>
    ({ type: 'image', source, ...(detail && { detail }) }) as Part
  expect(
    input(
      user(
        image({ type: 'base64', mediaType: 'image/jpg', data: 'QQ==' }, 'low'),
        image({ type: 'url', url: 'https://a.example/x' }),
      ),
    ),
  ).toMatchObject([
    {
      content: [
        { type: 'input_image', image_url: 'data:image/jpeg;base64,QQ==', detail: 'low' },
        { type: 'input_image', image_url: 'https://a.example/x', detail: 'auto' },
      ],
    },
  ])
})

test('PRT-05 PRT-06 PRT-07 documents: data, text, address, and what was said about them', () => {
  const parts: Part[] = [
    {
      type: 'document',
      source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' },
      filename: 'a.pdf',
    },
    { type: 'document', source: { type: 'text', text: 'hé' }, context: 'of 1999' },
    { type: 'document', source: { type: 'url', url: 'https://a.example/x.pdf' } },
  ]
  const { body: encoded, dropped } = encode({ messages: [user(...parts)] })
  expect(encoded.input).toMatchObject([
    {
      content: [
        { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' },
        { type: 'input_text', text: 'of 1999' },
        { type: 'input_file', file_data: 'data:text/plain;base64,aMOp', filename: 'document.txt' },
        { type: 'input_file', file_url: 'https://a.example/x.pdf' },
      ],
    },
  ])
  expect(dropped).toMatchObject([{ path: 'messages[0].content[1].context', action: 'approximated' }])
})

test('PRT-08 uploads of another provider are refused, those of OpenAI are known', () => {
  const image = (dialect: 'gemini' | 'openai-chat'): Part => ({
    type: 'image',
    source: { type: 'file', dialect, id: 'f' },
  })
  expect(refusalOf({ messages: [user(image('gemini'))] })).toBe('messages[0].content[0]')
  expect(input(user(image('openai-chat')))).toMatchObject([{ content: [{ file_id: 'f' }] }])
})

test('PRT-09 PRT-10 PRT-11 sound, films and images that the assistant made are refused', () => {
  expect(refusalOf({ messages: [user({ type: 'audio', mediaType: 'audio/wav', data: 'A' })] })).toBe(
    'messages[0].content[0]',
  )
  const film: Part = { type: 'video', source: { type: 'url', url: 'https://a.example/v' } }
  expect(refusalOf({ messages: [user(film)], source: 'gemini' })).toBe('contents[0].parts[0]')
  const image: Part = { type: 'image', source: { type: 'url', url: 'https://a.example/x' } }
  expect(refusalOf({ messages: [user(text('q')), assistant(image)] })).toBe('messages[1].content[0]')
})

test('MSG-15 a last message of nothing is refused', () => {
  expect(refusalOf({ messages: [user(text('q')), assistant(text('a')), user()] })).toBe('messages[2]')
})

test('CIT-05 asking for citations of a document is reported', () => {
  const part: Part = { type: 'document', source: { type: 'text', text: 'x' }, citesSources: true }
  expect(said({ messages: [user(part)] })).toEqual(['messages[0].content[0].citations dropped'])
})

test('TLD-01 TLD-02 TLD-04 TLD-09 functions are flat, with parameters and an explicit strict', () => {
  const tools: Tool[] = [
    look,
    {
      type: 'function',
      name: 's',
      description: 'd',
      parameters: { type: 'object', properties: { b: {}, a: {} } },
      isStrict: true,
    },
  ]
  expect(JSON.stringify(body({ tools }).tools)).toBe(
    JSON.stringify([
      { type: 'function', name: 'look', parameters: { type: 'object', properties: {} }, strict: false },
      {
        type: 'function',
        name: 's',
        description: 'd',
        parameters: { type: 'object', properties: { b: {}, a: {} } },
        strict: true,
      },
    ]),
  )
})

test('TLD-03 parameters that are no object are refused, those that do not say so are made to', () => {
  expect(refusalOf({ tools: [{ type: 'function', name: 'f', parameters: { type: 'array' } }] })).toBe(
    'tools[0].parameters',
  )
  const { body: encoded, dropped } = encode({
    tools: [{ type: 'function', name: 'f', parameters: { properties: {} } }],
  })
  expect(encoded.tools).toMatchObject([{ parameters: { type: 'object', properties: {} } }])
  expect(dropped).toMatchObject([{ action: 'approximated' }])
})

test('TLD-03 alternatives at the root, which OpenAI refuses, are told in its description', () => {
  const a = { type: 'object', properties: { a: {} } }
  const tools: Tool[] = [{ type: 'function', name: 'f', parameters: { anyOf: [a, { type: 'object' }] } }]
  const { body: encoded, dropped } = encode({ tools })
  expect(encoded.tools).toMatchObject([{ parameters: { type: 'object', properties: { a: {} } } }])
  expect(JSON.stringify(encoded.tools)).not.toContain('"anyOf":')
  expect(dropped).toMatchObject([{ path: 'tools[0].parameters', action: 'approximated' }])
})

test('TLD-04 TLC-11 strict tools of others stay strict where OpenAI would take the schema', () => {
  const sent = (parameters: JsonObject | undefined, source: ChatRequest['source']) => {
    const tool: Tool = { type: 'function', name: 'f', isStrict: true, ...(parameters && { parameters }) }
    const { body: encoded, dropped } = encode({ source, tools: [tool] })
    return [(encoded.tools as JsonObject[])[0]?.strict, dropped.length]
  }
  const open = { type: 'object', properties: { a: {} } }
  const closed = { ...open, required: ['a'], additionalProperties: false }
  for (const source of ['anthropic-messages', 'gemini'] as const) {
    expect(sent(closed, source)).toEqual([true, 0])
    expect(sent(open, source)).toEqual([false, 1])
    expect(sent({ ...closed, required: [] }, source)).toEqual([false, 1])
    expect(sent(undefined, source)).toEqual([true, 0])
  }
  expect(sent(open, 'openai-chat')).toEqual([true, 0])
  expect(body({ tools: [{ ...look, isStrict: true } as Tool] }).tools).toMatchObject([
    { parameters: { type: 'object', properties: {}, required: [], additionalProperties: false } },
  ])
})

test('TLD-08 names that OpenAI refuses are replaced everywhere and can be given back', () => {
  const tools: Tool[] = [{ type: 'function', name: 'a.b' }]
  const messages = [user(text('q')), assistant({ ...call('c'), name: 'a.b' } as Part), user(result('c', 'r'))]
  const {
    body: encoded,
    toolNames,
    dropped,
  } = encode({ tools, messages, toolChoice: { type: 'tool', name: 'a.b' } })
  const [name] = [...toolNames.keys()]
  expect(name).toMatch(/^a_b_[0-9a-f]{8}$/)
  expect(toolNames.get(name ?? '')).toEqual({ name: 'a.b' })
  expect(encoded).toMatchObject({
    tools: [{ name }],
    input: [{}, { name }, {}],
    tool_choice: { type: 'function', name },
  })
  expect(dropped).toMatchObject([{ path: 'tools[0].name', action: 'approximated' }])
})

test('TLD-11 TLD-13c deferred tools are sent at once, which is reported', () => {
  const { body: encoded, dropped } = encode({ tools: [{ ...look, isDeferred: true } as Tool] })
  expect(encoded.tools).toMatchObject([{ name: 'look' }])
  expect(dropped).toMatchObject([{ path: 'tools[0].defer_loading', action: 'approximated' }])
})

test('TLD-12 TCL-17 custom tools are native here, with their grammar', () => {
  const tools: Tool[] = [{ type: 'custom', name: 'p', grammar: { syntax: 'lark', definition: 'x' } }]
  const custom: Part = { type: 'tool-call', callId: 'c', name: 'p', input: 'free', kind: 'custom' }
  const done = { ...result('c', 'ok'), kind: 'custom' } as Part
  const { body: encoded, toolNames } = encode({
    tools,
    messages: [assistant(custom), user(done)],
    toolChoice: { type: 'tool', name: 'p' },
  })
  expect(encoded).toMatchObject({
    tools: [{ type: 'custom', name: 'p', format: { type: 'grammar', syntax: 'lark', definition: 'x' } }],
    input: [
      { type: 'custom_tool_call', call_id: 'c', input: 'free' },
      { type: 'custom_tool_call_output', output: 'ok' },
    ],
    tool_choice: { type: 'custom', name: 'p' },
  })
  expect(toolNames.size).toBe(0)
})

test('TLD-13 namespaces are native here', () => {
  const request = decode({
    tools: [
      {
        type: 'namespace',
        name: 'n',
        description: 'd',
        tools: [
          { type: 'function', name: 'f', strict: false, parameters: { type: 'object' } },
          { type: 'custom', name: 'c' },
        ],
      },
    ],
  })
  const { body: encoded, dropped, toolNames } = encode(request)
  expect(encoded.tools).toEqual([
    {
      type: 'namespace',
      name: 'n',
      description: 'd',
      tools: [
        { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
        { type: 'custom', name: 'c' },
      ],
    },
  ])
  expect([dropped, toolNames.size]).toEqual([[], 0])
})

const search: Tool = { type: 'hosted', dialect: 'anthropic-messages', kind: 'web_search_20260209', wire: {} }

test('SRV-02 SRV-03 TLD-16 a hosted tool that is only offered is left out and reported', () => {
  const { body: encoded, dropped } = encode({ tools: [look, search] })
  expect(encoded.tools).toMatchObject([{ name: 'look' }])
  expect(dropped).toMatchObject([{ path: 'tools[1]', action: 'dropped' }])
  expect(body({ tools: [search], toolChoice: { type: 'none' } })).not.toHaveProperty('tools')
})

test('SRV-02 TLC-10 a hosted tool that is needed is refused: forced, alone, or at work before', () => {
  expect(
    refusalOf({
      tools: [look, search],
      toolChoice: { type: 'hosted', dialect: 'anthropic-messages', wire: {} },
    }),
  ).toBe('tool_choice')
  expect(refusalOf({ tools: [search] })).toBe('tools[0]')
  const worked: Part = { type: 'hosted', dialect: 'anthropic-messages', wire: {} }
  expect(
    refusalOf({ tools: [look, search], messages: [user(text('q')), assistant(worked, text('a'))] }),
  ).toBe('tools[1]')
})

test('SRV-01 the own hosted tools pass', () => {
  const wire = { type: 'web_search', search_context_size: 'low' }
  expect(
    body({ tools: [{ type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire }] }).tools,
  ).toEqual([wire])
})

test('TLD-18 TLC-07 without tools nothing is said about them', () => {
  const encoded = body({ toolChoice: { type: 'auto' }, allowsParallelCalls: true })
  for (const key of ['tools', 'tool_choice', 'parallel_tool_calls']) expect(encoded).not.toHaveProperty(key)
  expect(body({ toolChoice: { type: 'required' } })).not.toHaveProperty('tool_choice')
  expect(said({ toolChoice: { type: 'required' } })).toEqual(['tool_choice dropped'])
  expect(said({ toolChoice: { type: 'auto' } })).toEqual([])
})

test('TLC-01 TLC-02 TLC-03 TLC-04 TLC-05 TLC-06 choices of tools', () => {
  const choose = (toolChoice: ChatRequest['toolChoice'] & object) =>
    body({ tools: [look], toolChoice }).tool_choice
  expect(choose({ type: 'auto' })).toBe('auto')
  expect(choose({ type: 'none' })).toBe('none')
  expect(body({ tools: [look], toolChoice: { type: 'none' } }).tools).toHaveLength(1)
  expect(choose({ type: 'required' })).toBe('required')
  expect(choose({ type: 'tool', name: 'look' })).toEqual({ type: 'function', name: 'look' })
  expect(choose({ type: 'allowed', mode: 'auto', names: ['look'] })).toEqual({
    type: 'allowed_tools',
    mode: 'auto',
    tools: [{ type: 'function', name: 'look' }],
  })
  expect(body({ tools: [look], allowsParallelCalls: false }).parallel_tool_calls).toBe(false)
})

test('TLC-09 a choice that the model refuses is refused', () => {
  const allowed = { type: 'allowed', mode: 'required', names: ['look'] } as const
  expect(refusalOf({ tools: [look], toolChoice: allowed }, { forcedTools: 'no' })).toBe('tool_choice')
  expect(refusalOf({ tools: [look], toolChoice: { type: 'required' } }, { forcedTools: 'no' })).toBe(
    'tool_choice',
  )
})

test('TCL-01 TCL-02 STR-07 arguments go out byte for byte, none as an empty object', () => {
  expect(
    input(assistant(call('a', '{ "n": 1.0 }'), call('b', '')), user(result('a', ''), result('b', ''))),
  ).toMatchObject([{ arguments: '{ "n": 1.0 }' }, { arguments: '{}' }, {}, {}])
})

test('TCL-03 TCL-06 ids pass where they are legal and are replaced alike where not; items get none', () => {
  const long = `toolu_${'x'.repeat(80)}`
  const items = input(
    assistant(call('toolu_1'), call(long)),
    user(result('toolu_1', 'r'), result(long, 'r')),
  ) as JsonObject[]
  const ids = items.map((item) => String(item.call_id))
  expect(ids[0]).toBe('toolu_1')
  expect(ids[1]).toMatch(/^call_[0-9a-f]{32}$/)
  expect(ids.slice(2)).toEqual(ids.slice(0, 2))
  expect(items.some((item) => 'id' in item)).toBe(false)
})

test('TCL-07 TCL-08 TCL-09 TCL-15 results are items of their own in their order, the text behind them a message', () => {
  expect(
    input(assistant(call('a'), call('b')), user(result('b', '2'), result('a', '1'), text('go'))),
  ).toMatchObject([
    {},
    {},
    { type: 'function_call_output', call_id: 'b', output: '2' },
    { type: 'function_call_output', call_id: 'a', output: '1' },
    { type: 'message', role: 'user' },
  ])
})

test('TCL-10 TCL-11 TCL-12 TCL-14 outputs: text, list with images and documents, JSON, nothing', () => {
  const output = (changes: object) =>
    (input(assistant(call('a')), user({ ...result('a', 'r'), ...changes } as Part)) as JsonObject[])[1]
      ?.output
  expect(output({})).toBe('r')
  expect(output({ content: [] })).toBe('')
  expect(output({ content: [], json: { b: 1, a: 2 } })).toBe('{"b":1,"a":2}')
  expect(output({ content: [text('x'), text('y')] })).toMatchObject([
    { type: 'input_text', text: 'x' },
    { text: 'y' },
  ])
  const image: Part = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QQ==' } }
  const pdf: Part = {
    type: 'document',
    source: { type: 'base64', mediaType: 'application/pdf', data: 'QQ==' },
  }
  expect(output({ content: [text('x'), image, pdf] })).toMatchObject([
    {},
    { type: 'input_image' },
    { type: 'input_file', filename: 'document.pdf' },
  ])
  expect(output({ cache: {} })).toMatchObject([{ text: 'r', prompt_cache_breakpoint: { mode: 'explicit' } }])
})

test('TCL-13 a failed result says so in its text, which is reported', () => {
  const failed = { ...result('a', 'no such file'), isError: true } as Part
  const { body: encoded, dropped } = encode({ messages: [assistant(call('a')), user(failed)] })
  expect(encoded.input).toMatchObject([{}, { output: '{"error":"no such file"}' }])
  expect(dropped).toMatchObject([{ action: 'approximated' }])
})

test('TCL-18 the work of hosted tools: the own goes back as it was, that of others is left out and reported', () => {
  const wire = { type: 'web_search_call', id: 'ws_1', action: { z: 1, a: 2 } }
  const own: Part = { type: 'hosted', dialect: 'openai-responses', wire }
  const other: Part = { type: 'hosted', dialect: 'anthropic-messages', wire }
  const { body: encoded, dropped } = encode({ messages: [user(text('q')), assistant(own, other, text('a'))] })
  expect(JSON.stringify((encoded.input as unknown[])[1])).toBe(JSON.stringify(wire))
  expect(encoded.input).toHaveLength(3)
  expect(dropped).toMatchObject([{ action: 'dropped' }])
})

const sealed: Part = {
  type: 'reasoning',
  text: 'so',
  carrier: { origin: 'openai-responses', kind: 'encrypted', payload: 'gAAA', itemId: 'rs_1' },
}
const foreign: Part = {
  type: 'reasoning',
  text: 'hm',
  carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' },
}

test('RSN-21 own reasoning goes back with its id and its seal, before what it led to', () => {
  const item = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'so' }],
    encrypted_content: 'gAAA',
  }
  expect(input(user(text('q')), assistant(sealed, call('a')), user(result('a', 'r')))).toMatchObject([
    {},
    item,
    { type: 'function_call' },
    {},
  ])
})

test('RSN-22 RSN-33 reasoning of others is left out, and nothing else; reported once', () => {
  const messages = [
    user(text('q')),
    assistant(foreign, text('a')),
    user(text('q')),
    assistant({ type: 'reasoning', text: 'x' }, text('b')),
    user(text('q')),
  ]
  const { body: encoded, dropped } = encode({ messages })
  expect(encoded.input).toHaveLength(5)
  expect(dropped).toMatchObject([{ path: 'messages[1].content[0]', action: 'approximated' }])
})

test('RSN-27 reasoning that nothing follows goes too', () => {
  const { body: encoded, dropped } = encode({
    messages: [user(text('q')), assistant(sealed), user(text('go'))],
  })
  expect(encoded.input).toMatchObject([{ role: 'user' }, { role: 'user' }])
  expect(dropped).toMatchObject([{ action: 'approximated' }])
})

const effort = (
  reasoning: ChatRequest['reasoning'] & object,
  capabilities: Partial<ModelCapabilities> = {},
  source: ChatRequest['source'] = 'openai-chat',
) => {
  const { body: encoded, dropped } = encode({ reasoning, source }, capabilities)
  return [encoded.reasoning, dropped.length]
}

test('RSN-01 RSN-05 RSN-06 RSN-07 TOP-21 every way of asking for reasoning becomes an effort', () => {
  expect(effort({ effort: 'high' })).toEqual([{ effort: 'high' }, 0])
  expect(effort({ effort: 'minimal' })).toEqual([{ effort: 'low' }, 1])
  expect(effort({ effort: 'none' })).toEqual([{ effort: 'none' }, 0])
  expect(effort({ effort: 'none' }, { thinking: { ...CAPABILITIES.thinking, least: 'lowest' } })).toEqual([
    { effort: 'low' },
    1,
  ])
  expect(effort({ mode: 'budget', budgetTokens: 8000 })).toEqual([{ effort: 'medium' }, 1])
  expect(effort({ mode: 'adaptive' })).toEqual([undefined, 0])
  expect(effort({ mode: 'disabled' })).toEqual([{ effort: 'none' }, 0])
  expect(effort({ mode: 'between-tools' })).toEqual([{ effort: 'low' }, 1])
  expect(effort({ effort: 'high' }, {}, 'anthropic-messages')).toEqual([{ effort: 'high' }, 1])
  expect(effort({ effort: 'high', mode: 'adaptive' }, {}, 'anthropic-messages')).toEqual([
    { effort: 'high' },
    0,
  ])
})

test('RSN-08 RSN-12 nothing asked is nothing sent; a summary only where it is wanted', () => {
  expect(body({})).not.toHaveProperty('reasoning')
  expect(effort({ mode: 'adaptive', summary: 'auto' })).toEqual([{ summary: 'auto' }, 0])
  expect(effort({ effort: 'low', summary: 'none' })).toEqual([{ effort: 'low' }, 0])
})

test('RSN-01 a model that does not reason is asked for none', () => {
  const thinking = { style: 'none', least: 'disabled', efforts: [] } as const
  expect(effort({ effort: 'high' }, { thinking })).toEqual([undefined, 1])
  expect(effort({ effort: 'none' }, { thinking })).toEqual([undefined, 0])
})

test('RSN-15 TOP-05 TOP-06 sampling goes where the model takes it', () => {
  const sampling = { temperature: 0.5, topP: 0.9 }
  expect(said({ sampling })).toEqual(['temperature dropped', 'top_p dropped'])
  expect(body({ sampling, reasoning: { effort: 'none' } })).toMatchObject({ temperature: 0.5, top_p: 0.9 })
  expect(body({ sampling }, { sampling: 'yes' })).toMatchObject({ temperature: 0.5, top_p: 0.9 })
  expect(said({ sampling }, { sampling: 'yes', samplesOneWay: true })).toEqual(['top_p dropped'])
})

test('TOP-02 TOP-04 the limit of tokens is held between the least of the API and the most of the model', () => {
  const limit = (maxOutputTokens: number) => {
    const { body: encoded, dropped } = encode({ maxOutputTokens }, { maxOutputTokens: 64_000 })
    return [encoded.max_output_tokens, dropped.length]
  }
  expect([limit(5), limit(16), limit(128_000)]).toEqual([
    [16, 1],
    [16, 0],
    [64_000, 1],
  ])
  expect(body({})).not.toHaveProperty('max_output_tokens')
})

test('TOP-03 generating nothing warms the cache, where the model can', () => {
  const encoded = body({ maxOutputTokens: 0 })
  expect(encoded.prompt_cache_options).toEqual({ prewarm: true })
  expect(encoded).not.toHaveProperty('max_output_tokens')
  expect(refusalOf({ maxOutputTokens: 0, source: 'anthropic-messages' }, { cacheBreakpoints: false })).toBe(
    'max_tokens',
  )
})

test('TOP-07 TOP-10 TOP-11 hints that this API lacks are reported in the spelling of the client', () => {
  const sampling = { topK: 5, seed: 0, presencePenalty: 1, frequencyPenalty: 1 }
  expect(said({ sampling, source: 'gemini' })).toEqual([
    'generationConfig.topK dropped',
    'generationConfig.seed dropped',
    'generationConfig.presencePenalty dropped',
    'generationConfig.frequencyPenalty dropped',
  ])
})

test('TOP-08 TOP-09 TOP-12 contracts that this API lacks are refused', () => {
  expect(refusalOf({ stopSequences: ['x'], source: 'anthropic-messages' })).toBe('stop_sequences')
  expect(refusalOf({ sampling: { choices: 2 } })).toBe('n')
  expect(body({ sampling: { choices: 1, logitBias: {} } })).not.toHaveProperty('n')
  expect(refusalOf({ sampling: { logitBias: { 1: 2 } } })).toBe('logit_bias')
})

test('TOP-13 log probabilities', () => {
  expect(body({ sampling: { logprobs: 3 } })).toMatchObject({
    top_logprobs: 3,
    include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
  })
  expect(body({ sampling: { logprobs: 0 } })).not.toHaveProperty('top_logprobs')
})

test('TOP-14 TOP-16 TOP-22 plain fields', () => {
  expect(body({ metadata: { a: 'b' }, serviceTier: 'flex', verbosity: 'low' })).toMatchObject({
    metadata: { a: 'b' },
    service_tier: 'flex',
    text: { verbosity: 'low' },
  })
})

test('TOP-15 AGT-01 an id of an end user that is too long is hashed, always to the same', () => {
  const endUserId = 'x'.repeat(200)
  expect(body({ endUserId }).safety_identifier).toMatch(/^[0-9a-f]{64}$/)
  expect(body({ endUserId })).toEqual(body({ endUserId }))
  expect(said({ endUserId, source: 'anthropic-messages' })).toEqual(['metadata.user_id approximated'])
  expect(body({ endUserId: 'u' }).safety_identifier).toBe('u')
})

test('TOP-18 a stream is asked for', () => {
  expect(body({ isStreaming: true }).stream).toBe(true)
})

test('TOP-20 SCH-01 SCH-05 SCH-07 formats of the answer', () => {
  const schema = { type: 'object', b: 1, a: 2 }
  expect(body({ format: { type: 'json-schema', name: 'n', schema, isStrict: true } }).text).toEqual({
    format: { type: 'json_schema', name: 'n', schema, strict: true },
  })
  expect(body({ format: { type: 'json' } }).text).toEqual({ format: { type: 'json_object' } })
  const both = body({ format: { type: 'json-schema', schema }, tools: [look] })
  expect(both).toMatchObject({ text: { format: { name: 'response', strict: false } }, tools: [{}] })
  expect(said({ format: { type: 'json-schema', name: 'a b', schema } })).toEqual([
    'response_format approximated',
  ])
})

test('SCH-02 formats that always bind stay binding where OpenAI can bind, else it is reported', () => {
  const bind = (schema: JsonObject, isStrict?: true) => {
    const { body: encoded, dropped } = encode({
      source: 'anthropic-messages',
      format: { type: 'json-schema', schema, ...(isStrict && { isStrict }) },
    })
    return [(encoded.text as { format: JsonObject }).format.strict, dropped.length]
  }
  const closed = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  }
  expect(bind(closed)).toEqual([true, 0])
  expect(bind({ ...closed, required: [] })).toEqual([false, 1])
  expect(bind({ type: 'array', items: closed })).toEqual([false, 1])
  // a client of Anthropic's always asks for it
  expect(bind(closed, true)).toEqual([true, 0])
  expect(bind({ ...closed, required: [] }, true)).toEqual([false, 1])
})

test('TOP-26 TOP-27 TOP-32 fields that Chat has alike pass, others are reported or refused', () => {
  const extra = (path: string, weight: 'hint' | 'contract', value: unknown = 'x') =>
    ({ dialect: 'openai-chat', path, value, weight }) as const
  const { body: encoded, dropped } = encode({
    extras: [
      extra('prompt_cache_retention', 'hint', '24h'),
      extra('moderation', 'contract', { model: 'm' }),
      extra('stream_options.include_obfuscation', 'hint', false),
      extra('prediction', 'hint'),
    ],
  })
  expect(encoded).toMatchObject({
    prompt_cache_retention: '24h',
    moderation: { model: 'm' },
    stream_options: { include_obfuscation: false },
  })
  expect(dropped).toMatchObject([{ path: 'prediction', action: 'dropped' }])
  expect(refusalOf({ extras: [extra('modalities', 'contract')] })).toBe('modalities')
})

test('TOP-23 TOP-24 TOP-25 MSG-17 what only Chat has: contracts are refused, hints reported', () => {
  const extra = (path: string, weight: 'hint' | 'contract') =>
    ({ dialect: 'openai-chat', path, value: {}, weight }) as const
  for (const path of ['audio', 'messages[1].audio'])
    expect(refusalOf({ extras: [extra(path, 'contract')] })).toBe(path)
  expect(said({ extras: [extra('web_search_options', 'hint')] })).toEqual(['web_search_options dropped'])
})

test('TOP-31 fields of other providers are left out or refused by their weight', () => {
  const extra = (path: string, weight: 'hint' | 'contract') =>
    ({ dialect: 'anthropic-messages', path, value: {}, weight }) as const
  expect(said({ source: 'anthropic-messages', extras: [extra('context_management', 'hint')] })).toEqual([
    'context_management dropped',
  ])
  expect(refusalOf({ source: 'anthropic-messages', extras: [extra('inference_geo', 'contract')] })).toBe(
    'inference_geo',
  )
})

test('TOP-29 TOP-30 STA-01 STA-05 what only this API has passes to it', () => {
  const reference = { type: 'item_reference', id: 'msg_1' }
  const request = decode({
    previous_response_id: 'resp_1',
    truncation: 'auto',
    max_tool_calls: 3,
    reasoning: { effort: 'low', context: 'all_turns', mode: 'pro' },
    include: ['web_search_call.action.sources'],
    service_tier: 'ultrafast',
    input: [reference, { role: 'user', content: 'go' }],
  })
  const { body: encoded, dropped } = encode(request)
  expect(encoded).toMatchObject({
    previous_response_id: 'resp_1',
    truncation: 'auto',
    max_tool_calls: 3,
    reasoning: { effort: 'low', context: 'all_turns', mode: 'pro' },
    include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    service_tier: 'ultrafast',
    store: true,
    input: [reference, { role: 'user' }],
  })
  expect(dropped).toEqual([])
})

test('CCH-02 CCH-05 breakpoints stay on their parts; lifetimes are the nearest, which is reported once', () => {
  const cache = { lifetime: 'short' } as const
  const messages = [
    user({ type: 'text', text: 'a', cache }, { type: 'text', text: 'b', cache: { lifetime: 'long' } }),
  ]
  const { body: encoded, dropped } = encode({ messages, source: 'anthropic-messages' })
  expect(encoded.input).toMatchObject([
    {
      content: [
        { prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
        { prompt_cache_breakpoint: { ttl: '12h' } },
      ],
    },
  ])
  expect(dropped).toHaveLength(2)
  expect(said({ messages })).toEqual([])
})

test('CCH-02 breakpoints on tools, calls and what the assistant said have no slot, which is reported', () => {
  const tools: Tool[] = [{ type: 'function', name: 'f', hasCacheBreakpoint: 'short' }]
  const messages = [
    assistant({ type: 'text', text: 'a', cache: {} }, { ...call('a'), cache: {} } as Part),
    user(result('a', 'r')),
  ]
  expect(said({ tools, messages })).toHaveLength(3)
})

test('CCH-03 caching as a whole', () => {
  expect(body({ caching: { key: 'k', isAutomatic: true, lifetime: 'long' } })).toMatchObject({
    prompt_cache_key: 'k',
    prompt_cache_options: { mode: 'implicit', ttl: '12h' },
  })
  const old = encode({ caching: { key: 'k', isAutomatic: true } }, { cacheBreakpoints: false })
  expect(old.body).not.toHaveProperty('prompt_cache_options')
  expect(old.dropped).toHaveLength(1)
})

test('CCH-07 TLD-06 TLD-07 RSN-34 AGT-02 the same request makes the same bytes', () => {
  const request = {
    tools: [look, search],
    messages: [user(text('q')), assistant(sealed, call('x'.repeat(99))), user(result('x'.repeat(99), 'r'))],
  }
  expect(JSON.stringify(encode(request))).toBe(JSON.stringify(encode(request)))
  const system = (cached: boolean): Message => ({
    role: 'system',
    parts: [{ type: 'text', text: 's', ...(cached && { cache: {} }) }],
  })
  const bytes = (cached: boolean) =>
    JSON.stringify(input(user(text('q')), system(cached))).replace(
      ',"prompt_cache_breakpoint":{"mode":"explicit"}',
      '',
    )
  expect(bytes(true)).toBe(bytes(false))
})

test('CIT-01 CIT-06 citations of what the assistant said stay with it', () => {
  const citation = { type: 'url', url: 'https://a.example', title: 't', start: 5, end: 7 } as const
  expect(
    input(user(text('q')), assistant(text('12345'), { type: 'text', text: 'abc', citations: [citation] })),
  ).toMatchObject([
    {},
    {
      content: [
        { annotations: [] },
        { annotations: [{ type: 'url_citation', start_index: 0, end_index: 2, title: 't' }] },
      ],
    },
  ])
})
