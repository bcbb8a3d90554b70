import { describe, expect, test } from 'vitest'
import { decode, encode, messagesOf, OPENAI, PLAIN } from '../../../test/support/dialects/openai-chat-base.ts'
import {
  answered,
  call,
  HI,
  paths,
  refused,
  result,
  said,
  text,
  tool,
} from '../../../test/support/dialects/openai-chat-pieces.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, Tool } from '../../ir/request.ts'

describe('settings', () => {
  test('TOP-02 the limit is spelled as the model wants it', () => {
    expect(encode({ maxOutputTokens: 5 }).body).toMatchObject({ max_completion_tokens: 5 })
    expect(encode({ maxOutputTokens: 5 }, PLAIN).body).toMatchObject({ max_tokens: 5 })
    expect(encode({}).body).toEqual({ model: 'served', messages: [{ role: 'user', content: 'Hi' }] })
  })

  test('TOP-03 filling the cache without an answer is refused', () => {
    expect(() => encode({ maxOutputTokens: 0 })).toThrow(refused('max_tokens'))
  })

  test('TOP-05 TOP-06 TOP-07 TOP-10 TOP-11 TOP-12 sampling', () => {
    const sampling = {
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      seed: 0,
      presencePenalty: 1,
      frequencyPenalty: 0,
    }
    const { body, dropped } = encode({ sampling: { ...sampling, logitBias: { 1: 2 } } }, PLAIN)
    expect(body).toMatchObject({
      temperature: 0.5,
      top_p: 0.9,
      seed: 0,
      presence_penalty: 1,
      frequency_penalty: 0,
      logit_bias: { 1: 2 },
    })
    expect(paths(dropped)).toEqual([['top_k', 'dropped']])
  })

  test('TOP-05 TOP-11 RSN-15 a model that reasons takes no sampling parameters and no penalties', () => {
    const model = { ...OPENAI, sampling: 'without-reasoning', penalties: false } as const
    const sampling = { temperature: 0.5, presencePenalty: 1 }
    expect(paths(encode({ sampling }, model).dropped)).toEqual([
      ['temperature', 'dropped'],
      ['presence_penalty', 'dropped'],
    ])
    expect(encode({ sampling, reasoning: { effort: 'none' } }, model).body).toMatchObject({
      temperature: 0.5,
    })
  })

  test('TOP-06 temperature goes before top_p where the model takes one of them', () => {
    const { body, dropped } = encode(
      { sampling: { temperature: 1, topP: 0.5 } },
      { ...PLAIN, samplesOneWay: true },
    )
    expect(body).not.toHaveProperty('top_p')
    expect(paths(dropped)).toEqual([['top_p', 'dropped']])
  })

  test('TOP-08 stop sequences within the limits', () => {
    expect(encode({ stopSequences: ['a'] }).body).toMatchObject({ stop: ['a'] })
    expect(() => encode({ stopSequences: ['1', '2', '3', '4', '5'] })).toThrow(refused('stop_sequences'))
    expect(() => encode({ stopSequences: ['a'] }, { ...OPENAI, stopSequences: false })).toThrow(
      refused('stop_sequences'),
    )
  })

  test('TOP-09 several answers', () => {
    expect(encode({ sampling: { choices: 1 } }).body).not.toHaveProperty('n')
    expect(encode({ source: 'gemini', sampling: { choices: 2 } }).body).toMatchObject({ n: 2 })
  })

  test('TOP-13 STR-25 logprobs, streamed or not', () => {
    expect(encode({ sampling: { logprobs: 2 } }).body).toMatchObject({ logprobs: true, top_logprobs: 2 })
    expect(encode({ sampling: { logprobs: 0 } }).body).not.toHaveProperty('top_logprobs')
    expect(encode({ isStreaming: true, sampling: { logprobs: 0 } }).body).toMatchObject({ logprobs: true })
    expect(encode({ source: 'gemini', sampling: { logprobs: 1 } }).dropped).toMatchObject([
      { path: 'generationConfig.responseLogprobs', action: 'approximated' },
    ])
  })

  test('TOP-14 TOP-15 metadata; an id that is too long is hashed', () => {
    expect(encode({ metadata: { a: 'b' }, endUserId: 'u' }).body).toMatchObject({
      metadata: { a: 'b' },
      safety_identifier: 'u',
    })
    const { body, dropped } = encode({ endUserId: 'x'.repeat(200) })
    expect(body.safety_identifier).toMatch(/^[0-9a-f]{64}$/)
    expect(paths(dropped)).toEqual([['metadata.user_id', 'approximated']])
  })

  test('TOP-16 TOP-22 tier and verbosity', () => {
    expect(encode({ serviceTier: 'flex', verbosity: 'low' }).body).toMatchObject({
      service_tier: 'flex',
      verbosity: 'low',
    })
  })

  test('TOP-17 STA-02 a stored Chat answer is no stored response', () => {
    expect(encode({ source: 'gemini', isStored: true }).body).toMatchObject({ store: true })
    const { body, dropped } = encode({ source: 'openai-responses', isStored: true })
    expect(body).not.toHaveProperty('store')
    expect(paths(dropped)).toEqual([['store', 'approximated']])
  })

  test('TOP-18 a stream is always asked for its usage', () => {
    expect(encode({ isStreaming: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test('TOP-26 TOP-30 TOP-31 TOP-32 extras: OpenAI own ones are sent, hints reported, contracts refused', () => {
    const dialect = 'openai-responses'
    const retention = { dialect, path: 'prompt_cache_retention', value: '24h', weight: 'hint' } as const
    const unknown = { dialect, path: 'vendor', value: 1, weight: 'hint' } as const
    const { body, dropped } = encode({ source: dialect, extras: [retention, unknown] })
    expect(body).toMatchObject({ prompt_cache_retention: '24h' })
    expect(paths(dropped)).toEqual([['vendor', 'dropped']])
    const contract = { dialect: 'gemini', path: 'safetySettings', value: [], weight: 'contract' } as const
    expect(() => encode({ source: 'gemini', extras: [contract] })).toThrow(refused('safetySettings'))
  })

  test('TOP-27 CCH-02 breakpoints where the model takes them, reported once where not', () => {
    const cache = { lifetime: 'long' } as const
    const parts = [
      { ...text('A'), cache },
      { ...text('B'), cache: {} },
    ]
    const request = { messages: [said(...parts)], source: 'openai-responses', caching: { key: 'k' } } as const
    const { body, dropped } = encode(request)
    expect(body).toMatchObject({ prompt_cache_key: 'k' })
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
          { type: 'text', text: 'B', prompt_cache_breakpoint: { mode: 'explicit' } },
        ],
      },
    ])
    expect(dropped).toEqual([])
    const tools = [{ ...tool('one'), hasCacheBreakpoint: 'short' } as const]
    expect(paths(encode({ ...request, tools }, PLAIN).dropped)).toEqual([
      ['input[0].content[0].cache_control', 'dropped'],
      ['tools[0].cache_control', 'dropped'],
    ])
  })

  test('CCH-02 lifetimes of Anthropic are not those of OpenAI', () => {
    const { dropped } = encode({ messages: [said({ ...text('A'), cache: { lifetime: 'short' } })] })
    expect(paths(dropped)).toEqual([['messages[0].content[0].cache_control', 'approximated']])
  })

  test('LEG-01 a prompt is asked as a message', () => {
    expect(paths(encode({ source: 'openai-completions' }).dropped)).toEqual([['prompt', 'approximated']])
  })
})

describe('formats', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  }
  const formatOf = (request: Partial<ChatRequest>, model = OPENAI) => {
    const { body, dropped } = encode(request, model)
    return [body.response_format, dropped.length]
  }
  const asked = { type: 'json-schema', schema } as const

  test('SCH-01 SCH-02 a schema is named and as strict as its source', () => {
    const named = (rest: object) => ({
      type: 'json_schema',
      json_schema: { name: 'response', schema, ...rest },
    })
    expect(formatOf({ format: asked })).toEqual([named({ strict: true }), 0])
    expect(formatOf({ source: 'openai-responses', format: asked })).toEqual([named({}), 0])
    expect(formatOf({ source: 'openai-responses', format: { ...asked, isStrict: false } })).toEqual([
      named({ strict: false }),
      0,
    ])
  })

  test('SCH-03 an open schema is not enforced', () => {
    const open = { type: 'object', properties: { a: {} } }
    const [format, count] = formatOf({ format: { ...asked, schema: open } })
    expect([format, count]).toMatchObject([{ json_schema: { schema: open, strict: false } }, 1])
  })

  test('SCH-05 JSON without a schema, and plain text, which is the default', () => {
    expect(formatOf({ format: { type: 'json' } })).toEqual([{ type: 'json_object' }, 0])
    expect(formatOf({ format: { type: 'text' } })).toEqual([undefined, 0])
  })

  test('SCH-07 what the model cannot be held to is refused', () => {
    expect(() => formatOf({ format: asked }, { ...PLAIN, nativeSchema: false })).toThrow(
      refused('output_config.format'),
    )
    const model = { ...PLAIN, schemaWithTools: false }
    expect(() => formatOf({ format: asked, tools: [tool('one')] }, model)).toThrow(
      refused('output_config.format'),
    )
  })
})

