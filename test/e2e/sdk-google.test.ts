import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

const WEATHER_TOOL = {
  functionDeclarations: [
    {
      name: 'get_weather',
      parametersJsonSchema: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      },
    },
  ],
}

let gateway: TestGateway
let client: GoogleGenAI

beforeAll(async () => {
  gateway = await startGateway({ flags: { 'quota.enabled': false } })
  client = connect()
})

afterAll(() => gateway.close())

function connect(path = '', apiKey = 'vk_demo'): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url + path } })
}

describe('generateContent', () => {
  test.each(['', '/v1'])('answers below the base URL "%s"', async (path) => {
    const { models } = connect(path)
    const response = await models.generateContent({ model: 'simulated', contents: 'Hello' })
    expect(response.text).toContain('Hello')
    expect(response.candidates?.[0]?.finishReason).toBe('STOP')
    expect(response.usageMetadata?.totalTokenCount).toBeGreaterThan(0)
  })

  test('answers on the stable API version', async () => {
    const stable = new GoogleGenAI({
      apiKey: 'vk_demo',
      apiVersion: 'v1',
      httpOptions: { baseUrl: gateway.url },
    })
    const response = await stable.models.generateContent({ model: 'simulated', contents: 'Hello' })
    expect(response.text).toContain('Hello')
  })

  test('streams chunks that add up to the whole answer', async () => {
    const request = { model: 'simulated', contents: 'Hello' }
    const whole = await client.models.generateContent(request)
    const texts: string[] = []
    for await (const chunk of await client.models.generateContentStream(request)) texts.push(chunk.text ?? '')
    expect(texts.join('')).toBe(whole.text)
    expect(texts.length).toBeGreaterThan(5)
  })

  test('streams thoughts apart from text', async () => {
    const stream = await client.models.generateContentStream({
      model: 'simulated',
      contents: 'Hello',
      config: { thinkingConfig: { includeThoughts: true } },
    })
    const parts = []
    for await (const chunk of stream) parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []))
    expect(parts.some((part) => part.thought === true)).toBe(true)
    expect(parts.some((part) => part.text?.includes('Hello') && !part.thought)).toBe(true)
  })

  test('takes the key from the query as well, and keeps it from the provider', async () => {
    const response = await fetch(`${gateway.url}/v1beta/models/simulated:generateContent?key=vk_demo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }] }),
    })
    expect(response.status).toBe(200)
    const received = gateway.simulator.received.at(-1)
    expect(received?.path).toBe('/v1beta/models/simulated:generateContent')
    expect(JSON.stringify(received?.rawHeaders)).not.toContain('vk_demo')
  })

  test('goes through a tool loop', async () => {
    const config = { tools: [WEATHER_TOOL] }
    const question = { role: 'user', parts: [{ text: 'Use the tool get_weather' }] }
    const first = await client.models.generateContent({ model: 'simulated', contents: [question], config })
    const call = first.functionCalls?.[0]
    const content = first.candidates?.[0]?.content
    if (call?.name === undefined || content === undefined) throw new Error('No tool was called.')
    expect(call.args).toHaveProperty('city')
    const part = { functionResponse: { name: call.name, response: { output: '21 degrees' } } }
    const second = await client.models.generateContent({
      model: 'simulated',
      contents: [question, content, { role: 'user', parts: [part] }],
      config,
    })
    expect(second.text).toContain('21 degrees')
  })

  test('forces a call', async () => {
    const response = await client.models.generateContent({
      model: 'simulated',
      contents: 'Hello',
      config: {
        tools: [WEATHER_TOOL],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
      },
    })
    expect(response.functionCalls?.map(({ name }) => name)).toEqual(['get_weather'])
  })
})

test('a chat keeps its history', async () => {
  const chat = client.chats.create({ model: 'simulated' })
  await chat.sendMessage({ message: 'Hello' })
  const texts: string[] = []
  for await (const chunk of await chat.sendMessageStream({ message: 'Goodbye' })) texts.push(chunk.text ?? '')
  expect(texts.join('')).toContain('Goodbye')
  expect(gateway.simulator.received.at(-1)?.body).toMatchObject({
    contents: [{ role: 'user' }, { role: 'model' }, { role: 'user', parts: [{ text: 'Goodbye' }] }],
  })
})

test('counts tokens', async () => {
  const { totalTokens } = await client.models.countTokens({ model: 'simulated', contents: 'Hello' })
  expect(totalTokens).toBeGreaterThan(0)
})

test('embeds', async () => {
  const { embeddings } = await client.models.embedContent({
    model: 'simulated',
    contents: 'Hello',
    config: { outputDimensionality: 16 },
  })
  expect(embeddings?.[0]?.values).toHaveLength(16)
})

test('lists models, and describes one', async () => {
  const names: (string | undefined)[] = []
  for await (const model of await client.models.list()) names.push(model.name)
  expect(names).toContain('models/simulated')
  expect(await client.models.get({ model: 'simulated' })).toMatchObject({ name: 'models/simulated' })
})

describe('errors are ApiErrors', () => {
  const failing = (model: string, from = client) =>
    from.models.generateContent({ model, contents: 'Hello' }).catch((thrown: unknown) => thrown)

  test('401 for an unknown key', async () => {
    const error = await failing('simulated', connect('', 'vk_nobody'))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 401 })
  })

  test.each([
    ['simulated-error-404', 404, 'NOT_FOUND'],
    ['simulated-error-429', 429, 'RESOURCE_EXHAUSTED'],
    ['simulated-error-401', 502, 'UNAVAILABLE'],
  ])('%s: %i', async (model, status, name) => {
    const error = await failing(model)
    if (!(error instanceof ApiError)) throw error
    expect(error.status).toBe(status)
    expect(error.message).toContain(name)
    const sent = gateway.simulator.received.at(-1)?.headers['x-goog-api-key']
    expect(error.message).not.toContain(sent)
  })

  test('while a stream is asked for', async () => {
    const stream = client.models.generateContentStream({ model: 'simulated-error-503', contents: 'Hello' })
    await expect(stream).rejects.toMatchObject({ status: 503 })
  })
})

test('a client that leaves in the middle of a stream takes the upstream call with it', async () => {
  const controller = new AbortController()
  const stream = await client.models.generateContentStream({
    model: 'simulated-slow',
    contents: 'Hello',
    config: { abortSignal: controller.signal },
  })
  let leftAtMs = 0
  const reading = (async () => {
    for await (const _chunk of stream) {
      if (leftAtMs > 0) continue
      leftAtMs = Date.now()
      controller.abort()
    }
  })()
  await expect(reading).rejects.toBeInstanceOf(Error)
  const received = gateway.simulator.received.at(-1)
  await until(() => received?.aborted === true)
  const tookMs = (received?.abortedAtMs ?? 0) - leftAtMs
  process.stdout.write(`upstream aborted ${tookMs} ms after the client left\n`)
  expect(tookMs).toBeLessThan(1000)
})
