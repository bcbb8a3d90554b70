import { describe, expect, test } from 'vitest'
import { chatRequest, GEMINI_3, withCapabilities } from '../../../test/support/dialects/gemini.ts'
import { placed } from '../../../test/support/placed.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, FunctionTool, Tool, ToolChoice } from '../../ir/request.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const schema = {
  type: 'object',
  properties: { b: { type: 'string' }, a: { $ref: '#/$defs/x' } },
  $defs: { x: { const: 1 } },
}
const weather: FunctionTool = { type: 'function', name: 'weather', description: 'd', parameters: schema }
const time: FunctionTool = { type: 'function', name: 'time' }
const encode = (changes: Partial<ChatRequest>, target = GEMINI_3) =>
  encodeRequest(placed(chatRequest(changes)), target)
const decode = (body: JsonObject) =>
  decodeRequest({ contents: [{ parts: [{ text: 'x' }] }], ...body }, { model: 'm', headers: {} })
const declared = (...functionDeclarations: JsonObject[]) => decode({ tools: [{ functionDeclarations }] })
const choice = (toolChoice: ToolChoice, tools = [weather, time]) =>
  encode({ tools, toolChoice }).body.toolConfig
const mode = (functionCallingConfig: JsonObject) => ({ functionCallingConfig })