test('CCH-07 RSN-34 the same request makes the same bytes', () => {
  const request = decode({
    tools: [{ type: 'function', function: { name: 'x.y' } }],
    user: 'u'.repeat(200),
    stream: true,
  })
  const bytes = () => JSON.stringify(encode(request).body)
  expect(bytes()).toBe(bytes())
})

describe('what passes as it is', () => {
  test('TOP-01 the model is the upstream own name for it', () => {
    expect(encode({}).body.model).toBe('served')
  })

  test('TOP-04 a limit beyond what the model writes is lowered, which is reported; others are for the upstream to judge', () => {
    const { body, dropped } = encode({ maxOutputTokens: 128_000 }, { ...PLAIN, maxOutputTokens: 8192 })
    expect(body.max_tokens).toBe(8192)
    expect(paths(dropped)).toEqual([['max_tokens', 'approximated']])
    expect(encode({ maxOutputTokens: 128_000 }, PLAIN).body.max_tokens).toBe(128_000)
  })

  test('MSG-10 MSG-29 a conversation may begin with the assistant', () => {
    const { body, dropped } = encode({ messages: [answered(text('Hello!')), HI] })
    expect(body.messages).toMatchObject([{ role: 'assistant', content: 'Hello!' }, { role: 'user' }])
    expect(dropped).toEqual([])
  })

  test('MSG-20 what one answer said and called is one message', () => {
    const parts = [text('A'), call('a'), text('B'), call('b')]
    expect(
      messagesOf(encode({ messages: [HI, answered(...parts), said(result('a'), result('b'))] }, PLAIN))[1],
    ).toMatchObject({
      content: 'AB',
      tool_calls: [{ id: 'a' }, { id: 'b' }],
    })
  })

  test('PRT-04 PRT-14 images of any kind; a breakpoint stays on its image', () => {
    const heic = {
      type: 'image',
      source: { type: 'base64', mediaType: 'image/heic', data: 'QUJD' },
      cache: {},
    } as const
    expect(encode({ messages: [said(heic)] }).body.messages).toMatchObject([
      {
        content: [
          {
            image_url: { url: 'data:image/heic;base64,QUJD' },
            prompt_cache_breakpoint: { mode: 'explicit' },
          },
        ],
      },
    ])
  })

  test('TLD-03 TLD-05 TLD-20 schemas are not rewritten', () => {
    const parameters = { type: 'object', $defs: { a: { const: 1 } }, propertyNames: { pattern: 'x' } }
    const tools = (schema: JsonObject): Tool[] => [{ type: 'function', name: 'a', parameters: schema }]
    expect(encode({ tools: tools(parameters) }).body.tools).toMatchObject([{ function: { parameters } }])
    const alternatives = { anyOf: [{ type: 'object' }] }
    const { body, dropped } = encode({ tools: tools(alternatives) }, PLAIN)
    expect(body.tools).toEqual([{ type: 'function', function: { name: 'a', parameters: alternatives } }])
    expect(dropped).toEqual([])
  })

  test('TLD-19 calls in history need no tools in the request', () => {
    const { body, dropped } = encode({ messages: [answered(call('a')), said(result('a'))] })
    expect(body).not.toHaveProperty('tools')
    expect(dropped).toEqual([])
  })

  test('RSN-25 no reasoning is made up for calls that came without', () => {
    const [message = {}] = messagesOf(encode({ messages: [answered(call('a')), said(result('a'))] }, PLAIN))
    expect(Object.keys(message)).toEqual(['role', 'content', 'tool_calls'])
  })

  test('SCH-04 properties keep their order', () => {
    const schema = { type: 'object', properties: { z: {}, a: {} } }
    const { body } = encode({ source: 'openai-responses', format: { type: 'json-schema', schema } })
    expect(JSON.stringify(body.response_format)).toContain(JSON.stringify(schema))
  })
})

