import type { ConverseRequest } from '@aws-sdk/client-bedrock-runtime'
import { describe, expect, test } from 'vitest'
import { placed } from '../../../test/support/placed.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CapabilityOverrides } from '../../ir/capabilities.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest } from '../../ir/request.ts'
import { capabilitiesOf } from '../../providers/models/index.ts'
import { encodeRequest } from './encode-request.ts'

const BASE: ChatRequest = {
  source: 'openai-chat',
  model: 'amazon.nova-2-lite-v1:0',
  isStreaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  stopSequences: [],
  sampling: {},
  wantsStreamUsage: true,
  extras: [],
}

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

function encode(request: Partial<ChatRequest>, overrides: CapabilityOverrides = {}) {
  const whole = { ...BASE, ...request }
  const known = capabilitiesOf(whole.model)
  const thinking = { ...known.thinking, ...overrides.thinking }
  const { body, dropped } = encodeRequest(placed(whole), {
    model: whole.model,
    capabilities: { ...known, ...overrides, thinking },
  })
  return { body: body as JsonObject & ConverseRequest, dropped, paths: dropped.map(({ path }) => path) }
}

const user = (...parts: Part[]) => ({ role: 'user', parts }) as const
const assistant = (...parts: Part[]) => ({ role: 'assistant', parts }) as const
const text = (value: string) => ({ type: 'text', text: value }) as const

test('a plain question is its message and nothing else: model and streaming are the URL’s', () => {
  expect(encode({ isStreaming: true })).toMatchObject({
    body: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
    dropped: [],
  })
  expect(Object.keys(encode({}).body)).toEqual(['messages'])
})

