import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bearer, type Json, send } from '../support/client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const KEYS = {
  vk_gemini: { provider: 'gemini', api_key: 'sk-up-gemini', base_url: '{simulator}' },
  vk_openai: { provider: 'openai', api_key: 'sk-up-openai', base_url: '{simulator}' },
  vk_anthropic: { provider: 'anthropic', api_key: 'sk-up-anthropic', base_url: '{simulator}' },
  vk_untouched: {
    provider: 'gemini',
    api_key: 'sk-up-untouched',
    base_url: '{simulator}',
    passthrough: true,
  },
  vk_strict: { provider: 'gemini', api_key: 'sk-up-strict', base_url: '{simulator}', strict: true },
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ keys: KEYS })
})

beforeEach(() => gateway.simulator.clear())

afterAll(() => gateway.close())

const openai = (apiKey: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 })
const google = (apiKey: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } })
const embed = (key: string, body: object, headers: Record<string, string> = {}) =>
  send(`${gateway.url}/v1/embeddings`, { headers: { ...bearer(key), ...headers }, body })

/** The one request that reached the provider. */
function received(): { path: string; headers: Json; body: Json } {
  const [request, ...more] = gateway.simulator.received
  if (request === undefined || more.length > 0)
    throw new Error(`${gateway.simulator.received.length} requests`)
  return request
}

describe('an OpenAI client at Gemini', () => {
  test('gets the vector of a text, with its usage', async () => {
    const { data, response } = await openai('vk_gemini')
      .embeddings.create({ model: 'gemini-embedding-001', input: 'one text', dimensions: 8 })
      .withResponse()
    expect(data).toMatchObject({
      object: 'list',
      model: 'gemini-embedding-001',
      data: [{ object: 'embedding', index: 0 }],
    })
    expect(data.data[0]?.embedding).toHaveLength(8)
    expect(data.usage.prompt_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-gateway-dropped')).toBeNull()
    const { path, headers, body } = received()
    expect(path).toBe('/v1beta/models/gemini-embedding-001:embedContent')
    expect(headers['x-goog-api-key']).toBe('sk-up-gemini')
    expect(body).toEqual({
      model: 'models/gemini-embedding-001',
      content: { parts: [{ text: 'one text' }] },
      outputDimensionality: 8,
    })
  })

  test('gets a batch in order, as floats or as base64, and the same vectors either way', async () => {
    const ask = { model: 'models/gemini-embedding-001', input: ['a', 'b', 'c'], dimensions: 4 }
    const floats = await embed('vk_gemini', { ...ask, encoding_format: 'float' })
    const packed = await embed('vk_gemini', { ...ask, encoding_format: 'base64' })
    expect(gateway.simulator.received.map(({ path }) => path)).toEqual(
      Array(2).fill('/v1beta/models/gemini-embedding-001:batchEmbedContents'),
    )
    expect(floats.json.data.map(({ index }: Json) => index)).toEqual([0, 1, 2])
    const unpacked = packed.json.data.map(({ embedding }: Json) => [
      ...new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer),
    ])
    expect(unpacked).toEqual(floats.json.data.map(({ embedding }: Json) => embedding))
  })

  test('is told what was left out, or refused where nothing may be', async () => {
    const ask = { model: 'm', input: 'x', user: 'u1' }
    const { headers } = await embed('vk_gemini', ask)
    expect(JSON.parse(headers.get('x-gateway-dropped') ?? '')).toMatchObject([
      { path: 'user', action: 'dropped' },
    ])
    gateway.simulator.clear()
    const strict = await embed('vk_gemini', ask, { 'x-gateway-strict': 'true' })
    expect([strict.status, strict.json.error]).toMatchObject([400, { param: 'user' }])
    const byKey = await embed('vk_strict', ask, { 'x-gateway-strict': 'false' })
    expect([byKey.status, byKey.json.error]).toMatchObject([400, { param: 'user' }])
    expect(byKey.json.error.message).toMatch(/the key ".+" demands strict/)
    expect(gateway.simulator.received).toEqual([])
  })

  test.each([
    ['a list of token ids', { input: [1, 2, 3] }, 'input[0]'],
    ['lists of token ids', { input: [[1], [2]] }, 'input[0]'],
    ['no input', {}, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['an encoding nobody knows', { input: 'x', encoding_format: 'hex' }, 'encoding_format'],
  ])('may not send %s', async (_name, body, param) => {
    const { status, json } = await embed('vk_gemini', { model: 'm', ...body })
    expect([status, json.error.param]).toEqual([400, param])
    expect(gateway.simulator.received).toEqual([])
  })

  test('gets errors in its own shape, and no conversion that its key forbids', async () => {
    const limited = await openai('vk_gemini')
      .embeddings.create({ model: 'simulated-error-429', input: 'x' })
      .catch((thrown: unknown) => thrown)
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError)
    for (const key of ['vk_untouched', 'vk_anthropic']) {
      const { status, json } = await embed(key, { model: 'm', input: 'x' })
      expect([status, json.error.code]).toEqual([404, 'not_found'])
    }
  })
})