describe('what is left out or refused', () => {
  test.each([
    ['MSG-08', 'anthropic-messages', 'messages[1].content[0]'],
    ['TOP-29 STA-01', 'openai-responses', 'previous_response_id'],
    ['STA-03', 'openai-responses', 'background'],
    ['STA-04', 'openai-responses', 'prompt'],
    ['STA-05 MSG-25', 'openai-responses', 'input[0]'],
    ['RSN-13', 'openai-responses', 'reasoning.mode'],
    ['SCH-12', 'openai-responses', 'input[1]'],
    ['TOP-31', 'anthropic-messages', 'inference_geo'],
    ['CCH-06', 'gemini', 'cachedContent'],
  ] as const)('%s a contract of %s is refused by its path, before any call: %s', (_ids, source, path) => {
    const extra = { dialect: source, path, value: 1, weight: 'contract' } as const
    // ERR-25
    expect(() => encode({ source, extras: [extra] })).toThrow(refused(path))
  })

  test.each([
    ['RSN-13', 'openai-responses', 'reasoning.context'],
    ['RSN-14', 'anthropic-messages', 'task_budget'],
    ['TLD-10', 'anthropic-messages', 'tools[0].input_examples'],
    ['TCL-20', 'anthropic-messages', 'messages[1].content[0].caller'],
    ['CCH-10', 'anthropic-messages', 'diagnostics'],
  ] as const)('%s a hint of %s is reported: %s', (_ids, source, path) => {
    const extra = { dialect: source, path, value: 1, weight: 'hint' } as const
    expect(paths(encode({ source, extras: [extra] }).dropped)).toEqual([[path, 'dropped']])
  })

  test('TLD-14 TLD-15 typed tools of other providers that were not expanded are hosted to us', () => {
    const shell: Tool = { type: 'hosted', dialect: 'openai-responses', kind: 'local_shell', wire: {} }
    expect(() => encode({ tools: [shell] })).toThrow(refused('tools[0]'))
  })

  test('CCH-01 CCH-05 breakpoints of calls and of empty results have no slot; those of results stand on their last text', () => {
    const marked = { ...call('a'), cache: {} }
    const empty = { ...result('a'), cache: {} }
    expect(paths(encode({ messages: [answered(marked), said(empty)] }).dropped)).toEqual([
      ['messages[0].content[0].cache_control', 'dropped'],
      ['messages[1].content[0].cache_control', 'dropped'],
    ])
    const long = { ...result('a', text('1'), text('2')), cache: {} }
    const failed = { ...result('a', text('1')), isError: true, cache: {} }
    for (const each of [long, failed])
      expect(messagesOf(encode({ messages: [answered(call('a')), said(each)] }))[1]?.content).toMatchObject([
        ...(each === long ? [{ text: '1' }] : []),
        { prompt_cache_breakpoint: { mode: 'explicit' } },
      ])
  })

  test('AGT-01 what Claude Code sends survives, whatever of it is left behind', () => {
    const cache = { lifetime: 'long' } as const
    const { body, dropped } = encode(
      {
        maxOutputTokens: 128_000,
        reasoning: { mode: 'adaptive', effort: 'medium', summary: 'none' },
        endUserId: JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's'.repeat(64) }),
        messages: [
          { role: 'system', parts: [{ ...text('A'), cache }] },
          HI,
          { role: 'system', parts: [{ ...text('B'), cache }] },
        ],
        extras: [{ dialect: 'anthropic-messages', path: 'context_management', value: {}, weight: 'hint' }],
      },
      PLAIN,
    )
    expect(body).toMatchObject({
      max_tokens: 128_000,
      reasoning_effort: 'medium',
      messages: [{ content: 'A' }, {}, { content: 'B' }],
    })
    expect(paths(dropped)).toEqual([
      ['context_management', 'dropped'],
      ['system[0].cache_control', 'dropped'],
      ['metadata.user_id', 'approximated'],
    ])
  })
})
