import { describe, expect, test } from 'vitest'
import {
  decode,
  encode,
  HELLO,
  MODERN,
  refusalOf,
} from '../../../test/support/dialects/anthropic-messages.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, FunctionTool, HostedTool, Tool } from '../../ir/request.ts'

const f: FunctionTool = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }
const g: FunctionTool = { ...f, name: 'g' }
const search: HostedTool = { type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire: {} }
const toolsOf = (...tools: Tool[]) => encode({ tools }).body.tools as JsonObject[]
const schemaOf = (parameters: JsonObject, changes: Partial<FunctionTool> = {}) =>
  toolsOf({ ...f, parameters, ...changes })[0]?.input_schema
const said = (changes: Partial<ChatRequest>, capabilities = MODERN) =>
  encode(changes, capabilities).dropped.map(({ path, action }) => `${action} ${path}`)

describe('functions', () => {
  test('TLD-01 TLD-02 TLD-07 TLD-09 TLD-20 in their order, with a schema in any case', () => {
    const { parameters: _none, ...bare } = f
    expect(toolsOf({ ...g, description: 'G' }, bare)).toEqual([
      { name: 'g', description: 'G', input_schema: { type: 'object', properties: {} } },
      { name: 'f', input_schema: { type: 'object', properties: {} } },
    ])
    expect(schemaOf({})).toEqual({ type: 'object', properties: {} })
    expect(schemaOf({ properties: { z: {}, a: {} } })).toEqual({
      type: 'object',
      properties: { z: {}, a: {} },
    })
  })

  test('TLD-05 TLD-06 a schema that is not strict keeps every keyword and its order', () => {
    const parameters = {
      type: 'object',
      required: ['a'],
      properties: { z: { minimum: 1 }, a: { $ref: '#' } },
      $defs: {},
    }
    expect(JSON.stringify(schemaOf(parameters))).toBe(JSON.stringify(parameters))
  })

  test('TLD-03 alternatives at the root keep all properties and are told in the description', () => {
    const one = { type: 'object', properties: { a: {} }, required: ['a', 'x'] }
    const two = { $ref: '#/$defs/Two' }
    const $defs = { Two: { type: 'object', properties: { b: {} }, required: ['x'] } }
    expect(schemaOf({ description: 'D', anyOf: [one, two], $defs })).toEqual({
      type: 'object',
      properties: { a: {}, b: {} },
      required: ['x'],
      description: `D\n\nanyOf: ${JSON.stringify([one, two])}`,
      $defs,
    })
    expect(schemaOf({ allOf: [one, two], $defs })).toMatchObject({ required: ['a', 'x'] })
    expect(said({ tools: [{ ...f, parameters: { anyOf: [one] } }] })).toEqual([
      'approximated tools[0].parameters',
    ])
  })

  test('TLD-03 a reference at the root is resolved; what is no object is refused, never dropped', () => {
    const $defs = { F: { type: 'object', properties: { a: {} } } }
    expect(schemaOf({ $ref: '#/$defs/F', $defs })).toEqual({ ...$defs.F, $defs })
    expect(schemaOf({ type: ['object', 'null'] })).toEqual({ type: 'object' })
    expect(refusalOf(() => schemaOf({ type: 'string' }))).toBe('unsupported_parameter tools[0].parameters')
    expect(refusalOf(() => schemaOf({ $ref: '#/nowhere' }))).toBe('unsupported_parameter tools[0].parameters')
  })

  test('TLD-04 strict tools are closed; what cannot be strict is offered loosely', () => {
    const closed = { type: 'object', properties: {}, additionalProperties: false }
    expect(toolsOf({ ...f, isStrict: true })).toEqual([{ name: 'f', input_schema: closed, strict: true }])
    expect(toolsOf({ ...f, isStrict: false })[0]).not.toHaveProperty('strict')
    const loose: FunctionTool = {
      ...f,
      isStrict: true,
      parameters: { type: 'object', additionalProperties: {} },
    }
    expect(toolsOf(loose)).toEqual([{ name: 'f', input_schema: loose.parameters }])
    expect(said({ tools: [loose] })).toEqual(['approximated tools[0].strict'])
  })

  test('TLD-08 TLD-13 names are legal, and known by what the client called them', () => {
    const odd: Tool[] = [
      { ...f, name: 'do.it' },
      { ...g, namespace: 'ns' },
    ]
    const { body, toolNames } = encode({ tools: odd, toolChoice: { type: 'tool', name: 'g' } })
    const [first] = body.tools as JsonObject[]
    expect(first?.name).toMatch(/^do_it_[0-9a-f]{8}$/)
    expect(toolNames.get(String(first?.name))).toEqual({ name: 'do.it' })
    expect(toolNames.get('ns__g')).toEqual({ name: 'g', namespace: 'ns' })
    expect(body.tool_choice).toEqual({ type: 'tool', name: 'ns__g' })
  })

  test('TLD-11 deferred tools are sent at once where nothing can find them', () => {
    const deferred: Tool = { ...f, isDeferred: true }
    expect(toolsOf(deferred)[0]).not.toHaveProperty('defer_loading')
    expect(said({ tools: [deferred] })).toEqual(['approximated tools[0].defer_loading'])
    const own = { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' }
    const both = decode({ tools: [{ name: 'f', input_schema: {}, defer_loading: true }, own] })
    expect(encode(both).body.tools).toMatchObject([{ defer_loading: true }, own])
  })

  test('TLD-12 tools of free text become functions with one string; a grammar is a contract where the call is forced', () => {
    const custom: Tool = { type: 'custom', name: 'patch', description: 'P' }
    const { body, toolNames } = encode({ tools: [custom] })
    expect(body.tools).toMatchObject([
      { name: 'patch', description: 'P', input_schema: { required: ['input'] } },
    ])
    expect(toolNames.get('patch')).toEqual({ name: 'patch', isWrappedCustom: true })
    expect(said({ tools: [custom] })).toEqual(['approximated tools[0]'])
    const tools = [{ ...custom, grammar: { syntax: 'lark', definition: 'start: "a"' } }]
    expect(encode({ tools }).body.tools).toMatchObject([
      { description: expect.stringContaining('start: "a"') },
    ])
    expect(refusalOf(() => encode({ tools, toolChoice: { type: 'tool', name: 'patch' } }))).toBe(
      'unsupported_parameter tools[0].grammar',
    )
  })

  test('TLD-14 typed tools of an Anthropic client go back as they were', () => {
    const tools = [{ type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 9 }]
    expect(encode(decode({ tools })).body.tools).toEqual(tools)
  })

  test('TLD-18 TLC-07 without tools there is no choice among them', () => {
    const { body } = encode({ toolChoice: { type: 'auto' }, allowsParallelCalls: false })
    expect(body).not.toHaveProperty('tools')
    expect(body).not.toHaveProperty('tool_choice')
    expect(said({ toolChoice: { type: 'required' } })).toEqual(['dropped tool_choice'])
  })

  test('TLD-19 tools that only history knows are declared and not offered', () => {
    const messages: ChatRequest['messages'] = [
      HELLO,
      {
        role: 'assistant',
        parts: [{ type: 'tool-call', callId: 'c', name: 'f', input: '{}', kind: 'function' }],
      },
      {
        role: 'user',
        parts: [{ type: 'tool-result', callId: 'c', content: [], isError: false, kind: 'function' }],
      },
    ]
    const { body, dropped } = encode({ messages })
    expect(body).toMatchObject({ tools: [{ name: 'f' }], tool_choice: { type: 'none' } })
    expect(dropped).toMatchObject([{ path: 'messages[1].content[0]', action: 'approximated' }])
  })

  test('CCH-02 a tool’s breakpoint', () => {
    expect(toolsOf({ ...f, hasCacheBreakpoint: 'long' })[0]).toMatchObject({
      cache_control: { type: 'ephemeral', ttl: '1h' },
    })
  })
})

describe('hosted tools', () => {
  test('SRV-02 merely offered they are dropped by name', () => {
    expect(toolsOf(f, search)).toHaveLength(1)
    expect(said({ tools: [f, search] })).toEqual(['dropped tools[1]'])
    expect(said({ tools: [search], toolChoice: { type: 'none' } })).toEqual(['dropped tools[0]'])
  })

  test('SRV-02 SRV-03 TLC-10 TLD-15 required they are refused', () => {
    expect(refusalOf(() => encode({ tools: [search] }))).toBe('unsupported_parameter tools[0]')
    const toolChoice = { type: 'hosted', dialect: 'openai-responses', wire: {} } as const
    expect(refusalOf(() => encode({ tools: [f, search], toolChoice }))).toBe(
      'unsupported_parameter tool_choice',
    )
  })

  test('TLD-16 Anthropic’s own go back as they came, choice and all', () => {
    const tools = [{ type: 'web_search_20260318', name: 'web_search', max_uses: 2 }]
    const tool_choice = { type: 'tool', name: 'web_search' }
    expect(encode(decode({ tools, tool_choice })).body).toMatchObject({ tools, tool_choice })
  })
})

describe('choice', () => {
  const choice = (toolChoice: ChatRequest['toolChoice'], changes: Partial<ChatRequest> = {}) =>
    encode({ tools: [f, g], ...(toolChoice && { toolChoice }), ...changes }).body.tool_choice

  test('TLC-01 TLC-02 TLC-03 TLC-04 as the format says it; none keeps the tools', () => {
    expect(choice(undefined)).toBeUndefined()
    expect(choice({ type: 'auto' })).toEqual({ type: 'auto' })
    expect(choice({ type: 'none' })).toEqual({ type: 'none' })
    expect(encode({ tools: [f], toolChoice: { type: 'none' } }).body.tools).toHaveLength(1)
    expect(choice({ type: 'required' })).toEqual({ type: 'any' })
    expect(choice({ type: 'tool', name: 'g' })).toEqual({ type: 'tool', name: 'g' })
  })

  test('TLC-05 of allowed tools only those are sent', () => {
    const toolChoice = { type: 'allowed', mode: 'required', names: ['g'] } as const
    const { body, dropped } = encode({ tools: [f, g], toolChoice })
    expect(body).toMatchObject({ tools: [{ name: 'g' }], tool_choice: { type: 'any' } })
    expect(dropped).toMatchObject([{ path: 'tool_choice', action: 'approximated' }])
    expect(said({ tools: [g, search], toolChoice })).toEqual(['approximated tool_choice', 'dropped tools[1]'])
  })

  test('TLC-06 one at a time is part of the choice, but of none', () => {
    const single = { allowsParallelCalls: false }
    expect(choice(undefined, single)).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    expect(choice({ type: 'required' }, single)).toEqual({ type: 'any', disable_parallel_tool_use: true })
    expect(choice({ type: 'none' }, single)).toEqual({ type: 'none' })
    expect(choice(undefined, { allowsParallelCalls: true })).toBeUndefined()
  })

  test('TLC-09 a model that cannot be forced refuses', () => {
    const forced = { tools: [f], toolChoice: { type: 'required' } } as const
    expect(refusalOf(() => encode(forced, { ...MODERN, forcedTools: 'no' }))).toBe(
      'unsupported_parameter tool_choice',
    )
  })
})