describe('messages', () => {
  test('instructions stand apart; speakers alternate; what is blank is left out', () => {
    const { body, dropped } = encode({
      messages: [
        { role: 'system', parts: [text('Be brief.')] },
        user(text('One')),
        user(text('  '), text('Two')),
        assistant(text('Three')),
        user(text('Four')),
      ],
    })
    expect(body.system).toEqual([{ text: 'Be brief.' }])
    expect(body.messages).toEqual([
      { role: 'user', content: [{ text: 'One' }, { text: 'Two' }] },
      { role: 'assistant', content: [{ text: 'Three' }] },
      { role: 'user', content: [{ text: 'Four' }] },
    ])
    expect(dropped).toEqual([])
  })

  test('instructions in the middle become marked text, an answer in front gets a note, both reported', () => {
    const { body, paths } = encode({
      messages: [assistant(text('A')), { role: 'system', parts: [text('S')] }, user(text('Q'))],
    })
    expect(body.messages?.[0]).toMatchObject({ role: 'user' })
    expect(body.messages?.[2]).toEqual({
      role: 'user',
      content: [{ text: '<system-message>\nS\n</system-message>' }, { text: 'Q' }],
    })
    expect(paths).toEqual(['messages[1]', 'messages[0]'])
  })

  test('MSG-11 an answer that comes last is refused where the model does not continue it', () => {
    const messages = [user(text('Q')), assistant(text('A '))]
    expect(encode({ messages }).body.messages?.[1]).toEqual({ role: 'assistant', content: [{ text: 'A' }] })
    expect(() => encode({ messages }, { prefill: false })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'messages[1]' }),
    )
    const plain = [user(text('Q')), assistant(text('A'))]
    expect(encode({ messages: plain }).paths).toEqual(['messages[1]'])
    expect(encode({ messages: plain, source: 'anthropic-messages' }).paths).toEqual([])
  })

  test('TOP-04 AGT-01 more than the model writes is lowered, and thinking with it', () => {
    const budget = { mode: 'budget', budgetTokens: 100_000 } as const
    const { body, dropped } = encode(
      { model: CLAUDE, source: 'anthropic-messages', maxOutputTokens: 128_000, reasoning: budget },
      { maxOutputTokens: 64_000 },
    )
    expect(body.inferenceConfig?.maxTokens).toBe(64_000)
    expect(body.additionalModelRequestFields).toMatchObject({ thinking: { budget_tokens: 48_000 } })
    expect(dropped).toContainEqual(expect.objectContaining({ path: 'max_tokens', action: 'approximated' }))
  })

  test('TOP-03 it cannot write nothing', () => {
    expect(() => encode({ source: 'openai-responses', maxOutputTokens: 0 })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'max_output_tokens' }),
    )
  })

  test('PRT-11 what an answer showed moves to the next user message', () => {
    const image = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aW1n' } } as const
    const { body, paths } = encode({
      messages: [user(text('Q')), assistant(text('A'), image), user(text('R'))],
    })
    expect(body.messages).toMatchObject([
      {},
      { role: 'assistant', content: [{ text: 'A' }] },
      { role: 'user', content: [{ image: { format: 'png' } }, { text: 'R' }] },
    ])
    expect(paths).toEqual(['messages[1].content[1]'])
    expect(() => encode({ messages: [user(text('Q')), assistant(text('A'), image)] })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'messages[1].content[1]' }),
    )
  })

  test('PRT-05 a document never stands without words', () => {
    const pdf = { type: 'base64', mediaType: 'application/pdf', data: 'UERG' } as const
    const { body, paths } = encode({ messages: [user({ type: 'document', source: pdf })] })
    expect(body.messages?.[0]?.content).toMatchObject([
      { document: {} },
      { text: expect.stringMatching(/./) },
    ])
    expect(paths).toEqual(['messages[0].content[0]'])
    expect(encode({ messages: [user({ type: 'document', source: pdf }, text('Q'))] }).paths).toEqual([])
  })

  test('PRT-05 no two documents have the same name, in whatever case', () => {
    const named = (filename?: string): Part => ({
      type: 'document',
      source: { type: 'text', text: 'x' },
      ...(filename !== undefined && { filename }),
    })
    const { body } = encode({
      messages: [user(named(), named('a.pdf')), assistant(text('A')), user(named(), named('A.txt'), named())],
    })
    const names = body.messages?.flatMap(({ content }) =>
      content?.flatMap(({ document }) => document?.name ?? []),
    )
    expect(names).toEqual(['document', 'a', 'document (2)', 'A (2)', 'document (3)'])
  })

  test('pictures, documents, sound and film go by the names that Bedrock has for them', () => {
    const { body } = encode({
      messages: [
        user(
          { type: 'image', source: { type: 'base64', mediaType: 'image/jpg', data: 'aW1n' } },
          {
            type: 'document',
            filename: 'Report_v2 (final).pdf',
            source: { type: 'base64', mediaType: 'application/pdf', data: 'cGRm' },
          },
          { type: 'document', source: { type: 'text', text: 'plain' }, citesSources: true },
          { type: 'audio', mediaType: 'audio/mpeg', data: 'bXAz' },
          { type: 'video', source: { type: 'url', url: 's3://bucket/film.mp4', mediaType: 'video/mp4' } },
          text('Q'),
        ),
      ],
    })
    expect(body.messages?.[0]?.content).toEqual([
      { image: { format: 'jpeg', source: { bytes: 'aW1n' } } },
      { document: { name: 'Report-v2 (final)', format: 'pdf', source: { bytes: 'cGRm' } } },
      {
        document: {
          name: 'document',
          format: 'txt',
          source: { text: 'plain' },
          citations: { enabled: true },
        },
      },
      { audio: { format: 'mp3', source: { bytes: 'bXAz' } } },
      { video: { format: 'mp4', source: { s3Location: { uri: 's3://bucket/film.mp4' } } } },
      { text: 'Q' },
    ])
  })

  test.each([
    { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    { type: 'image', source: { type: 'base64', mediaType: 'image/tiff', data: 'x' } },
    { type: 'document', source: { type: 'file', dialect: 'openai-chat', id: 'file-1' } },
  ] as const satisfies readonly Part[])('what Bedrock cannot read is refused: %o', (part) => {
    expect(() => encode({ messages: [user(part)] })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'messages[0].content[0]' }),
    )
  })

  test('reasoning goes back to where it came from, unchanged, and to nobody else', () => {
    const reasoning = (
      origin: 'bedrock-converse' | 'gemini',
      kind: 'signature' | 'redacted',
      payload: string,
    ) => ({ type: 'reasoning', text: 'why', carrier: { origin, kind, payload } }) as const
    const { body, dropped } = encode({
      messages: [
        user(text('Q')),
        assistant(
          reasoning('bedrock-converse', 'signature', 'sig'),
          reasoning('bedrock-converse', 'redacted', 'cmVk'),
          reasoning('gemini', 'signature', 'x'),
          text('A'),
        ),
        user(text('Q')),
      ],
    })
    expect(body.messages?.[1]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: 'why', signature: 'sig' } } },
      { reasoningContent: { redactedContent: 'cmVk' } },
      { text: 'A' },
    ])
    expect(dropped).toMatchObject([{ path: 'messages[1].content[2]', action: 'approximated' }])
  })

  test('CCH-02 no cache point lives longer than one before it', () => {
    const cached = (lifetime: 'short' | 'long'): Part => ({ ...text('x'), cache: { lifetime } })
    const { body, dropped } = encode({
      model: CLAUDE,
      messages: [user(cached('long'), cached('short'), cached('long'))],
    })
    const points = body.messages?.[0]?.content?.filter((block) => 'cachePoint' in block)
    expect(points).toEqual([
      { cachePoint: { type: 'default', ttl: '1h' } },
      { cachePoint: { type: 'default' } },
      { cachePoint: { type: 'default' } },
    ])
    expect(dropped).toMatchObject([
      { action: 'approximated', reason: 'a cache point may not live longer than one before it' },
    ])
  })

  test('breakpoints become cache points behind what they stood on, four at most', () => {
    const cached = { type: 'text', text: 'x', cache: { lifetime: 'long' } } as const
    const { body, dropped } = encode({
      messages: [
        { role: 'system', parts: [cached] },
        user(cached, cached, cached, cached, { ...cached, cache: {} }),
      ],
    })
    expect(body.system).toEqual([{ text: 'x' }, { cachePoint: { type: 'default', ttl: '1h' } }])
    expect(body.messages?.[0]?.content?.filter((block) => 'cachePoint' in block)).toHaveLength(3)
    expect(dropped).toHaveLength(1)
    const plain = encode({ model: 'meta.llama3-3-70b-instruct-v1:0', messages: [user(cached)] })
    expect([plain.body.messages, plain.paths]).toEqual([
      [{ role: 'user', content: [{ text: 'x' }] }],
      ['messages[0].content[0].cache_control'],
    ])
  })
})

