import Anthropic, { APIError as AnthropicError } from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SIMULATED_MODELS } from './models.ts'
import { type Simulator, startSimulator } from './server.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ models: ['house-model'] })
})
afterAll(() => simulator.close())
beforeEach(() => simulator.clear())

const openai = (apiKey = 'sk-any', baseURL = `${simulator.url}/v1`) =>
  new OpenAI({ apiKey, baseURL, maxRetries: 0 })
const anthropic = (apiKey = 'sk-any') => new Anthropic({ apiKey, baseURL: simulator.url, maxRetries: 0 })
const google = (apiKey = 'any') =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: simulator.url, retryOptions: { attempts: 1 } } })
const messages = [{ role: 'user' as const, content: 'Hello' }]

describe('credentials', () => {
  test('an invalid one is refused in each dialect, quoted in the message', async () => {
    const key = 'sk-invalid-0123456789'
    const expected = { status: 401, message: expect.stringContaining(key) as string }
    const chat = openai(key).chat.completions.create({ model: 'simulated', messages })
    await expect(chat).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    await expect(chat).rejects.toMatchObject({ ...expected, code: 'invalid_api_key' })
    const message = anthropic(key).messages.create({ model: 'simulated', max_tokens: 9, messages })
    await expect(message).rejects.toBeInstanceOf(AnthropicError)
    await expect(message).rejects.toMatchObject(expected)
    const content = google(key).models.generateContent({ model: 'simulated', contents: 'Hi' })
    await expect(content).rejects.toBeInstanceOf(ApiError)
    await expect(content).rejects.toMatchObject(expected)
  })

  test('none at all, or one in another form, is refused', async () => {
    const post = (path: string, headers: Record<string, string>) =>
      fetch(simulator.url + path, { method: 'POST', headers, body: '{}' }).then((response) => response.status)
    expect(await post('/v1/chat/completions', { 'x-api-key': 'k' })).toBe(401)
    expect(await post('/v1/messages', { 'x-goog-api-key': 'k' })).toBe(401)
    expect(await post('/v1beta/models/m:generateContent', {})).toBe(401)
    expect(await post('/v1beta/models/m:generateContent?key=k', {})).toBe(400)
    expect(await post('/v1/messages', { authorization: 'Bearer k' })).toBe(400)
  })
})

describe('paths', () => {
  test.each([
    '/chat/completions',
    '/v1/chat/completions?x=1',
    '/any/prefix/v1/chat/completions',
    '/openai/v1/chat/completions',
    '/openai/deployments/my%2Fmodel/chat/completions?api-version=2025-01-01',
  ])('%s is chat completions', async (path) => {
    const model = path.includes('deployments') ? undefined : 'my/model'
    const headers = { 'api-key': 'k' }
    const response = await fetch(simulator.url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model, messages }),
    })
    expect(await response.json()).toMatchObject({ object: 'chat.completion', model: 'my/model' })
  })

  test('an unknown path is 404 and a wrong method 405, in the shape of the family', async () => {
    expect((await fetch(`${simulator.url}/v1/nothing`, { method: 'POST' })).status).toBe(404)
    const response = await fetch(`${simulator.url}/v1/messages`)
    expect(response.status).toBe(405)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })

  test('a body that is not JSON is refused', async () => {
    const headers = { authorization: 'Bearer k' }
    const response = await fetch(`${simulator.url}/v1/responses`, {
      method: 'POST',
      headers,
      body: '{"model":',
    })
    expect(response.status).toBe(400)
  })
})

describe('models', () => {
  test('are listed for each SDK', async () => {
    const names = [...Object.keys(SIMULATED_MODELS), 'house-model']
    expect((await openai().models.list()).data.map((model) => model.id)).toEqual(names)
    expect((await anthropic().models.list()).data.map((model) => model.id)).toEqual(names)
    const listed = []
    for await (const model of await google().models.list()) listed.push(model.name)
    expect(listed).toEqual(names.map((name) => `models/${name}`))
  })

  test('are described one by one, whatever their name', async () => {
    expect(await openai().models.retrieve('a/b')).toMatchObject({ id: 'a/b', object: 'model' })
    expect(await anthropic().models.retrieve('other')).toMatchObject({ id: 'other', type: 'model' })
    expect(await google().models.get({ model: 'other' })).toMatchObject({ name: 'models/other' })
  })
})

describe('other endpoints', () => {
  test('embeddings are deterministic, as numbers and as base64', async () => {
    const create = (encoding_format: 'float' | 'base64') =>
      openai().embeddings.create({
        model: 'simulated',
        input: ['one', 'two'],
        dimensions: 16,
        encoding_format,
      })
    const floats = await create('float')
    const encoded = (await create('base64')).data.map(({ embedding }) => {
      const bytes = Buffer.from(embedding as unknown as string, 'base64')
      return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
    })
    expect(floats.data.map((item) => item.embedding)).toEqual(encoded)
    expect(floats.data[0]?.embedding).not.toEqual(floats.data[1]?.embedding)
  })

  test('moderations, images, speech and transcriptions', async () => {
    const { results } = await openai().moderations.create({ input: ['kind words', 'some violence'] })
    expect(results.map((result) => result.flagged)).toEqual([false, true])
    const image = await openai().images.generate({ model: 'simulated', prompt: 'a cat' })
    expect(
      Buffer.from(image.data?.[0]?.b64_json ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    const speech = await openai().audio.speech.create({ model: 'simulated', voice: 'alloy', input: 'Hi' })
    const sound = await toFile(speech, 'sound.wav')
    expect(sound.size).toBeGreaterThan(2000)
    expect((await openai().audio.transcriptions.create({ model: 'simulated', file: sound })).text).toContain(
      'simulated',
    )
    const failed = openai().audio.transcriptions.create({ model: 'simulated-503', file: sound })
    await expect(failed).rejects.toMatchObject({ status: 503 })
  })
})

describe('the journal', () => {
  test('keeps what arrived, byte for byte, and can be read and cleared over HTTP', async () => {
    const body = '{"model": "simulated",  "messages": [{"role":"user","content":"Hi"}]}'
    const headers = { Authorization: 'Bearer k', 'X-Custom': 'Yes' }
    await (await fetch(`${simulator.url}/v1/chat/completions?a=b`, { method: 'POST', headers, body })).text()
    const [record] = simulator.received
    expect(record).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions?a=b',
      aborted: false,
      body: JSON.parse(body),
    })
    expect(record?.rawBody.toString()).toBe(body)
    expect(record?.headers['x-custom']).toBe('Yes')
    const journal = `${simulator.url}/__simulator/requests`
    expect(await (await fetch(journal)).json()).toMatchObject([
      { path: '/v1/chat/completions?a=b', bodyText: body },
    ])
    expect(await (await fetch(journal, { method: 'DELETE' })).json()).toEqual([])
    expect(simulator.received).toHaveLength(0)
  })

  test('is bounded', async () => {
    const small = await startSimulator({ maxReceived: 2 })
    for (const path of ['/a', '/b', '/c']) await fetch(small.url + path)
    expect(small.received.map((record) => record.path)).toEqual(['/b', '/c'])
    await small.close()
  })
})

test('a port that is taken is an error', async () => {
  await expect(startSimulator({ port: simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
