import OpenAI, {
  AuthenticationError,
  AzureOpenAI,
  InternalServerError,
  NotFoundError,
  RateLimitError,
  toFile,
} from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const CHAT_TOOL = {
  type: 'function',
  function: { name: 'get_weather', parameters: WEATHER },
} as const
const HELLO = [{ role: 'user' as const, content: 'Hello' }]

let gateway: TestGateway
let client: OpenAI

beforeAll(async () => {
  gateway = await startGateway({
    demo: true,
    keys: { vk_azure: { provider: 'azure-openai', api_key: 'azure-secret', base_url: '{simulator}' } },
    flags: { 'quota.enabled': false },
  })
  client = connect()
})

afterAll(() => gateway.close())

function connect(options: { path?: string; apiKey?: string } = {}): OpenAI {
  const { path = '/v1', apiKey = 'vk_demo' } = options
  return new OpenAI({ baseURL: gateway.url + path, apiKey, maxRetries: 0 })
}

/** The parts of a stream, read to its end. */
async function collect<Part>(stream: AsyncIterable<Part>): Promise<Part[]> {
  const parts: Part[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

describe('chat', () => {
  test.each(['', '/v1', '/openai/v1'])('answers below the base URL "%s"', async (path) => {
    const completion = await connect({ path }).chat.completions.create({
      model: 'simulated',
      messages: HELLO,
    })
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
    expect(completion.choices[0]?.message.content).toContain('Hello')
    expect(completion.usage?.total_tokens).toBeGreaterThan(0)
    expect(completion._request_id).toMatch(/^req_/)
  })

  test('streams chunks that add up to the whole answer', async () => {
    const whole = await client.chat.completions.create({ model: 'simulated', messages: HELLO })
    const stream = await client.chat.completions.create({
      model: 'simulated',
      messages: HELLO,
      stream: true,
    })
    const chunks = await collect(stream)
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(chunks.length).toBeGreaterThan(5)
    expect(chunks.some((chunk) => chunk.choices.length === 0)).toBe(false)
  })

  test('reports usage at the end of a stream to a client that asked for it', async () => {
    const stream = await client.chat.completions.create({
      model: 'simulated',
      messages: HELLO,
      stream: true,
      stream_options: { include_usage: true },
    })
    const last = (await collect(stream)).at(-1)
    expect(last?.choices).toEqual([])
    expect(last?.usage?.total_tokens).toBeGreaterThan(0)
  })

  test('the stream helper gives the final completion', async () => {
    const runner = client.chat.completions.stream({ model: 'simulated', messages: HELLO })
    const final = await runner.finalChatCompletion()
    expect(final.choices[0]).toMatchObject({ finish_reason: 'stop' })
    expect(await runner.finalContent()).toContain('Hello')
  })

  test('goes through a tool loop', async () => {
    const question = { role: 'user' as const, content: 'Use the tool get_weather' }
    const first = await client.chat.completions.create({
      model: 'simulated',
      messages: [question],
      tools: [CHAT_TOOL],
    })
    const message = first.choices[0]?.message
    const call = message?.tool_calls?.[0]
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    if (message === undefined || call?.type !== 'function') throw new Error('No tool was called.')
    expect(JSON.parse(call.function.arguments)).toHaveProperty('city')
    const second = await client.chat.completions.create({
      model: 'simulated',
      messages: [question, message, { role: 'tool', tool_call_id: call.id, content: '21 degrees' }],
      tools: [CHAT_TOOL],
    })
    expect(second.choices[0]?.message.content).toContain('21 degrees')
  })

  test('runs tools with the SDK', async () => {
    const runner = client.chat.completions.runTools({
      model: 'simulated',
      stream: true,
      messages: [{ role: 'user', content: 'Use the tool get_weather' }],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'The weather of a city.',
            parameters: WEATHER,
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `rain in ${city}`,
          },
        },
      ],
    })
    expect(await runner.finalContent()).toContain('rain in')
  })

  test('shows a provider’s own reasoning field', async () => {
    const stream = await client.chat.completions.create({
      model: 'simulated-deepseek',
      messages: HELLO,
      reasoning_effort: 'high',
      stream: true,
    })
    const deltas = (await collect(stream)).map((chunk) => chunk.choices[0]?.delta ?? {})
    const reasoning = deltas.map((delta) => ('reasoning_content' in delta ? delta.reasoning_content : ''))
    expect(reasoning.join('')).toContain('think')
  })
})