const WEATHER = {
  type: 'function',
  name: 'weather',
  description: 'Looks outside',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
} as const

const WEATHER_SPEC = {
  toolSpec: { name: 'weather', description: 'Looks outside', inputSchema: { json: WEATHER.parameters } },
}

describe('tools', () => {
  test.each([
    [undefined, undefined],
    [{ type: 'auto' }, undefined],
    [{ type: 'required' }, { any: {} }],
    [{ type: 'tool', name: 'weather' }, { tool: { name: 'weather' } }],
  ] as const)('choice %o is %o', (toolChoice, expected) => {
    const { body, dropped } = encode({ tools: [WEATHER], ...(toolChoice && { toolChoice }) })
    expect(body.toolConfig).toEqual({ tools: [WEATHER_SPEC], ...(expected && { toolChoice: expected }) })
    expect(dropped).toEqual([])
  })

  const CALL = {
    type: 'tool-call',
    callId: 'call_1',
    name: 'weather',
    input: '{"city":"Ulm","n":1}',
    kind: 'function',
  } as const
  const RESULT = {
    type: 'tool-result',
    callId: 'call_1',
    content: [text('sunny')],
    isError: false,
    kind: 'function',
  } as const
  const HISTORY = [user(text('Q')), assistant(CALL), user(text('and?'), RESULT)]

  test('calls and results are linked, results first', () => {
    const { body } = encode({ tools: [WEATHER], messages: HISTORY })
    expect(body.messages?.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [{ toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Ulm', n: 1 } } }],
      },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'sunny' }] } }, { text: 'and?' }],
      },
    ])
  })

  test('failed, empty and structured results', () => {
    const results = [
      { ...RESULT, isError: true },
      { ...RESULT, content: [] },
      { ...RESULT, content: [], json: { temperature: 20 } },
    ]
    const { body } = encode({
      tools: [WEATHER],
      messages: [user(text('Q')), assistant(CALL), user(...results)],
    })
    expect(body.messages?.[2]?.content).toEqual([
      { toolResult: { toolUseId: 'call_1', content: [{ text: 'sunny' }], status: 'error' } },
      { toolResult: { toolUseId: 'call_1', content: [] } },
      { toolResult: { toolUseId: 'call_1', content: [{ json: { temperature: 20 } }] } },
    ])
  })

  test('no choice of none: tools are not sent, unless the history needs them', () => {
    expect(encode({ tools: [WEATHER], toolChoice: { type: 'none' } }).body).not.toHaveProperty('toolConfig')
    const needed = encode({ tools: [WEATHER], toolChoice: { type: 'none' }, messages: HISTORY })
    expect([needed.body.toolConfig, needed.paths]).toEqual([{ tools: [WEATHER_SPEC] }, ['tool_choice']])
  })

  test('a history of calls without tools gets stubs, reported', () => {
    const { body, paths } = encode({ messages: HISTORY })
    expect(body.toolConfig?.tools).toMatchObject([{ toolSpec: { name: 'weather' } }])
    expect(paths).toEqual(['messages[1].content[0]'])
  })

  test('ids and names that are not legal are made so, the same every time', () => {
    const odd = { ...CALL, callId: 'call|1/ö', name: 'mcp.weather' }
    const messages = [user(text('Q')), assistant(odd), user({ ...RESULT, callId: 'call|1/ö' })]
    const { body } = encode({ tools: [{ ...WEATHER, name: 'mcp.weather' }], messages })
    const ids = JSON.stringify(body.messages).match(/"toolUseId":"([a-zA-Z0-9_-]{1,64})"/g)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    expect(body.toolConfig?.tools?.[0]).toMatchObject({
      toolSpec: { name: expect.stringMatching(/^mcp_weather_/) as unknown },
    })
  })

  test('TLC-05 of allowed tools only those are sent, and whatever else was offered is reported', () => {
    const hosted = { type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire: {} } as const
    const { body, paths } = encode({
      tools: [{ ...WEATHER, name: 'time' }, WEATHER, hosted],
      toolChoice: { type: 'allowed', mode: 'required', names: ['weather'] },
    })
    expect(body.toolConfig).toEqual({ tools: [WEATHER_SPEC], toolChoice: { any: {} } })
    expect(paths).toEqual(['tool_choice', 'tools[2]'])
  })

  test('hosted tools are left out and reported, refused where there is nothing else', () => {
    const hosted = { type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire: {} } as const
    const { body, paths } = encode({ tools: [WEATHER, hosted] })
    expect([body.toolConfig?.tools, paths]).toEqual([[WEATHER_SPEC], ['tools[1]']])
    expect(() => encode({ tools: [hosted] })).toThrow(expect.objectContaining({ path: 'tools[0]' }))
  })
})

