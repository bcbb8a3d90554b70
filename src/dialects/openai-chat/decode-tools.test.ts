import { describe, expect, test } from 'vitest'
import { decode } from '../../../test/support/dialects/openai-chat-base.ts'
import { invalid, tool } from '../../../test/support/dialects/openai-chat-wire-pieces.ts'

describe('tools', () => {
  test('TLD-01 TLD-02 TLD-04 TLD-06 TLD-07 TLD-09 functions as they were declared', () => {
    const parameters = { required: ['z'], properties: { z: {}, a: {} }, type: 'object' }
    const { tools } = decode({
      tools: [{ type: 'function', function: { name: 'b', parameters, strict: false } }, tool('a')],
    })
    expect(tools).toEqual([
      { type: 'function', name: 'b', parameters, isStrict: false },
      { type: 'function', name: 'a' },
    ])
    expect(JSON.stringify(tools[0])).toContain(
      '{"required":["z"],"properties":{"z":{},"a":{}},"type":"object"}',
    )
  })

  test('TLD-12 custom tools with their grammar', () => {
    const grammar = { syntax: 'lark', definition: 'start: "x"' }
    const custom = { name: 'c', format: { type: 'grammar', grammar } }
    expect(decode({ tools: [{ type: 'custom', custom }] }).tools).toEqual([
      { type: 'custom', name: 'c', grammar },
    ])
  })

  test('TLD-16 a tool of a kind that we do not know is hosted', () => {
    expect(decode({ tools: [{ type: 'web_search' }] }).tools).toMatchObject([
      { type: 'hosted', kind: 'web_search' },
    ])
  })

  test('TLD-17 a name that is used twice is refused', () => {
    expect(() => decode({ tools: [tool('a'), tool('a')] })).toThrow(invalid('tools[1]'))
  })

  test('TLD-18 TLC-07 no tools, no choice between them', () => {
    const request = decode({ tools: [], tool_choice: 'auto', parallel_tool_calls: true })
    expect(request).not.toHaveProperty('toolChoice')
    expect(request).not.toHaveProperty('allowsParallelCalls')
    expect(() => decode({ tools: [], tool_choice: 'required' })).toThrow(invalid('tool_choice'))
  })

  test('TLC-01 TLC-02 TLC-03 TLC-04 TLC-05 TLC-10 choices', () => {
    const choose = (tool_choice: unknown) => decode({ tools: [tool('a'), tool('b')], tool_choice }).toolChoice
    for (const type of ['auto', 'none', 'required']) expect(choose(type)).toEqual({ type })
    expect(choose({ type: 'function', function: { name: 'a' } })).toEqual({ type: 'tool', name: 'a' })
    expect(
      choose({ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('b')] } }),
    ).toEqual({
      type: 'allowed',
      mode: 'required',
      names: ['b'],
    })
    expect(choose({ type: 'mcp' })).toMatchObject({ type: 'hosted' })
    expect(() => choose({ type: 'function', function: { name: 'z' } })).toThrow(invalid('tool_choice'))
  })
})