describe('definitions', () => {
  test('TLD-01 TLD-05 TLD-06 TLD-07 TLD-09 schemas go as JSON Schema, byte for byte, in order', () => {
    const { body, dropped } = encode({ tools: [weather, time] })
    expect(JSON.stringify(body.tools)).toBe(
      JSON.stringify([
        {
          functionDeclarations: [
            { name: 'weather', description: 'd', parametersJsonSchema: schema },
            { name: 'time', description: '' },
          ],
        },
      ]),
    )
    expect(dropped).toEqual([])
  })

  test('TLD-02 a tool without parameters has no schema', () => {
    for (const parameters of [
      {},
      { type: 'object' },
      { type: 'object', properties: {}, additionalProperties: false },
    ])
      expect(encode({ tools: [{ ...time, parameters }] }).body.tools).toEqual([
        { functionDeclarations: [{ name: 'time', description: '' }] },
      ])
  })

  test('TLD-03 parameters that are no object are declared one, or refused', () => {
    const typeless = encode({ tools: [{ ...time, parameters: { anyOf: [{ type: 'object' }] } }] })
    expect(typeless.body.tools).toMatchObject([
      { functionDeclarations: [{ parametersJsonSchema: { type: 'object' } }] },
    ])
    expect(typeless.dropped).toMatchObject([{ path: 'tools[0].parameters', action: 'approximated' }])
    expect(() => encode({ tools: [{ ...time, parameters: { type: 'array' } }] })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'tools[0].parameters' }),
    )
  })

  test('TLD-04 TLC-11 strict tools are validated, and the other way round', () => {
    const { body, dropped } = encode({ tools: [{ ...weather, isStrict: true }] })
    expect(body.toolConfig).toEqual(mode({ mode: 'VALIDATED' }))
    expect(dropped).toMatchObject([{ path: 'tools[0].strict', action: 'approximated' }])
    const request = decode({
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
      toolConfig: mode({ mode: 'VALIDATED' }),
    })
    expect(request).toMatchObject({ toolChoice: { type: 'auto' }, tools: [{ name: 'f', isStrict: true }] })
    expect(request.extras).toMatchObject([{ path: 'toolConfig.functionCallingConfig.mode', weight: 'hint' }])
  })

  test('TLD-08 TLD-13 names that Gemini forbids are renamed for the call', () => {
    const { body, toolNames, dropped } = encode({
      tools: [
        { ...time, name: '1 time' },
        { ...time, namespace: 'clock' },
      ],
    })
    const [renamed] = [...toolNames.keys()]
    expect(body.tools).toMatchObject([{ functionDeclarations: [{ name: renamed }, { name: 'clock__time' }] }])
    expect(toolNames.get('clock__time')).toEqual({ name: 'time', namespace: 'clock' })
    expect(dropped).toHaveLength(2)
  })

  test('TLD-10 TLD-11 deferral is given up, what Gemini alone knows is reported', () => {
    expect(encode({ tools: [{ ...time, isDeferred: true }] }).dropped).toMatchObject([
      { path: 'tools[0].defer_loading' },
    ])
    const { extras } = declared({ name: 'f', behavior: 'NON_BLOCKING', response: { type: 'STRING' } })
    expect(extras.map(({ path, weight }) => [path, weight])).toEqual([
      ['tools[0].functionDeclarations[0].behavior', 'hint'],
      ['tools[0].functionDeclarations[0].response', 'hint'],
    ])
  })

  test('TLD-12 a tool that takes free text is wrapped, forced with a grammar it is refused', () => {
    const { body, toolNames } = encode({ tools: [{ type: 'custom', name: 'patch' }] })
    expect(body.tools).toMatchObject([
      { functionDeclarations: [{ parametersJsonSchema: { required: ['input'] } }] },
    ])
    expect(toolNames.get('patch')).toEqual({ name: 'patch', isWrappedCustom: true })
    const grammar = { syntax: 'lark', definition: 'start: "a"' }
    const tools: Tool[] = [{ type: 'custom', name: 'patch', namespace: 'files', grammar }]
    expect(encode({ tools }).body.tools).toMatchObject([
      {
        functionDeclarations: [{ name: 'files__patch', description: expect.stringContaining('start: "a"') }],
      },
    ])
    expect(() => encode({ tools, toolChoice: { type: 'required' } })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'tools[0].grammar' }),
    )
  })

  test("TLD-20 many tools are the upstream's affair", () => {
    const tools = Array.from({ length: 300 }, (_, index) => ({ ...time, name: `t${index}` }))
    expect(encode({ tools }).body.tools).toMatchObject([{ functionDeclarations: { length: 300 } }])
  })

  test('TLD-17 TLD-18 names stand for one function, and an empty list for none', () => {
    expect(() => declared({ name: 'f' }, { name: 'f' })).toThrow(expect.objectContaining({ path: 'tools' }))
    expect(encode({ tools: [], toolChoice: { type: 'auto' }, allowsParallelCalls: false })).toMatchObject({
      dropped: [],
    })
    expect(encode({ tools: [], toolChoice: { type: 'auto' } }).body).not.toHaveProperty('toolConfig')
  })

  test('SCH-06 schemas within schemas are converted wherever they stand', () => {
    const schema = {
      type: 'OBJECT',
      properties: {
        map: { type: 'OBJECT', additionalProperties: { type: 'STRING', nullable: true } },
        closed: { type: 'OBJECT', additional_properties: false },
        pair: { type: 'ARRAY', prefixItems: [{ type: 'INTEGER' }] },
        known: { ref: '#/defs/Known' },
      },
      defs: { Known: { type: 'NUMBER' } },
    }
    const parameters = {
      type: 'object',
      properties: {
        map: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
        closed: { type: 'object', additionalProperties: false },
        pair: { type: 'array', prefixItems: [{ type: 'integer' }] },
        known: { $ref: '#/$defs/Known' },
      },
      $defs: { Known: { type: 'number' } },
    }
    expect(declared({ name: 'f', parameters: schema }).tools).toMatchObject([{ parameters }])
  })

  test('SCH-06 TLD-05 OpenAPI schemas become JSON Schema', () => {
    const request = declared({
      name: 'f',
      parameters: {
        type: 'OBJECT',
        properties: {
          any_of: { type: 'STRING', nullable: true, enum: ['a'], format: 'enum' },
          list: { type: 'ARRAY', items: { type: 'INTEGER' }, min_items: '1' },
          one: { anyOf: [{ type: 'NUMBER' }, { type: 'BOOLEAN' }], nullable: true, example: 1 },
        },
        propertyOrdering: ['list'],
        required: ['list'],
      },
    })
    expect(request.tools).toMatchObject([
      {
        parameters: {
          type: 'object',
          properties: {
            any_of: { type: ['string', 'null'], enum: ['a', null] },
            list: { type: 'array', items: { type: 'integer' }, minItems: 1 },
            one: { anyOf: [{ type: 'number' }, { type: 'boolean' }, { type: 'null' }], examples: [1] },
          },
          required: ['list'],
        },
      },
    ])
    expect(request.extras).toMatchObject([
      { weight: 'hint', path: expect.stringContaining('propertyOrdering') },
    ])
  })
})