describe('settings', () => {
  test('what Converse has a place for', () => {
    const { body, dropped } = encode({
      maxOutputTokens: 100,
      stopSequences: ['END'],
      sampling: { temperature: 0.5, topP: 0.9, topK: 20 },
      serviceTier: 'flex',
      metadata: { team: 'search' },
    })
    expect(body).toMatchObject({
      inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
      additionalModelRequestFields: { inferenceConfig: { topK: 20 } },
      serviceTier: { type: 'flex' },
      requestMetadata: { team: 'search' },
    })
    expect(dropped).toEqual([])
  })

  test('hints without a place are reported, contracts refused', () => {
    const { paths } = encode({
      model: 'meta.llama3-3-70b-instruct-v1:0',
      sampling: { temperature: 1.5, topK: 3, seed: 1, presencePenalty: 1 },
      endUserId: 'u',
      verbosity: 'low',
      isStored: true,
      allowsParallelCalls: false,
      tools: [WEATHER],
      metadata: { ü: 'x' },
    })
    expect(paths.toSorted()).toEqual(
      [
        'temperature',
        'top_k',
        'seed',
        'presence_penalty',
        'safety_identifier',
        'verbosity',
        'store',
        'parallel_tool_calls',
        'metadata.ü',
      ].toSorted(),
    )
    for (const sampling of [{ logprobs: 1 }, { choices: 2 }, { logitBias: { 5: 1 } }])
      expect(() => encode({ sampling })).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }))
  })

  test('fields of Converse’s own pass as they are; others of the client’s are accounted for', () => {
    const extra = (path: string, value: unknown) =>
      ({ dialect: 'openai-chat', path, value, weight: 'hint' }) as const
    const guardrailConfig = { guardrailIdentifier: 'g', guardrailVersion: '1' }
    const { body, paths } = encode({
      sampling: { topK: 5 },
      extras: [
        extra('guardrailConfig', guardrailConfig),
        extra('additionalModelRequestFields', { x: 1 }),
        extra('mystery', 1),
      ],
    })
    expect(body).toMatchObject({
      guardrailConfig,
      additionalModelRequestFields: { inferenceConfig: { topK: 5 }, x: 1 },
    })
    expect(paths).toEqual(['mystery'])
  })

  test('a schema is kept to where the model can be held to it', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const format = { type: 'json-schema', name: 'answer', schema, isStrict: true } as const
    const { body } = encode({ model: 'qwen.qwen3-32b-v1:0', format })
    expect(body.outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'answer' } },
      },
    })
    expect(() => encode({ format })).toThrow(expect.objectContaining({ path: 'response_format' }))
    expect(encode({ model: 'qwen.qwen3-32b-v1:0', format }).paths).toEqual([])
    const told = encode({ format: { type: 'json' } })
    expect([told.body.system?.length, told.paths]).toEqual([1, ['response_format']])
  })
})

