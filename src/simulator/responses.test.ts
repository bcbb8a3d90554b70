import OpenAI from 'openai'
import type {
  FunctionTool,
  Response,
  ResponseCreateParamsNonStreaming,
} from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './server.ts'

let simulator: Simulator
let client: OpenAI
beforeAll(async () => {
  simulator = await startSimulator()
  client = new OpenAI({ apiKey: 'sk-any', baseURL: `${simulator.url}/v1`, maxRetries: 0 })
})
afterAll(() => simulator.close())

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tool = (name: string): FunctionTool => ({ type: 'function', name, parameters, strict: false })
const ask = (input: unknown, extra: object = {}) =>
  ({ model: 'simulated', input, ...extra }) as ResponseCreateParamsNonStreaming

async function answerBothWays(params: ResponseCreateParamsNonStreaming): Promise<Response> {
  const whole = await client.responses.create(params)
  const folded = await client.responses.stream({ ...params, stream: true }).finalResponse()
  const plain = ({ output, usage, status, incomplete_details }: Response) =>
    JSON.stringify({ output, usage, status, incomplete_details }, (key, value: unknown) =>
      ['id', 'call_id', 'encrypted_content', 'parsed', 'parsed_arguments'].includes(key) ? undefined : value,
    )
  expect(JSON.parse(plain(folded))).toEqual(JSON.parse(plain(whole)))
  return whole
}

describe('responses', () => {
  test('a plain answer is the same whole and streamed, and its usage adds up', async () => {
    const { output_text, usage, status } = await answerBothWays(ask('Hello'))
    expect(output_text).toMatch(/^Simulated answer to: Hello\./)
    expect(status).toBe('completed')
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0))
  })

  test('events are numbered without gaps', async () => {
    const numbers = []
    const params = ask('parallel', { stream: true, tools: [tool('one'), tool('two')] })
    for await (const event of await client.responses.create({ ...params, stream: true }))
      numbers.push(event.sequence_number)
    expect(numbers).toEqual(numbers.map((_, index) => index))
  })

  test('reasoning is summarised and sealed only where asked', async () => {
    const bare = await answerBothWays(ask('Hi', { reasoning: { effort: 'low' } }))
    expect(bare.output[0]).toMatchObject({ type: 'reasoning', summary: [] })
    expect(bare.output[0]).not.toHaveProperty('encrypted_content')
    const include = ['reasoning.encrypted_content']
    const full = await answerBothWays(ask('Hi', { include, reasoning: { effort: 'low', summary: 'auto' } }))
    expect(full.output[0]).toMatchObject({
      summary: [{ type: 'summary_text' }],
      encrypted_content: expect.any(String),
    })
    expect(full.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0)
  })

  test('a reasoned tool loop goes round, and a forged seal is refused', async () => {
    const settings = {
      tools: [tool('one'), tool('two')],
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low' },
    }
    const question = { role: 'user', content: 'use both tools' }
    const { output } = await answerBothWays(ask([question], settings))
    const calls = output.filter((item) => item.type === 'function_call')
    expect(calls.map((call) => call.name)).toEqual(['one', 'two'])
    const results = calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'rain' }))
    const { output_text } = await answerBothWays(ask([question, ...output, ...results], settings))
    expect(output_text).toContain('rain | rain')
    const forged = output.map((item) =>
      item.type === 'reasoning' ? { ...item, encrypted_content: 'AAAA' } : item,
    )
    const refused = client.responses.create(ask([question, ...forged, ...results], settings))
    await expect(refused).rejects.toMatchObject({ status: 400, code: 'invalid_encrypted_content' })
  })

  test('the token limit makes it incomplete, a refusal is a part', async () => {
    const short = await answerBothWays(ask('Hello there', { max_output_tokens: 16 }))
    expect(short.incomplete_details).toEqual({ reason: 'max_output_tokens' })
    expect(short.usage?.output_tokens).toBe(16)
    const refused = await answerBothWays(ask('Hi', { model: 'simulated-refusal' }))
    expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal' }] })
    const filtered = await answerBothWays(ask('Hi', { model: 'simulated-content-filter' }))
    expect(filtered.incomplete_details).toEqual({ reason: 'content_filter' })
  })

  test('structured output fits its schema', async () => {
    const format = { type: 'json_schema', name: 'place', schema: parameters }
    const { output_text } = await answerBothWays(ask('Hi', { text: { format } }))
    expect(JSON.parse(output_text)).toEqual({ city: 'sample city' })
  })

  test('free-text tools and tools in a namespace are called in their own form', async () => {
    const tools = [
      { type: 'custom', name: 'shout' },
      { type: 'namespace', name: 'places', description: '', tools: [tool('find')] },
    ]
    const { output } = await answerBothWays(ask('parallel', { tools }))
    expect(output).toMatchObject([
      { type: 'custom_tool_call', name: 'shout', input: expect.any(String) },
      { type: 'function_call', name: 'find', namespace: 'places' },
    ])
  })

  test('a conversation continues by previous_response_id; an unknown one is refused', async () => {
    const first = await client.responses.create(ask('Remember me'))
    const next = await client.responses.create(ask('Go on', { previous_response_id: first.id }))
    expect(next.usage?.input_tokens).toBeGreaterThan((first.usage?.input_tokens ?? 0) + 10)
    expect((await client.responses.retrieve(first.id)).id).toBe(first.id)
    const unknown = client.responses.create(ask('Go on', { previous_response_id: 'resp_other' }))
    await expect(unknown).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' })
  })

  test('input tokens are counted as the answer counts them', async () => {
    const { usage } = await client.responses.create(ask('Count these words'))
    const counted = await client.responses.inputTokens.count({
      model: 'simulated',
      input: 'Count these words',
    })
    expect(counted.input_tokens).toBe(usage?.input_tokens)
  })
})
