import Anthropic from '@anthropic-ai/sdk'
import type { Message, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './server.ts'

let simulator: Simulator
let client: Anthropic
beforeAll(async () => {
  simulator = await startSimulator()
  client = new Anthropic({ apiKey: 'sk-any', baseURL: simulator.url, maxRetries: 0 })
})
afterAll(() => simulator.close())

const input_schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const
const tools = [
  { name: 'one', input_schema },
  { name: 'two', input_schema },
]
const ask = (content: string, extra: object = {}) =>
  ({
    model: 'simulated',
    max_tokens: 1000,
    messages: [{ role: 'user', content }],
    ...extra,
  }) as MessageCreateParamsNonStreaming

async function answerBothWays(params: MessageCreateParamsNonStreaming): Promise<Message> {
  const whole = await client.messages.create(params)
  const folded = await client.messages.stream(params).finalMessage()
  const plain = ({ content, stop_reason, stop_sequence, stop_details, usage }: Message) =>
    JSON.stringify(
      { content, stop_reason, stop_sequence, stop_details, output: usage.output_tokens },
      (key, value: unknown) => (key === 'id' || key === 'signature' ? undefined : value),
    )
  expect(JSON.parse(plain(folded))).toEqual(JSON.parse(plain(whole)))
  return whole
}

describe('anthropic messages', () => {
  test('a plain answer is the same whole and streamed', async () => {
    const message = await answerBothWays(ask('Hello'))
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', citations: null }] })
  })

  test('events come in order, one block open at a time', async () => {
    const types: string[] = []
    for await (const event of await client.messages.create({ ...ask('parallel', { tools }), stream: true }))
      types.push(event.type)
    const runs = types.filter((type, index) => type !== types[index - 1])
    const block = ['content_block_start', 'content_block_delta', 'content_block_stop']
    expect(runs).toEqual(['message_start', ...block, ...block, 'message_delta', 'message_stop'])
  })

  test('a tool loop with thinking goes round', async () => {
    const settings = { tools, thinking: { type: 'adaptive' } }
    const first = await answerBothWays(ask('narrate, use both tools', settings))
    expect(first.content.map((block) => block.type)).toEqual([
      'thinking',
      'text',
      'tool_use',
      'text',
      'tool_use',
    ])
    expect(first.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(0)
    const calls = first.content.filter((block) => block.type === 'tool_use')
    const results = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'rain' }))
    const messages = [
      { role: 'user', content: 'narrate, use both tools' },
      { role: 'assistant', content: first.content },
      { role: 'user', content: results },
    ]
    const second = await answerBothWays(ask('', { ...settings, messages }))
    expect(second.content.at(-1)).toMatchObject({
      type: 'text',
      text: expect.stringContaining('rain | rain'),
    })
  })

  test('thinking may be left out, but its signature must come back as it was', async () => {
    const settings = { thinking: { type: 'adaptive', display: 'omitted' } }
    const { content } = await answerBothWays(ask('Hello', settings))
    expect(content[0]).toMatchObject({ type: 'thinking', thinking: '', signature: expect.any(String) })
    const follow = (thinking: unknown) => [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: [thinking, content[1]] },
      { role: 'user', content: 'Go on' },
    ]
    await answerBothWays(ask('', { ...settings, messages: follow(content[0]) }))
    const forged = client.messages.create(
      ask('', { ...settings, messages: follow({ ...content[0], signature: 'AAAA' }) }),
    )
    await expect(forged).rejects.toMatchObject({ status: 400, message: expect.stringContaining('signature') })
  })

  test('forced tools, limits and stop sequences are obeyed', async () => {
    const forced = await answerBothWays(ask('Hi', { tools, tool_choice: { type: 'tool', name: 'two' } }))
    expect(forced.content).toMatchObject([{ type: 'tool_use', name: 'two', input: { city: 'sample city' } }])
    const single = await answerBothWays(
      ask('parallel', { tools, tool_choice: { type: 'any', disable_parallel_tool_use: true } }),
    )
    expect(single.content).toHaveLength(1)
    const short = await answerBothWays(ask('Hello', { max_tokens: 3 }))
    expect([short.stop_reason, short.usage.output_tokens]).toEqual(['max_tokens', 3])
    const stopped = await answerBothWays(ask('Hello STOP there', { stop_sequences: ['STOP'] }))
    expect([stopped.stop_reason, stopped.stop_sequence]).toEqual(['stop_sequence', 'STOP'])
  })

  test('a marked prefix is written to the cache once and read afterwards', async () => {
    const system = [
      {
        type: 'text',
        text: 'A long system prompt. '.repeat(20),
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
    ]
    const { usage: first } = await client.messages.create(ask('One', { system }))
    const { usage: second } = await client.messages.create(ask('Two', { system }))
    expect(first.cache_creation?.ephemeral_1h_input_tokens).toBe(first.cache_creation_input_tokens)
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens)
    expect(second).toMatchObject({ cache_creation_input_tokens: 0, input_tokens: first.input_tokens })
    const { input_tokens } = await client.messages.countTokens({
      model: 'simulated',
      messages: ask('One').messages,
      system: system as never,
    })
    expect(input_tokens).toBe(first.input_tokens + (first.cache_creation_input_tokens ?? 0))
  })

  test('structured output, refusals and empty answers', async () => {
    const format = { type: 'json_schema', schema: { ...input_schema, additionalProperties: false } }
    const structured = await answerBothWays(ask('Hi', { output_config: { format } }))
    expect(structured.content).toMatchObject([{ text: '{"city":"sample city"}' }])
    const refused = await answerBothWays(ask('Hi', { model: 'simulated-refusal' }))
    expect(refused).toMatchObject({ stop_reason: 'refusal', content: [], stop_details: { type: 'refusal' } })
    const empty = await answerBothWays(ask('Hi', { model: 'simulated-empty' }))
    expect(empty).toMatchObject({ stop_reason: 'end_turn', content: [] })
  })
})