describe('responses', () => {
  test('whole, with reasoning', async () => {
    const response = await client.responses.create({
      model: 'simulated',
      input: 'Hello',
      reasoning: { effort: 'low', summary: 'auto' },
    })
    expect(response.status).toBe('completed')
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    expect(response.output_text).toContain('Hello')
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0)
  })

  test('the stream helper gives the final response', async () => {
    const stream = client.responses.stream({ model: 'simulated', input: 'Hello' })
    const types = (await collect(stream)).map(({ type }) => type)
    expect(types[0]).toBe('response.created')
    expect(types.at(-1)).toBe('response.completed')
    expect((await stream.finalResponse()).output_text).toContain('Hello')
  })

  test('keeps a conversation by id, and gives a stored response back', async () => {
    const first = await client.responses.create({ model: 'simulated', input: 'Hello' })
    const second = await client.responses.create({
      model: 'simulated',
      input: 'Again',
      previous_response_id: first.id,
    })
    expect(second.previous_response_id).toBe(first.id)
    expect((await client.responses.retrieve(first.id)).output_text).toBe(first.output_text)
    await client.responses.delete(first.id)
    await expect(client.responses.retrieve(first.id)).rejects.toThrow(NotFoundError)
  })

  test('goes through a tool loop', async () => {
    const tools = [{ type: 'function' as const, name: 'get_weather', parameters: WEATHER, strict: true }]
    const first = await client.responses.create({
      model: 'simulated',
      input: 'Use the tool get_weather',
      tools,
    })
    const call = first.output.find((item) => item.type === 'function_call')
    if (call === undefined) throw new Error('No tool was called.')
    const second = await client.responses.create({
      model: 'simulated',
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: '21 degrees' }],
      tools,
    })
    expect(second.output_text).toContain('21 degrees')
  })

  test('counts input tokens without a conversation', async () => {
    const count = await client.responses.inputTokens.count({ model: 'simulated', input: 'Hello' })
    expect(count.input_tokens).toBeGreaterThan(0)
  })
})

describe('the other endpoints', () => {
  test('legacy completions, whole and streamed', async () => {
    const whole = await client.completions.create({ model: 'simulated', prompt: 'Hello', max_tokens: 200 })
    const stream = await client.completions.create({
      model: 'simulated',
      prompt: 'Hello',
      max_tokens: 200,
      stream: true,
    })
    const text = (await collect(stream)).map((chunk) => chunk.choices[0]?.text ?? '').join('')
    expect(whole.choices[0]?.text).toContain('Hello')
    expect(text).toBe(whole.choices[0]?.text)
  })

  test('embeddings, which the SDK asks for in base64', async () => {
    const { data, usage } = await client.embeddings.create({ model: 'simulated', input: ['one', 'two'] })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
    expect(usage.total_tokens).toBeGreaterThan(0)
    expect(gateway.simulator.received.at(-1)?.body).toMatchObject({ encoding_format: 'base64' })
  })

  test('models, listed and one by one', async () => {
    const models = await client.models.list()
    expect(models.data.map(({ id }) => id)).toContain('simulated')
    expect(await client.models.retrieve('simulated')).toMatchObject({ id: 'simulated', object: 'model' })
  })

  test('moderations', async () => {
    const { results } = await client.moderations.create({ model: 'simulated', input: ['hello', 'violence'] })
    expect(results.map(({ flagged }) => flagged)).toEqual([false, true])
  })

  test('images', async () => {
    const { data } = await client.images.generate({ model: 'simulated', prompt: 'a cat', n: 2 })
    expect(data).toHaveLength(2)
    expect(data?.[0]?.b64_json).toMatch(/^iVBOR/)
  })

  test('speech is bytes, and a transcription takes them back', async () => {
    const speech = await client.audio.speech.create({ model: 'simulated', voice: 'alloy', input: 'Hello' })
    const bytes = Buffer.from(await speech.arrayBuffer())
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF')
    expect(speech.headers.get('content-type')).toBe('audio/wav')
    const { text } = await client.audio.transcriptions.create({
      model: 'simulated',
      file: await toFile(bytes, 'speech.wav'),
    })
    expect(text).toContain('transcription')
  })

  test('an Azure client, with classic deployment paths', async () => {
    const azure = new AzureOpenAI({
      endpoint: gateway.url,
      apiKey: 'vk_azure',
      apiVersion: '2024-10-21',
      deployment: 'my-deployment',
      maxRetries: 0,
    })
    const completion = await azure.chat.completions.create({ model: 'my-deployment', messages: HELLO })
    expect(completion.choices[0]?.message.content).toContain('Hello')
    const received = gateway.simulator.received.at(-1)
    expect(received?.path).toBe('/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21')
    expect(received?.headers['api-key']).toBe('azure-secret')
    const stream = await azure.chat.completions.create({
      model: 'my-deployment',
      messages: HELLO,
      stream: true,
    })
    const chunks = await collect(stream)
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  })

  test('an Azure client on the v1 paths', async () => {
    const completion = await connect({ path: '/openai/v1', apiKey: 'vk_azure' }).chat.completions.create({
      model: 'my-deployment',
      messages: HELLO,
    })
    expect(completion.choices[0]?.finish_reason).toBe('stop')
    const received = gateway.simulator.received.at(-1)
    expect(received?.path).toBe('/openai/v1/chat/completions')
    expect(received?.headers['api-key']).toBe('azure-secret')
    expect(received?.headers.authorization).toBeUndefined()
  })
})

