import Anthropic, {
  APIUserAbortError,
  AuthenticationError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

const WEATHER_TOOL = {
  name: 'get_weather',
  description: 'The weather of a city.',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
}
const HELLO: Anthropic.MessageCreateParamsNonStreaming = {
  model: 'simulated',
  max_tokens: 500,
  messages: [{ role: 'user', content: 'Hello' }],
}

let gateway: TestGateway
let client: Anthropic

beforeAll(async () => {
  gateway = await startGateway({ flags: { 'quota.enabled': false } })
  client = connect()
})

afterAll(() => gateway.close())

type Credential = { readonly apiKey: string | null; readonly authToken?: string }

function connect(path = '', credential: Credential = { apiKey: 'vk_demo' }): Anthropic {
  return new Anthropic({ baseURL: gateway.url + path, authToken: null, ...credential, maxRetries: 0 })
}

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

describe('messages', () => {
  test.each(['', '/v1'])('answer below the base URL "%s"', async (path) => {
    const message = await connect(path).messages.create(HELLO)
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(textOf(message)).toContain('Hello')
    expect(message.usage.output_tokens).toBeGreaterThan(0)
    expect(message._request_id).toMatch(/^req_/)
  })

  test('with the key in x-api-key, and with the key as a bearer token', async () => {
    await connect('', { apiKey: 'vk_demo' }).messages.create(HELLO)
    await connect('', { apiKey: null, authToken: 'vk_demo' }).messages.create(HELLO)
    const headers = gateway.simulator.received.slice(-2).map((received) => received.headers)
    expect(headers.map((each) => [each['x-api-key'], each.authorization])).toEqual([
      [expect.any(String), undefined],
      [expect.any(String), undefined],
    ])
    for (const each of headers) expect(each['x-api-key']).not.toBe('vk_demo')
  })

  test('the stream helper gives the final message', async () => {
    const whole = await client.messages.create(HELLO)
    const stream = client.messages.stream(HELLO)
    const text: string[] = []
    stream.on('text', (delta) => text.push(delta))
    const final = await stream.finalMessage()
    expect(textOf(final)).toBe(textOf(whole))
    expect(text.join('')).toBe(textOf(whole))
    expect(final.stop_reason).toBe('end_turn')
    expect(final.usage.output_tokens).toBe(whole.usage.output_tokens)
  })

  test('streams raw events in order', async () => {
    const types: string[] = []
    for await (const event of await client.messages.create({ ...HELLO, stream: true })) types.push(event.type)
    expect(types[0]).toBe('message_start')
    expect(types.at(-1)).toBe('message_stop')
  })

  test('think, and hand their thinking back in a tool loop', async () => {
    const question = { role: 'user' as const, content: 'Use the tool get_weather' }
    const request = {
      model: 'simulated',
      max_tokens: 3000,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
      tools: [WEATHER_TOOL],
    }
    const first = await client.messages.stream({ ...request, messages: [question] }).finalMessage()
    const call = first.content.find((block) => block.type === 'tool_use')
    expect(first.stop_reason).toBe('tool_use')
    expect(first.content[0]).toMatchObject({ type: 'thinking', signature: expect.any(String) as string })
    if (call === undefined) throw new Error('No tool was called.')
    expect(call.input).toHaveProperty('city')
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: '21 degrees' }
    const second = await client.messages.create({
      ...request,
      messages: [
        question,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [result] },
      ],
    })
    expect(textOf(second)).toContain('21 degrees')
  })

  test('of the beta namespace, whose flags reach the provider', async () => {
    const message = await client.beta.messages.create({
      ...HELLO,
      betas: ['one-2026-01-01', 'two-2026-01-01'],
    })
    expect(message.stop_reason).toBe('end_turn')
    const received = gateway.simulator.received.at(-1)
    expect(received?.headers['anthropic-beta']).toMatch(/one-2026-01-01, ?two-2026-01-01/)
  })
})

test('counts tokens', async () => {
  const { input_tokens } = await client.messages.countTokens({ model: 'simulated', messages: HELLO.messages })
  expect(input_tokens).toBeGreaterThan(0)
})

test('lists models, and describes one', async () => {
  const ids: string[] = []
  for await (const model of client.models.list()) ids.push(model.id)
  expect(ids).toContain('simulated')
  expect(await client.models.retrieve('simulated')).toMatchObject({ type: 'model', id: 'simulated' })
})

describe('errors', () => {
  const failing = (model: string) =>
    client.messages.create({ ...HELLO, model }).catch((thrown: unknown) => thrown)

  test('an unknown key is an AuthenticationError, however it was sent', async () => {
    for (const credential of [{ apiKey: 'vk_nobody' }, { apiKey: null, authToken: 'vk_nobody' }]) {
      const error = await connect('', credential)
        .messages.create(HELLO)
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(AuthenticationError)
      expect(error).toMatchObject({ status: 401, type: 'authentication_error' })
    }
  })

  test('an unknown model is a NotFoundError', async () => {
    const error = await failing('simulated-error-404')
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ type: 'not_found_error' })
  })

  test('a rate limit is a RateLimitError that says when to come back', async () => {
    const error = await failing('simulated-error-429')
    if (!(error instanceof RateLimitError)) throw error
    expect(error.headers.get('retry-after')).toBe('1')
    expect(error.type).toBe('rate_limit_error')
  })

  test('an overloaded provider keeps its status 529', async () => {
    expect(await failing('simulated-error-529')).toMatchObject({ status: 529, type: 'overloaded_error' })
  })

  test('a provider that rejects our credential is an InternalServerError that does not show it', async () => {
    const error = await failing('simulated-error-401')
    if (!(error instanceof InternalServerError)) throw error
    expect(error).toMatchObject({ status: 502, type: 'api_error' })
    const sent = gateway.simulator.received.at(-1)?.headers['x-api-key']
    expect(error.message).not.toContain(sent)
  })
})

test('a client that leaves in the middle of a stream takes the upstream call with it', async () => {
  const stream = client.messages.stream({ ...HELLO, model: 'simulated-slow' })
  let leftAtMs = 0
  stream.once('text', () => {
    leftAtMs = Date.now()
    stream.abort()
  })
  await expect(stream.finalMessage()).rejects.toThrow(APIUserAbortError)
  const received = gateway.simulator.received.at(-1)
  await until(() => received?.aborted === true)
  const tookMs = (received?.abortedAtMs ?? 0) - leftAtMs
  process.stdout.write(`upstream aborted ${tookMs} ms after the client left\n`)
  expect(tookMs).toBeLessThan(1000)
})