describe('hosted tools', () => {
  const search = {
    type: 'hosted',
    dialect: 'openai-responses',
    kind: 'web_search',
    wire: { type: 'web_search' },
  } as const

  test('SRV-01 SRV-02 SRV-03 AGT-04 one that is merely offered is left out and reported', () => {
    const { body, dropped } = encode({ tools: [weather, search] })
    expect(body.tools).toHaveLength(1)
    expect(dropped).toMatchObject([{ path: 'tools[1]', action: 'dropped' }])
  })

  test('SRV-02 TLC-10 the only tool, or a forced one, is refused', () => {
    expect(() => encode({ tools: [search] })).toThrow(expect.objectContaining({ path: 'tools[0]' }))
    const forced: ToolChoice = { type: 'hosted', dialect: 'openai-responses', wire: search.wire }
    expect(() => encode({ tools: [weather, search], toolChoice: forced })).toThrow(
      expect.objectContaining({ path: 'tool_choice' }),
    )
  })

  test('TOP-25 SRV-01 Gemini’s own are kept, but not where tools are ruled out', () => {
    const { tools } = decode({ tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f' }] }] })
    expect(tools[0]).toEqual({
      type: 'hosted',
      dialect: 'gemini',
      kind: 'googleSearch',
      wire: { googleSearch: {} },
    })
    expect(encode({ tools }).body.tools).toContainEqual({ googleSearch: {} })
    expect(encode({ tools, toolChoice: { type: 'none' } }).body.tools).not.toContainEqual({
      googleSearch: {},
    })
  })
})

describe('choice', () => {
  test('TLC-01 TLC-02 TLC-03 TLC-04 TLC-05 each mode', () => {
    expect(choice({ type: 'auto' })).toEqual(mode({ mode: 'AUTO' }))
    expect(choice({ type: 'none' })).toEqual(mode({ mode: 'NONE' }))
    expect(choice({ type: 'required' })).toEqual(mode({ mode: 'ANY' }))
    expect(choice({ type: 'tool', name: 'time' })).toEqual(
      mode({ mode: 'ANY', allowedFunctionNames: ['time'] }),
    )
    const names = ['time', 'weather']
    expect(choice({ type: 'allowed', mode: 'required', names })).toEqual(
      mode({ mode: 'ANY', allowedFunctionNames: names }),
    )
    expect(choice({ type: 'allowed', mode: 'auto', names })).toEqual(
      mode({ mode: 'VALIDATED', allowedFunctionNames: names }),
    )
  })

  test('TLC-04 an unknown name is refused', () => {
    expect(() => choice({ type: 'tool', name: 'x' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })

  test('TLC-01 TLC-02 TLC-03 TLC-04 TLC-05 and back', () => {
    const tools = [{ functionDeclarations: [{ name: 'a' }, { name: 'b' }] }]
    const back = (config: JsonObject) => decode({ tools, toolConfig: mode(config) }).toolChoice
    expect(back({ mode: 'AUTO' })).toEqual({ type: 'auto' })
    expect(back({ mode: 'NONE' })).toEqual({ type: 'none' })
    expect(back({ mode: 'ANY' })).toEqual({ type: 'required' })
    expect(back({ mode: 'ANY', allowedFunctionNames: ['a'] })).toEqual({ type: 'tool', name: 'a' })
    expect(back({ mode: 'ANY', allowedFunctionNames: ['a', 'b'] })).toEqual({
      type: 'allowed',
      mode: 'required',
      names: ['a', 'b'],
    })
    expect(back({ mode: 'MODE_UNSPECIFIED' })).toBeUndefined()
    for (const forced of ['ANY', 'AUTO', 'VALIDATED'])
      expect(() => back({ mode: forced, allowedFunctionNames: ['a', 'x'] })).toThrow(
        expect.objectContaining({
          code: 'invalid_request',
          path: 'toolConfig.functionCallingConfig.allowedFunctionNames',
        }),
      )
  })

  test('TLC-06 TOP-19 parallel calls cannot be ruled out', () => {
    const { dropped } = encode({ tools: [time], allowsParallelCalls: false })
    expect(dropped).toMatchObject([{ path: 'parallel_tool_calls', action: 'approximated' }])
  })

  test('TLC-07 nothing is said of parallel calls without tools', () => {
    expect(encode({ allowsParallelCalls: false }).dropped).toEqual([])
  })

  test('TLC-09 a model that cannot be forced is not', () => {
    expect(() =>
      encode({ tools: [time], toolChoice: { type: 'required' } }, withCapabilities({ forcedTools: 'no' })),
    ).toThrow(expect.objectContaining({ code: 'unsupported_parameter', path: 'tool_choice' }))
  })
})
