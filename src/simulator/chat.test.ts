import OpenAI from 'openai'
import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionTool,
} from 'openai/resources/chat/completions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './server.ts'

let simulator: Simulator
let client: OpenAI
beforeAll(async () => {
  simulator = await startSimulator()
  client = new OpenAI({ apiKey: 'sk-any', baseURL: `${simulator.url}/v1`, maxRetries: 0 })
})
afterAll(() => simulator.close())

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city'],
}
const tool = (name: string): ChatCompletionTool => ({
  type: 'function',
  function: { name, parameters: schema },
})
const ask = (content: string, extra: object = {}): ChatCompletionCreateParamsNonStreaming => ({
  model: 'simulated',
  messages: [{ role: 'user', content }],
  ...extra,
})

/** The whole answer, after a check that the SDK folds the stream of the same request to the same choices and usage. */
async function answerBothWays(params: ChatCompletionCreateParamsNonStreaming) {
  const whole = await client.chat.completions.create(params)
  const options = { stream: true, stream_options: { include_usage: true } } as const
  const folded = await client.chat.completions.stream({ ...params, ...options }).finalChatCompletion()
  const withoutIds = (value: unknown) => JSON.stringify(value).replaceAll(/call_sim\w+/g, 'ID')
  const pick = (choices: OpenAI.ChatCompletion.Choice[]) =>
    choices.map(({ finish_reason, message }) => [
      finish_reason,
      message.content,
      message.refusal,
      message.tool_calls,
    ])
  expect(JSON.parse(withoutIds(pick(folded.choices)))).toMatchObject(
    JSON.parse(withoutIds(pick(whole.choices))),
  )
  expect(folded.usage).toEqual(whole.usage)
  return whole
}

describe('chat completions', () => {
  test('a plain answer is the same whole and streamed, and its usage adds up', async () => {
    const { choices, usage } = await answerBothWays(ask('Hello 😀'))
    expect(choices[0]?.message.content).toMatch(/^Simulated answer to: Hello 😀\./)
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
  })

  test('a tool is called when its name is said, with arguments in several fragments', async () => {
    const params = ask('Please call get_weather', { tools: [tool('get_time'), tool('get_weather')] })
    const { choices } = await answerBothWays(params)
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    const calls = choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => call.type === 'function' && call.function.name)).toEqual(['get_weather'])
    const stream = await client.chat.completions.create({ ...params, stream: true })
    let fragments = 0
    for await (const chunk of stream)
      fragments += chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ? 1 : 0
    expect(fragments).toBeGreaterThan(1)
  })

  test('parallel calls, narrated, and only one where parallel calls are off', async () => {
    const tools = [tool('one'), tool('two')]
    const { choices } = await answerBothWays(ask('narrate, use both tools', { tools }))
    expect(choices[0]?.message.tool_calls).toHaveLength(2)
    expect(choices[0]?.message.content).toContain('I will call two')
    const single = await answerBothWays(ask('use both tools', { tools, parallel_tool_calls: false }))
    expect(single.choices[0]?.message.tool_calls).toHaveLength(1)
  })

  test('a tool result is quoted in the answer that follows', async () => {
    const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'one', arguments: '{}' } }]
    const messages = [
      { role: 'user', content: 'use the tool' },
      { role: 'assistant', content: null, tool_calls },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny, 21 degrees' },
    ]
    const { choices } = await answerBothWays(ask('', { messages, tools: [tool('one')] }))
    expect(choices[0]?.message.content).toContain('sunny, 21 degrees')
    expect(choices[0]?.finish_reason).toBe('stop')
  })

  test('limits, stop sequences and choices are obeyed', async () => {
    const short = await answerBothWays(ask('Hello', { max_completion_tokens: 3 }))
    expect([short.choices[0]?.finish_reason, short.usage?.completion_tokens]).toEqual(['length', 3])
    const stopped = await answerBothWays(ask('Hello STOP there', { stop: ['STOP'] }))
    expect(stopped.choices[0]?.message.content).toBe('Simulated answer to: Hello ')
    const many = await answerBothWays(ask('Hello', { n: 3 }))
    expect(new Set(many.choices.map((choice) => choice.message.content)).size).toBe(3)
  })

  test('usage is streamed only where it is asked for', async () => {
    const chunks = []
    for await (const chunk of await client.chat.completions.create({ ...ask('Hi'), stream: true }))
      chunks.push(chunk)
    expect(chunks.every((chunk) => chunk.choices.length === 1 && !('usage' in chunk))).toBe(true)
  })

  test('structured output fits its schema', async () => {
    const json_schema = { name: 'forecast', schema, strict: true }
    const whole = await answerBothWays(ask('Hi', { response_format: { type: 'json_schema', json_schema } }))
    expect(JSON.parse(whole.choices[0]?.message.content ?? '')).toEqual({ city: 'sample city' })
    const object = await answerBothWays(ask('some json', { response_format: { type: 'json_object' } }))
    expect(JSON.parse(object.choices[0]?.message.content ?? '')).toHaveProperty('answer')
  })

  test('reasoning counts but is not shown, except by models that do', async () => {
    const hidden = await answerBothWays(ask('Hi', { reasoning_effort: 'low' }))
    expect(hidden.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0)
    expect(hidden.choices[0]?.message).not.toHaveProperty('reasoning_content')
    const shown = await answerBothWays(ask('Hi', { model: 'deepseek-chat' }))
    expect(shown.choices[0]?.message).toHaveProperty('reasoning_content')
  })

  test('cached tokens are reported the second time', async () => {
    const params = ask('Cache this please', { prompt_cache_key: 'k1' })
    const cached = async () =>
      (await client.chat.completions.create(params)).usage?.prompt_tokens_details?.cached_tokens
    expect(await cached()).toBe(0)
    expect(await cached()).toBeGreaterThan(0)
  })

  test('attachments are mentioned, refusals and filters finish their own way', async () => {
    const content = [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ]
    const seen = await answerBothWays(ask('', { messages: [{ role: 'user', content }] }))
    expect(seen.choices[0]?.message.content).toContain('1 image')
    const refused = await answerBothWays(ask('Hi', { model: 'simulated-refusal' }))
    expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: expect.any(String) })
    const filtered = await answerBothWays(ask('Hi', { model: 'simulated-content-filter' }))
    expect(filtered.choices[0]?.finish_reason).toBe('content_filter')
    const empty = await answerBothWays(ask('Hi', { model: 'x/simulated-empty' }))
    expect(empty.choices[0]?.message.content).toBe('')
  })

  test('legacy completions answer each prompt, whole and streamed', async () => {
    const params = { model: 'simulated', prompt: ['One', 'Two'], max_tokens: 50 }
    const whole = await client.completions.create(params)
    const texts = ['', '']
    for await (const chunk of await client.completions.create({ ...params, stream: true })) {
      for (const choice of chunk.choices) texts[choice.index] += choice.text
    }
    expect(whole.choices.map((choice) => choice.text)).toEqual(texts)
  })
})
