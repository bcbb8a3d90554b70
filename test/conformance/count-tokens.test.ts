import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bearer, type Json, send } from '../support/client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  json as jsonAnswer,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts'

const KEYS = {
  vk_openai: { provider: 'openai', api_key: 'sk-up-openai', base_url: '{simulator}' },
  vk_chat: { provider: 'openai-compatible', api_key: 'sk-up-chat', base_url: '{simulator}' },
  vk_anthropic: { provider: 'anthropic', api_key: 'sk-up-anthropic', base_url: '{simulator}' },
  vk_gemini: { provider: 'gemini', api_key: 'sk-up-gemini', base_url: '{simulator}' },
  vk_strict: { provider: 'gemini', api_key: 'sk-up-strict', base_url: '{simulator}', strict: true },
}

const COUNTING = {
  vk_openai: '/v1/responses/input_tokens',
  vk_anthropic: '/v1/messages/count_tokens',
  vk_gemini: '/v1beta/models/m:countTokens',
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ keys: KEYS })
})

beforeEach(() => gateway.simulator.clear())

afterAll(() => gateway.close())

const text = 'word '.repeat(100)
const messages = [{ role: 'user' as const, content: text }]

const anthropic = (apiKey: string) => new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 })

/** What the number was asked for with, by each kind of client. */
const CLIENTS = {
  'a Messages client': async (apiKey: string) => {
    const { data, response } = await anthropic(apiKey)
      .messages.countTokens({ model: 'm', messages, system: 'Be brief.' })
      .withResponse()
    return [data.input_tokens, response.headers.get('x-gateway-dropped')] as const
  },
  'a Responses client': async (apiKey: string) => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 })
    const { data, response } = await client.responses.inputTokens
      .count({ model: 'm', input: text, instructions: 'Be brief.' })
      .withResponse()
    expect(data.object).toBe('response.input_tokens')
    return [data.input_tokens, response.headers.get('x-gateway-dropped')] as const
  },
  'a Gemini client': async (apiKey: string) => {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } })
    const count = await client.models.countTokens({ model: 'm', contents: text })
    return [count.totalTokens, count.sdkHttpResponse?.headers?.['x-gateway-dropped'] ?? null] as const
  },
}
const OWN: Readonly<Record<string, string>> = {
  'a Messages client': 'vk_anthropic',
  'a Responses client': 'vk_openai',
  'a Gemini client': 'vk_gemini',
}

describe.each(Object.entries(CLIENTS))('%s', (name, count) => {
  for (const [key, path] of Object.entries(COUNTING)) {
    const isOwn = OWN[name] === key
    test(`CNT-0${isOwn ? 1 : 2} CNT-04 CNT-06 is told what ${key} counts, and no model works for it`, async () => {
      const [tokens, dropped] = await count(key)
      expect(gateway.simulator.received.map((request) => request.path)).toEqual([path])
      // the simulator counts alike in every format: the prompt arrived whole
      expect(tokens).toBeGreaterThan(100)
      expect(tokens).toBeLessThan(120)
      expect(dropped ?? '').toMatch(isOwn ? /^$/ : /"action":"approximated","reason":"counted by/)
    })
  }

  test('CNT-03 CNT-04 gets an estimate where nothing is counted, and no upstream is asked', async () => {
    const [tokens, dropped] = await count('vk_chat')
    expect(tokens).toBeGreaterThan(100)
    expect(dropped).toContain('"action":"approximated","reason":"estimated by the gateway')
    expect(gateway.simulator.received).toEqual([])
  })
})

test('CNT-02 tools, instructions and thinking are counted with it, without what only an answer needs', async () => {
  await anthropic('vk_openai').messages.countTokens({
    model: 'gpt-6',
    messages,
    system: 'Be brief.',
    tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object', properties: {} } }],
    thinking: { type: 'adaptive' },
    output_config: { effort: 'low' },
  })
  const body = gateway.simulator.received[0]?.body as Json
  expect(body).toMatchObject({
    model: 'gpt-6',
    instructions: 'Be brief.',
    tools: [{ name: 'look' }],
    reasoning: { effort: 'low' },
  })
  for (const field of ['stream', 'store', 'include', 'max_output_tokens'])
    expect(body).not.toHaveProperty(field)
})

test.each(['vk_openai', 'vk_gemini', 'vk_chat'])(
  'CNT-05 what the conversation would be refused for, the count at %s is, too',
  async (key) => {
    const headers = { ...bearer(key), 'anthropic-version': '2023-06-01' }
    const orphan = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'gone', content: 'x' }] }
    const bodies = [
      { model: 'm', messages: [orphan] },
      { model: 'm', messages: [{ role: 'robot', content: 'x' }] },
    ]
    for (const body of bodies) {
      const counted = await send(`${gateway.url}/v1/messages/count_tokens`, { headers, body })
      const asked = await send(`${gateway.url}/v1/messages`, { headers, body: { ...body, max_tokens: 9 } })
      expect([counted.status, counted.json.error.message]).toEqual([400, asked.json.error.message])
    }
    const version = { ...bearer(key), 'anthropic-version': '1999-01-01' }
    const answer = await send(`${gateway.url}/v1/messages/count_tokens`, {
      headers: version,
      body: { model: 'm', messages },
    })
    expect(answer.status).toBe(400)
    expect(gateway.simulator.received).toEqual([])
  },
)

test('CNT-02 an error of the counting upstream comes in the client’s shape', async () => {
  const error = await anthropic('vk_gemini')
    .messages.countTokens({ model: 'simulated-error-429', messages })
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Anthropic.RateLimitError)
})

test('CNT-02 who insists on exactness gets no approximate count', async () => {
  const error = await anthropic('vk_strict')
    .messages.countTokens({ model: 'm', messages })
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Anthropic.BadRequestError)
  expect((error as Error).message).toContain('strict conversion')
})

describe('CNT-03 an upstream that speaks the format but has no endpoint for counts', () => {
  let upstream: ScriptedUpstream
  let own: TestGateway
  const KEY = { authorization: 'Bearer vk_lacking', 'anthropic-version': '2023-06-01' }
  let asked = 0
  const ask = () => {
    asked++
    return send(`${own.url}/v1/messages/count_tokens`, { headers: KEY, body: { model: 'm', messages } })
  }

  beforeAll(async () => {
    upstream = await startScriptedUpstream()
    own = await startGateway({
      keys: { vk_lacking: { provider: 'openai', api_key: 'sk-up', base_url: upstream.url } },
    })
  })
  afterAll(async () => {
    await own.close()
    await upstream.close()
  })

  test.each([404, 405, 501])('%i: gets an estimate, marked as one', async (status) => {
    upstream.answerWith(jsonAnswer('{"detail":"Not Found"}', status))
    const { status: shown, json, headers } = await ask()
    expect(shown).toBe(200)
    expect(json.input_tokens).toBeGreaterThan(100)
    expect(headers.get('x-gateway-dropped')).toMatch(/estimated by the gateway/)
    expect(headers.get('x-gateway-attempts')).toBe('1')
    const record = (await own.logged(asked)).at(-1)
    expect(record).toMatchObject({ status: 200 })
    expect(record).not.toHaveProperty('error_code')
  })

  test('while a model that it does not know stays unknown, and an error an error', async () => {
    const unknown = '{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}'
    upstream.answerWith(jsonAnswer(unknown, 404))
    expect(await ask()).toMatchObject({ status: 404, json: { error: { type: 'not_found_error' } } })
    upstream.answerWith(jsonAnswer('{"error":{"message":"busy"}}', 500))
    expect((await ask()).status).toBeGreaterThanOrEqual(500)
  })
})