describe('schemas', () => {
  const model = CLAUDE
  const enforced = (schema: JsonObject, changes: Partial<ChatRequest> = {}) => {
    const { body, paths } = encode({
      model,
      format: { type: 'json-schema', schema, isStrict: true },
      ...changes,
    })
    const sent = body.outputConfig?.textFormat?.structure?.jsonSchema?.schema
    return [JSON.parse(sent ?? 'null') as unknown, paths]
  }

  test('SCH-03 what Bedrock cannot enforce is told in descriptions, or refused', () => {
    expect(enforced({ type: 'object', properties: { n: { type: 'integer', minimum: 1 } } })).toEqual([
      {
        type: 'object',
        properties: { n: { type: 'integer', description: '(minimum: 1)' } },
        additionalProperties: false,
      },
      ['response_format'],
    ])
    const refused = expect.objectContaining({ path: 'response_format' }) as Error
    expect(() => enforced({ type: 'object', properties: { a: { $ref: '#' } } })).toThrow(refused)
    expect(() => enforced({ type: 'object', additionalProperties: { type: 'string' } })).toThrow(refused)
  })

  test('SCH-02 a schema that was only a wish binds, which is reported', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    expect(enforced(schema, { format: { type: 'json-schema', schema } })).toEqual([
      schema,
      ['response_format'],
    ])
    const fromGemini = { format: { type: 'json-schema', schema }, source: 'gemini' } as const
    expect(enforced(schema, fromGemini)).toEqual([schema, []])
  })

  test('TLD-04 strict tools are strict where the model can be held to a schema', () => {
    const tool = { ...WEATHER, isStrict: true }
    const { body, paths } = encode({ model, tools: [tool] })
    expect(body.toolConfig?.tools).toEqual([
      {
        toolSpec: {
          ...WEATHER_SPEC.toolSpec,
          inputSchema: { json: { ...WEATHER.parameters, additionalProperties: false } },
          strict: true,
        },
      },
    ])
    expect(paths).toEqual(['tools[0].parameters'])
    const nova = encode({ tools: [tool] })
    expect([nova.body.toolConfig?.tools, nova.paths]).toEqual([[WEATHER_SPEC], ['tools[0].strict']])
  })

  test('TLD-02 TLD-03 the root of a tool’s schema is an object without alternatives', () => {
    const sent = (parameters: JsonObject) => {
      const { body, paths } = encode({ tools: [{ type: 'function', name: 'f', parameters }] })
      return [body.toolConfig?.tools?.[0]?.toolSpec?.inputSchema?.json, paths]
    }
    expect(sent({})).toEqual([{ type: 'object', properties: {} }, []])
    const [merged, paths] = sent({ oneOf: [{ properties: { a: {} } }, { properties: { b: {} } }] })
    expect(merged).toMatchObject({ type: 'object', properties: { a: {}, b: {} } })
    expect(merged).not.toHaveProperty('oneOf')
    expect(paths).toEqual(['tools[0].parameters'])
  })
})