describe('a Gemini client at OpenAI', () => {
  test('gets the vectors of its contents, as many and as long as it wants', async () => {
    const { embeddings } = await google('vk_openai').models.embedContent({
      model: 'text-embedding-3-small',
      contents: ['one', 'two'],
      config: { outputDimensionality: 8 },
    })
    expect(embeddings?.map(({ values }) => values?.length)).toEqual([8, 8])
    const { path, headers, body } = received()
    expect(path).toBe('/v1/embeddings')
    expect(headers.authorization).toBe('Bearer sk-up-openai')
    expect(body).toEqual({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
      dimensions: 8,
      encoding_format: 'float',
    })
  })

  test('is told that a task type means nothing there', async () => {
    const { sdkHttpResponse } = await google('vk_openai').models.embedContent({
      model: 'text-embedding-3-small',
      contents: 'one',
      config: { taskType: 'RETRIEVAL_QUERY' },
    })
    expect(sdkHttpResponse?.headers?.['x-gateway-dropped']).toContain('taskType')
  })

  test('may ask for one content, plainly, and gets its usage', async () => {
    const { json } = await send(`${gateway.url}/v1beta/models/text-embedding-3-small:embedContent`, {
      headers: { 'x-goog-api-key': 'vk_openai' },
      body: { content: { parts: [{ text: 'one' }] } },
    })
    expect(json.embedding.values).toHaveLength(1536)
    expect(json.usageMetadata.promptTokenCount).toBeGreaterThan(0)
    expect(received().body.input).toBe('one')
  })

  test('may not embed what is no text, and gets errors in its own shape', async () => {
    const headers = { 'x-goog-api-key': 'vk_openai' }
    const image = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
    const refused = await send(`${gateway.url}/v1beta/models/m:embedContent`, {
      headers,
      body: { content: { parts: [image] } },
    })
    expect([refused.status, refused.json.error.status]).toEqual([400, 'INVALID_ARGUMENT'])
    const failed = await send(`${gateway.url}/v1beta/models/simulated-error-429:embedContent`, {
      headers,
      body: { content: { parts: [{ text: 'x' }] } },
    })
    expect([failed.status, failed.json.error.status]).toEqual([429, 'RESOURCE_EXHAUSTED'])
  })
})

test('what is spoken at home passes untouched', async () => {
  await embed('vk_openai', { model: 'text-embedding-3-small', input: [1, 2, 3], user: 'u1' })
  expect(received().body).toEqual({ model: 'text-embedding-3-small', input: [1, 2, 3], user: 'u1' })
})

test('is recorded with its tokens', async () => {
  const before = (await gateway.logged()).length
  await embed('vk_gemini', { model: 'gemini-embedding-001', input: 'one text' })
  const line = (await gateway.logged(before + 1)).at(-1)
  expect(line).toMatchObject({ status: 200, model: 'gemini-embedding-001' })
  expect(line?.usage.input_tokens).toBeGreaterThan(0)
})
