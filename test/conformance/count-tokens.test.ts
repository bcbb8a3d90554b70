import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const KEYS = {
  vk_openai: { provider: 'openai', api_key: 'sk-up-openai', base_url: '{simulator}' },
  vk_chat: { provider: 'openai-compatible', api_key: 'sk-up-chat', base_url: '{simulator}' },
  vk_anthropic: { provider: 'anthropic', api_key: 'sk-up-anthropic', base_url: '{simulator}' },
  vk_gemini: { provider: 'gemini', api_key: 'sk-up-gemini', base_url: '{simulator}' },
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ keys: KEYS })
})

beforeEach(() => gateway.simulator.clear())

afterAll(() => gateway.close())

const messages = [{ role: 'user' as const, content: 'word '.repeat(100) }]

test.each(['vk_openai', 'vk_chat', 'vk_gemini'])(
  'CNT-02 CNT-03 CNT-04 a Messages client gets an estimate from %s, and no upstream is asked',
  async (apiKey) => {
    const client = new Anthropic({ baseURL: gateway.url, apiKey })
    const { data, response } = await client.messages.countTokens({ model: 'm', messages }).withResponse()
    expect(data.input_tokens).toBeGreaterThan(100)
    expect(response.headers.get('x-gateway-dropped')).toContain(
      '"path":"input_tokens","action":"approximated"',
    )
    expect(gateway.simulator.received).toEqual([])
  },
)

test('CNT-01 a target that counts in the same format is asked', async () => {
  const client = new Anthropic({ baseURL: gateway.url, apiKey: 'vk_anthropic' })
  const { data, response } = await client.messages.countTokens({ model: 'm', messages }).withResponse()
  expect(data.input_tokens).toBeGreaterThan(0)
  expect(response.headers.get('x-gateway-dropped')).toBeNull()
  expect(gateway.simulator.received[0]?.path).toBe('/v1/messages/count_tokens')
})

test('CNT-02 a Responses client gets an estimate from Anthropic', async () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'vk_anthropic' })
  const count = await client.responses.inputTokens.count({ model: 'm', input: 'word '.repeat(100) })
  expect(count.input_tokens).toBeGreaterThan(100)
  expect(gateway.simulator.received).toEqual([])
})

test('CNT-06 a Gemini client gets an estimate from OpenAI', async () => {
  const client = new GoogleGenAI({ apiKey: 'vk_openai', httpOptions: { baseUrl: gateway.url } })
  const count = await client.models.countTokens({ model: 'm', contents: 'word '.repeat(100) })
  expect(count.totalTokens).toBeGreaterThan(100)
  expect(gateway.simulator.received).toEqual([])
})