describe('thinking, in the words of each family', () => {
  const fields = (model: string, reasoning: ChatRequest['reasoning'], more: Partial<ChatRequest> = {}) => {
    const { body, paths } = encode({ model, ...more, ...(reasoning && { reasoning }) })
    return [body.additionalModelRequestFields, paths]
  }

  test.each([
    [
      'amazon.nova-2-lite-v1:0',
      { effort: 'medium' },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
      [],
    ],
    ['amazon.nova-2-lite-v1:0', { effort: 'none' }, { reasoningConfig: { type: 'disabled' } }, []],
    [
      'amazon.nova-2-lite-v1:0',
      { effort: 'max' },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
      ['reasoning_effort'],
    ],
    ['amazon.nova-pro-v1:0', { effort: 'high' }, undefined, ['reasoning_effort']],
    ['openai.gpt-oss-120b-1:0', { effort: 'low' }, { reasoning_effort: 'low' }, []],
    ['openai.gpt-oss-120b-1:0', { effort: 'none' }, { reasoning_effort: 'low' }, ['reasoning_effort']],
    [
      CLAUDE,
      { mode: 'budget', budgetTokens: 4000 },
      { thinking: { type: 'enabled', budget_tokens: 4000 } },
      [],
    ],
    [
      CLAUDE,
      { effort: 'medium' },
      { thinking: { type: 'enabled', budget_tokens: 8192 } },
      ['reasoning_effort'],
    ],
    [CLAUDE, { mode: 'disabled' }, { thinking: { type: 'disabled' } }, []],
    [
      'anthropic.claude-opus-4-7-v1:0',
      { effort: 'high' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      [],
    ],
    [
      'anthropic.claude-opus-5-5-v1:0',
      { effort: 'none' },
      { output_config: { effort: 'low' } },
      ['reasoning_effort'],
    ],
    ['deepseek.r1-v1:0', { effort: 'high' }, undefined, ['reasoning_effort']],
    [CLAUDE, { summary: 'auto' }, undefined, []],
  ] as const)('%s, %o', (model, reasoning, expected, reported) => {
    expect(fields(model, reasoning)).toEqual([expected, reported])
  })

  test('sampling yields to thinking, and so does thinking to a forced call', () => {
    const sampled = encode({
      model: CLAUDE,
      reasoning: { mode: 'budget', budgetTokens: 2000 },
      sampling: { temperature: 0.3 },
    })
    expect([sampled.body.inferenceConfig, sampled.paths]).toEqual([undefined, ['temperature']])
    const forced = encode({
      model: CLAUDE,
      reasoning: { mode: 'budget', budgetTokens: 2000 },
      tools: [WEATHER],
      toolChoice: { type: 'required' },
    })
    expect([forced.body.additionalModelRequestFields, forced.paths]).toEqual([
      undefined,
      ['reasoning_effort'],
    ])
  })
})
