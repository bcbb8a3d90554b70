import OpenAI from 'openai'
import type {
  ChatCompletionMessageParam,
  ChatCompletionMessageToolCall,
} from 'openai/resources/chat/completions'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Json } from '../support/client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

// A Chat client that knows no field but its own format's: what Claude and Gemini want back with a tool call is lost on it.

const ACCOUNTS = {
  anthropic: { provider: 'anthropic', api_key: 'sk-up-anthropic', base_url: '{simulator}' },
  gemini: { provider: 'gemini', api_key: 'sk-up-gemini', base_url: '{simulator}' },
}
const KEYS = {
  vk_anthropic: ACCOUNTS.anthropic,
  vk_anthropic_other: ACCOUNTS.anthropic,
  vk_gemini: ACCOUNTS.gemini,
  vk_gemini_other: ACCOUNTS.gemini,
}
const MODELS = { anthropic: 'claude-opus-4-8', gemini: 'gemini-3-pro' } as const
const SENTINEL = 'skip_thought_signature_validator'
const HOUR_MS = 3_600_000

let gateway: TestGateway

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  gateway = await startGateway({ keys: KEYS, flags: { 'quota.enabled': false } })
})

beforeEach(() => gateway.simulator.clear())

afterAll(async () => {
  await gateway.close()
  vi.useRealTimers()
})

const TOOLS = ['look', 'listen'].map((name) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: { place: { type: 'string' } } } },
}))

interface Conversation {
  readonly provider: keyof typeof MODELS
  readonly key: string
  readonly isStreamed: boolean
  readonly messages: ChatCompletionMessageParam[]
}

/** Asks once, and adds the answer to the history as such a client keeps it. Returns the calls. */
async function take(turn: Conversation): Promise<readonly ChatCompletionMessageToolCall[]> {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: turn.key, maxRetries: 0 })
  const request = {
    model: MODELS[turn.provider],
    messages: turn.messages,
    tools: TOOLS,
    reasoning_effort: 'low' as const,
  }
  const completion = turn.isStreamed
    ? await client.chat.completions.stream(request).finalChatCompletion()
    : await client.chat.completions.create(request)
  const message = completion.choices[0]?.message
  const calls = (message?.tool_calls ?? []).map((call) => {
    if (call.type !== 'function') throw new Error('a custom call')
    const { name, arguments: input } = call.function
    return { id: call.id, type: call.type, function: { name, arguments: input } }
  })
  turn.messages.push({
    role: 'assistant',
    content: message?.content ?? null,
    ...(calls.length > 0 && { tool_calls: calls }),
  })
  return calls
}

async function callTools(conversation: Conversation, ask: string): Promise<void> {
  conversation.messages.push({ role: 'user', content: ask })
  const calls = await take(conversation)
  expect(calls.length).toBeGreaterThan(0)
  for (const { id } of calls)
    conversation.messages.push({ role: 'tool', tool_call_id: id, content: 'a tree' })
}

function begin(provider: keyof typeof MODELS, isStreamed: boolean): Conversation {
  return { provider, key: `vk_${provider}`, isStreamed, messages: [] }
}

/** What the provider was last told that the model had said. */
function turnsOfModel(): Json[] {
  const body = gateway.simulator.received.at(-1)?.body as Json
  const turns: Json[] = body.contents ?? body.messages
  return turns.filter(({ role }) => role === 'model' || role === 'assistant')
}

const signaturesOf = (turn: Json) =>
  turn.parts.flatMap(({ functionCall, thoughtSignature }: Json) => (functionCall ? [thoughtSignature] : []))
const thinkingOf = (turn: Json) => turn.content.filter(({ type }: Json) => type === 'thinking')

describe.each([false, true])('RSN-24 a plain Chat client (streamed: %s)', (isStreamed) => {
  test('completes a tool loop with Claude, which gets its thinking back', async () => {
    const conversation = begin('anthropic', isStreamed)
    await callTools(conversation, 'Use the tool look.')
    await take(conversation)
    await callTools(conversation, 'And both tools in parallel.')
    await take(conversation)
    const [first, , second] = turnsOfModel()
    expect(thinkingOf(first)).toMatchObject([{ signature: expect.stringMatching(/.{20}/) }])
    expect(first.content.map(({ type }: Json) => type)).toEqual(['thinking', 'tool_use'])
    expect(second.content.map(({ type }: Json) => type)).toEqual(['thinking', 'tool_use', 'tool_use'])
  })

  test('completes a tool loop with Gemini 3, which gets its own signatures back', async () => {
    const conversation = begin('gemini', isStreamed)
    await callTools(conversation, 'Use the tool look.')
    await take(conversation)
    await callTools(conversation, 'And both tools in parallel.')
    await take(conversation)
    const [first, , second] = turnsOfModel().map(signaturesOf)
    expect(first).toEqual([expect.stringMatching(/.{20}/)])
    expect(first).not.toEqual([SENTINEL])
    expect(second).toHaveLength(2)
    expect(second[0]).not.toBe(SENTINEL)
  })
})

describe('RSN-24 without its proof a tool call is taken for history of somebody else', () => {
  test('at another virtual key of the same account', async () => {
    const gemini = begin('gemini', false)
    await callTools(gemini, 'Use the tool look.')
    await take({ ...gemini, key: 'vk_gemini_other' })
    expect(turnsOfModel().map(signaturesOf)).toEqual([[SENTINEL]])
    const anthropic = begin('anthropic', false)
    await callTools(anthropic, 'Use the tool look.')
    await take({ ...anthropic, key: 'vk_anthropic_other' })
    expect(turnsOfModel().flatMap(thinkingOf)).toEqual([])
  })

  test('an hour later', async () => {
    const gemini = begin('gemini', true)
    await callTools(gemini, 'Use the tool look.')
    const anthropic = begin('anthropic', true)
    await callTools(anthropic, 'Use the tool look.')
    vi.setSystemTime(Date.now() + HOUR_MS + 1000)
    await take(gemini)
    expect(turnsOfModel().map(signaturesOf)).toEqual([[SENTINEL]])
    await take(anthropic)
    expect(turnsOfModel().flatMap(thinkingOf)).toEqual([])
  })
})