describe('errors', () => {
  test('an unknown key is an AuthenticationError', async () => {
    const call = connect({ apiKey: 'vk_nobody' }).chat.completions.create({
      model: 'simulated',
      messages: HELLO,
    })
    const error = await call.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' })
  })

  test('an unknown model is a NotFoundError', async () => {
    const call = client.chat.completions.create({ model: 'simulated-error-404', messages: HELLO })
    const error = await call.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ code: 'model_not_found' })
  })

  test('a rate limit is a RateLimitError that says when to come back', async () => {
    const call = client.chat.completions.create({ model: 'simulated-error-429', messages: HELLO })
    const error = await call.catch((thrown: unknown) => thrown)
    if (!(error instanceof RateLimitError)) throw error
    expect(error.code).toBe('rate_limit_exceeded')
    expect(error.headers.get('retry-after')).toBe('1')
  })

  test('a provider that rejects our credential is an InternalServerError that does not show it', async () => {
    const call = client.chat.completions.create({ model: 'simulated-error-401', messages: HELLO })
    const error = await call.catch((thrown: unknown) => thrown)
    if (!(error instanceof InternalServerError)) throw error
    expect(error).toMatchObject({ status: 502, code: 'upstream_credentials_rejected' })
    const sent = gateway.simulator.received.at(-1)?.headers.authorization?.slice('Bearer '.length)
    expect(error.message).not.toContain(sent)
  })

  test('the SDK’s own retry comes back after a failure', async () => {
    const retrying = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'vk_demo', maxRetries: 1 })
    const completion = await retrying.chat.completions.create({
      model: 'simulated-error-500-once',
      messages: HELLO,
    })
    expect(completion.choices[0]?.finish_reason).toBe('stop')
  })
})

test('a client that leaves in the middle of a stream takes the upstream call with it', async () => {
  const controller = new AbortController()
  const stream = await client.chat.completions.create(
    { model: 'simulated-slow', messages: HELLO, stream: true },
    { signal: controller.signal },
  )
  let leftAtMs = 0
  const reading = (async () => {
    for await (const _chunk of stream) {
      if (leftAtMs > 0) continue
      leftAtMs = Date.now()
      controller.abort()
    }
  })()
  await reading
  const received = gateway.simulator.received.at(-1)
  await until(() => received?.aborted === true)
  const tookMs = (received?.abortedAtMs ?? 0) - leftAtMs
  process.stdout.write(`upstream aborted ${tookMs} ms after the client left\n`)
  expect(tookMs).toBeLessThan(1000)
})
