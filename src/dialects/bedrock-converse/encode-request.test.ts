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

  test('an answer that comes last is refused where the model does not continue it', () => {
    const messages = [user(text('Q')), assistant(text('A '))]
    expect(encode({ messages }).body.messages?.[1]).toEqual({ role: 'assistant', content: [{ text: 'A' }] })
    expect(() => encode({ messages }, { prefill: false })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'messages[1]' }),
    )
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
    const schema = { type: 'object', properties: {} }
    const format = { type: 'json-schema', name: 'answer', schema, isStrict: true } as const
    const { body } = encode({ model: 'qwen.qwen3-32b-v1:0', format })
    expect(body.outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'answer' } },
      },
    })
    expect(() => encode({ format })).toThrow(expect.objectContaining({ path: 'response_format' }))
    const told = encode({ format: { type: 'json' } })
    expect([told.body.system?.length, told.paths]).toEqual([1, ['response_format']])
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
