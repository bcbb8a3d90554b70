import { describe, expect, test } from 'vitest'
import { encode, PLAIN } from '../../../test/support/dialects/openai-chat-base.ts'
import {
  answered,
  call,
  HI,
  paths,
  refused,
  result,
  said,
  tool,
} from '../../../test/support/dialects/openai-chat-pieces.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, Tool } from '../../ir/request.ts'

describe('tools', () => {
  test('TLD-01 TLD-02 TLD-04 TLD-06 TLD-07 functions in their order, with their own schema', () => {
    const parameters = { required: ['z'], type: 'object', properties: { z: {}, a: {} } }
    const tools: Tool[] = [
      { type: 'function', name: 'b', description: 'd', parameters, isStrict: false },
      tool('a'),
    ]
    expect(JSON.stringify(encode({ tools }).body.tools)).toBe(
      JSON.stringify([
        { type: 'function', function: { name: 'b', description: 'd', parameters, strict: false } },
        { type: 'function', function: { name: 'a' } },
      ]),
    )
  })

  const closed = {
    type: 'object',
    properties: { a: {} },
    required: ['a'],
    additionalProperties: false,
  }
  const open = { type: 'object', properties: { a: {} } }
  const strict = (parameters: JsonObject | undefined, source: ChatRequest['source']) => {
    const declared = {
      type: 'function',
      name: 'a',
      isStrict: true,
      ...(parameters && { parameters }),
    } as const
    const { body, dropped } = encode({ source, tools: [declared] })
    const [{ function: sent }] = body.tools as [{ function: JsonObject }]
    return [sent.strict, dropped.length]
  }

  test.each(['anthropic-messages', 'gemini'] as const)(
    'TLD-04 TLC-11 strict tools of %s stay strict where OpenAI would take the schema',
    (source) => {
      expect(strict(closed, source)).toEqual([true, 0])
      expect(strict(open, source)).toEqual([false, 1])
      expect(strict({ ...closed, required: [] }, source)).toEqual([false, 1])
      expect(strict(undefined, source)).toEqual([undefined, 0])
    },
  )

  test('TLD-04 what a client of OpenAI calls strict is for OpenAI to judge', () => {
    expect(strict(open, 'openai-responses')).toEqual([true, 0])
  })

  test('TLD-02 TLD-03 OpenAI gets an object at the root, without alternatives there', () => {
    const sent = (parameters: JsonObject) => {
      const { body, dropped } = encode({ tools: [{ type: 'function', name: 'a', parameters }] })
      const [{ function: declared }] = body.tools as [{ function: JsonObject }]
      return [declared.parameters, paths(dropped)]
    }
    const approximated = [['tools[0].parameters', 'approximated']]
    const b = { properties: { b: {} } }
    expect(sent({})).toEqual([{ type: 'object', properties: {} }, []])
    expect(sent({ type: 'object' })).toEqual([{ type: 'object', properties: {} }, []])
    expect(sent(b)).toEqual([{ type: 'object', ...b }, approximated])
    expect(sent({ ...open, oneOf: [b, { type: 'object' }] })).toEqual([
      {
        type: 'object',
        properties: { a: {}, b: {} },
        description: expect.stringContaining('oneOf') as string,
      },
      approximated,
    ])
    expect(() => sent({ type: 'array' })).toThrow(refused('tools[0].parameters'))
  })

  test('TLD-08 TLD-13 names that OpenAI refuses and namespaces are mapped, in history and choice too', () => {
    const tools: Tool[] = [{ ...tool('a.b'), namespace: 'ns' } as Tool]
    const calls = answered({ ...call('c', 'a.b'), namespace: 'ns' })
    const { body, toolNames } = encode({
      tools,
      toolChoice: { type: 'tool', name: 'a.b' },
      messages: [HI, calls, said(result('c'))],
    })
    const name = [...toolNames.keys()][0]
    expect(name).toMatch(/^ns__a_b_[0-9a-f]{8}$/)
    expect(body).toMatchObject({
      tools: [{ function: { name } }],
      tool_choice: { function: { name } },
      messages: [{}, { tool_calls: [{ function: { name } }] }, {}],
    })
    expect(toolNames.get(name ?? '')).toEqual({ name: 'a.b', namespace: 'ns' })
  })

  test('TLD-11 a deferred tool is offered at once', () => {
    expect(encode({ tools: [{ type: 'function', name: 'a', isDeferred: true }] }).dropped).toHaveLength(1)
  })

  const custom: Tool = { type: 'custom', name: 'note', grammar: { syntax: 'regex', definition: 'x' } }
  const customCall = { ...call('c', 'note', 'free text'), kind: 'custom' } as const

  test('TLD-12 TCL-17 OpenAI takes custom tools as they are', () => {
    const { body, toolNames } = encode({
      tools: [custom],
      toolChoice: { type: 'tool', name: 'note' },
      messages: [answered(customCall)],
    })
    expect(body).toMatchObject({
      tools: [
        {
          type: 'custom',
          custom: { name: 'note', format: { type: 'grammar', grammar: { syntax: 'regex' } } },
        },
      ],
      tool_choice: { type: 'custom', custom: { name: 'note' } },
      messages: [{ tool_calls: [{ type: 'custom', custom: { name: 'note', input: 'free text' } }] }],
    })
    expect(toolNames.size).toBe(0)
  })

  test('TLD-12 TCL-17 others get a function with one text, but for grammars that are forced', () => {
    const tools: Tool[] = [{ type: 'custom', name: 'note' }]
    const { body, toolNames, dropped } = encode(
      { tools, messages: [answered(customCall)], source: 'openai-responses' },
      PLAIN,
    )
    expect(body).toMatchObject({
      tools: [{ function: { name: 'note', parameters: { required: ['input'] } } }],
      messages: [{ tool_calls: [{ function: { arguments: '{"input":"free text"}' } }] }],
    })
    expect(toolNames.get('note')).toEqual({ name: 'note', isWrappedCustom: true })
    expect(dropped).toHaveLength(1)
    const toolChoice = { type: 'required' } as const
    expect(() => encode({ tools: [custom], toolChoice }, PLAIN)).toThrow(refused('tools[0].grammar'))
  })

  test('TLD-16 SRV-02 SRV-03 a hosted tool beside others is left out, alone it is refused', () => {
    const hosted: Tool = { type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire: {} }
    expect(paths(encode({ tools: [hosted, tool('a')] }).dropped)).toEqual([['tools[0]', 'dropped']])
    expect(() => encode({ tools: [hosted] })).toThrow(refused('tools[0]'))
    // nobody misses what may not be called
    const none = encode({ tools: [hosted], toolChoice: { type: 'none' } })
    expect(paths(none.dropped)).toEqual([['tools[0]', 'dropped']])
    const toolChoice = { type: 'hosted', dialect: 'openai-responses', wire: { type: 'web_search' } } as const
    expect(() => encode({ tools: [hosted, tool('a')], toolChoice })).toThrow(refused('tool_choice'))
  })

  test('TLC-01 TLC-02 TLC-03 TLC-04 choices; with none the tools stay', () => {
    const choose = (toolChoice: NonNullable<ChatRequest['toolChoice']>) =>
      encode({ tools: [tool('a')], toolChoice }).body
    for (const type of ['auto', 'none', 'required'] as const)
      expect(choose({ type })).toMatchObject({ tool_choice: type, tools: [{}] })
    expect(choose({ type: 'tool', name: 'a' }).tool_choice).toEqual({
      type: 'function',
      function: { name: 'a' },
    })
  })

  test('TLC-05 allowed tools, by name or by offering no others', () => {
    const request = {
      tools: [tool('a'), tool('b')],
      toolChoice: { type: 'allowed', mode: 'required', names: ['b'] },
    } as const
    expect(encode(request).body.tool_choice).toEqual({
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'b' } }] },
    })
    const { body, dropped } = encode(request, PLAIN)
    expect(body).toMatchObject({ tools: [{ function: { name: 'b' } }], tool_choice: 'required' })
    expect(paths(dropped)).toEqual([['tool_choice', 'approximated']])
    const hosted = { type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire: {} } as const
    expect(paths(encode({ ...request, tools: [tool('b'), hosted] }, PLAIN).dropped)).toEqual([
      ['tool_choice', 'approximated'],
      ['tools[1]', 'dropped'],
    ])
  })

  test('TLC-06 TLC-07 TLD-18 parallel calls are a matter of tools', () => {
    expect(encode({ tools: [tool('a')], allowsParallelCalls: false }).body).toMatchObject({
      parallel_tool_calls: false,
    })
    expect(encode({ allowsParallelCalls: false, toolChoice: { type: 'auto' } }).body).not.toHaveProperty(
      'parallel_tool_calls',
    )
    const { body, dropped } = encode({ toolChoice: { type: 'required' } })
    expect(body).not.toHaveProperty('tool_choice')
    expect(paths(dropped)).toEqual([['tool_choice', 'dropped']])
  })

  test('TLC-09 a model that cannot be forced', () => {
    const request = { tools: [tool('a')], toolChoice: { type: 'required' } } as const
    expect(() => encode(request, { ...PLAIN, forcedTools: 'no' })).toThrow(refused('tool_choice'))
    const allowed = { type: 'allowed', names: ['a'] } as const
    const choose = (mode: 'auto' | 'required') =>
      encode({ ...request, toolChoice: { ...allowed, mode } }, { ...PLAIN, forcedTools: 'no' })
    expect(() => choose('required')).toThrow(refused('tool_choice'))
    expect(choose('auto').body.tool_choice).toBe('auto')
  })
})
