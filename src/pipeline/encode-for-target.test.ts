import { describe, expect, test } from 'vitest'
import type { UpstreamDialectId } from '../core/dialect-id.ts'
import type { JsonObject } from '../core/json.ts'
import type { CapabilityOverrides } from '../ir/capabilities.ts'
import type { ChatRequest, ToolChoice } from '../ir/request.ts'
import { addressOf } from '../providers/address.ts'
import { anthropic } from '../providers/anthropic.ts'
import { bedrock } from '../providers/bedrock.ts'
import { gemini } from '../providers/gemini.ts'
import { openai } from '../providers/openai.ts'
import { openaiCompatible } from '../providers/openai-compatible.ts'
import type { Provider } from '../providers/provider.ts'
import type { ModelRoute, Target } from '../routing/plan.ts'
import { encodeForTarget } from './encode-for-target.ts'

interface Upstream {
  readonly provider: Provider
  readonly dialect: UpstreamDialectId
  readonly model: string
}

const UPSTREAMS: readonly Upstream[] = [
  { provider: openai, dialect: 'openai-chat', model: 'gpt-5.4' },
  { provider: openaiCompatible, dialect: 'openai-chat', model: 'a-compatible-model' },
  { provider: openai, dialect: 'openai-responses', model: 'gpt-5.4' },
  { provider: anthropic, dialect: 'anthropic-messages', model: 'claude-opus-5-5' },
  { provider: gemini, dialect: 'gemini', model: 'gemini-3-pro' },
  { provider: bedrock, dialect: 'bedrock-converse', model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' },
]

const tool = (name: string) => ({ type: 'function', name, parameters: { type: 'object' } }) as const
const FORCED: readonly ToolChoice[] = [
  { type: 'tool', name: 'look' },
  { type: 'required' },
  { type: 'allowed', mode: 'required', names: ['look'] },
]
const SCHEMA = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
} as const

function targetOf({ provider, dialect, model }: Upstream, said: Said): Target {
  const account = {
    id: 'a',
    name: 'a',
    provider: {
      ...provider,
      ...(said.provider && { capabilities: { ...provider.capabilities, ...said.provider } }),
    },
    address: addressOf(openai),
    secret: '',
    credential: undefined,
    headers: {},
    dialects: [dialect],
    models: undefined,
    priority: 0,
    weight: 1,
    isPublicOnly: false,
    isActive: true,
    ...(said.account && { capabilities: said.account }),
  }
  const route: ModelRoute = {
    sourceModel: '*',
    targetModel: undefined,
    targetProvider: undefined,
    priority: 0,
    isEnabled: true,
    ...(said.route && { capabilities: said.route }),
  }
  return { account, model, dialects: [dialect], route }
}

type Said = Partial<Record<'provider' | 'account' | 'route', Omit<CapabilityOverrides, 'thinking'>>>

function encode(upstream: Upstream, toolChoice: ToolChoice, said: Said, more: Partial<ChatRequest> = {}) {
  const request: ChatRequest = {
    source: 'openai-chat',
    model: upstream.model,
    isStreaming: false,
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    ],
    tools: [tool('look'), tool('listen')],
    toolChoice,
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
    ...more,
  }
  const { encoded } = encodeForTarget(request, targetOf(upstream, said))
  return { ...encoded, text: JSON.stringify(encoded.body) }
}

const EMULATE = { forcedTools: 'emulate' } as const
/** What the body says about choosing, without the tools that Converse keeps beside it. */
function choiceIn({ tool_choice: choice, toolConfig }: JsonObject): unknown {
  return [choice, { ...(toolConfig as JsonObject | undefined), tools: undefined }]
}

const refused: unknown = expect.objectContaining({ code: 'unsupported_parameter', path: 'tool_choice' })
const ours = (dropped: readonly { path: string; action: string }[]) =>
  dropped.filter(({ path }) => path === 'tool_choice').map(({ action }) => action)

describe.each(UPSTREAMS)('$provider.id in $dialect', (upstream) => {
  test.each(FORCED)('TLC-09 SCH-08 emulates a forced choice, %j, and forces nothing', (choice) => {
    const { text, body, dropped } = encode(upstream, choice, { account: EMULATE })
    expect(choiceIn(body)).toEqual(choiceIn(encode(upstream, { type: 'auto' }, {}).body))
    expect(text).toMatch(/Be brief\..*Your next answer must call/)
    expect(text.includes('"listen"')).toBe(choice.type === 'required')
    expect(ours(dropped)).toEqual(['approximated'])
    expect(encode(upstream, choice, { account: EMULATE }).text).toBe(text)
  })

  test('TLC-09 SCH-08 invents no tool for a schema beside it', () => {
    const format = { type: 'json-schema', name: 'x', schema: SCHEMA, isStrict: false } as const
    const { body } = encode(upstream, { type: 'tool', name: 'look' }, { account: EMULATE }, { format })
    expect(JSON.stringify(body).split('"name":"look"')).toHaveLength(2)
    const tools = (body as { tools?: object[]; toolConfig?: { tools?: object[] } }).tools
    expect(tools ?? (body as { toolConfig: { tools: object[] } }).toolConfig.tools).toHaveLength(1)
  })

  test.each(FORCED)('TLC-09 refuses a forced choice, %j, where nobody asked for an emulation', (choice) => {
    expect(() => encode(upstream, choice, { account: { forcedTools: 'no' } })).toThrow(refused)
  })
})

test('TLC-09 provider, account and route can each ask for it, and the nearer one counts', () => {
  const claude: Upstream = { provider: anthropic, dialect: 'anthropic-messages', model: 'claude-opus-5-5' }
  const choice: ToolChoice = { type: 'required' }
  for (const said of [{ provider: EMULATE }, { account: EMULATE }, { route: EMULATE }])
    expect(encode(claude, choice, said).body.tool_choice).toEqual({ type: 'auto' })
  for (const said of [{}, { account: EMULATE, route: { forcedTools: 'no' } }] as const)
    expect(() => encode(claude, choice, said)).toThrow(refused)
  expect(
    encode(claude, choice, { account: EMULATE, route: { forcedTools: 'yes' } }).body.tool_choice,
  ).toEqual({
    type: 'any',
  })
})

test('TLC-08 TLC-09 a model that is only told goes on thinking', () => {
  const claude: Upstream = { provider: anthropic, dialect: 'anthropic-messages', model: 'claude-sonnet-4-6' }
  const reasoning = { effort: 'high' } as const
  const forced: ToolChoice = { type: 'tool', name: 'look' }
  expect(encode(claude, forced, {}, { reasoning }).body).not.toHaveProperty('thinking')
  expect(encode(claude, forced, { account: EMULATE }, { reasoning }).body).toMatchObject({
    thinking: { type: 'adaptive' },
    tool_choice: { type: 'auto' },
  })
})
