import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bearer, chat, type Json, send } from '../support/client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

// What an operator may say about conversions: strict keys and routes, and what a model accepts.

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const YAML = `
gateway_keys:
  - { id: plain, key_hash: ${sha256('vk_plain')} }
  - { id: exact, name: Exact, key_hash: ${sha256('vk_exact')}, strict: true }
  - { id: limited, key_hash: ${sha256('vk_limited')}, models: [gpt-5*, claude-opus-4-8] }
upstream_accounts:
  - id: claude
    provider: anthropic
    api_key: sk-up-claude
    base_url: "{simulator}"
    capabilities: { max_output_tokens: 1234, thinking: { efforts: [low] } }
  - id: told
    provider: anthropic
    api_key: sk-up-told
    base_url: "{simulator}"
    priority: -1
    capabilities: { forced_tools: emulate }
  - { id: openai, provider: openai, api_key: sk-up-openai, base_url: "{simulator}" }
  - { id: gemini, provider: gemini, api_key: sk-up-gemini, base_url: "{simulator}" }
  - { id: groq, provider: groq, api_key: sk-up-groq, base_url: "{simulator}", models: [openai/gpt-oss-120b, groq/*, llama-*] }
model_routes:
  routes:
    - { id: exactly, source_model: exact, target_model: claude-opus-4-8, target_provider: claude, strict: true }
    - source_model: short
      target_model: claude-opus-4-8
      target_provider: claude
      capabilities: { max_output_tokens: 77, sampling: "no" }
    - source_model: told-by-route
      target_model: claude-opus-5-5
      target_provider: claude
      capabilities: { forced_tools: emulate }
    - { source_model: told-by-account, target_model: claude-opus-5-5, target_provider: told }
    - source_model: not-told
      target_model: claude-opus-5-5
      target_provider: told
      capabilities: { forced_tools: "no" }
    - { source_model: told-exactly, target_model: claude-opus-5-5, target_provider: told, strict: true }
`

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ yaml: YAML })
})

beforeEach(() => gateway.simulator.clear())

afterAll(() => gateway.close())

const sent = () => gateway.simulator.received[0]?.body as Json

describe('strict', () => {
  const lossy = { seed: 1, max_tokens: 50 }

  test('as a setting of a key holds whatever the request says', async () => {
    for (const value of ['true', 'false']) {
      const { status, json } = await send(`${gateway.url}/v1/chat/completions`, {
        headers: { ...bearer('vk_exact'), 'x-gateway-strict': value },
        body: { model: 'claude-opus-4-8', messages: [{ role: 'user', content: 'hi' }], ...lossy },
      })
      expect([status, json.error.param, json.error.code]).toEqual([400, 'seed', 'unsupported_parameter'])
      expect(json.error.message).toContain('the key "Exact" demands strict conversion')
    }
    expect(gateway.simulator.received).toEqual([])
  })

  test('as a setting of a route holds for every key', async () => {
    const { status, json } = await chat(gateway.url, 'vk_plain', 'exact', lossy)
    expect([status, json.error.param]).toEqual([400, 'seed'])
    expect(json.error.message).toContain('the route "exactly" demands strict conversion')
    expect(gateway.simulator.received).toEqual([])
  })

  test('lets through what is exact', async () => {
    expect((await chat(gateway.url, 'vk_exact', 'gpt-5.4', { seed: 1 })).status).toBe(200)
    expect((await chat(gateway.url, 'vk_plain', 'exact', { max_tokens: 50 })).status).toBe(200)
    expect((await chat(gateway.url, 'vk_plain', 'claude-opus-4-8', lossy)).status).toBe(200)
  })
})

describe('capabilities', () => {
  test('of an account change what is sent', async () => {
    await chat(gateway.url, 'vk_plain', 'claude-opus-4-8', { reasoning_effort: 'high' })
    expect(sent()).toMatchObject({ max_tokens: 1234, output_config: { effort: 'low' } })
  })

  test('of a route count more, and only for what it names', async () => {
    const { headers } = await chat(gateway.url, 'vk_plain', 'short', {
      reasoning_effort: 'high',
      temperature: 0.5,
    })
    expect(sent()).toMatchObject({ max_tokens: 77, output_config: { effort: 'low' } })
    expect(sent()).not.toHaveProperty('temperature')
    expect(headers.get('x-gateway-dropped')).toContain('"path":"temperature"')
  })

  test('hold for a count, too', async () => {
    const { json } = await send(`${gateway.url}/v1/responses/input_tokens`, {
      headers: bearer('vk_plain'),
      body: { model: 'short', input: 'Hello', reasoning: { effort: 'high' } },
    })
    expect(json.input_tokens).toBeGreaterThan(0)
    expect(sent()).toMatchObject({ output_config: { effort: 'low' } })
  })
})

describe('TLC-09 SCH-08 a forced tool on a model that refuses it', () => {
  const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })
  const forced = {
    tools: [tool('look'), tool('listen')],
    tool_choice: { type: 'function', function: { name: 'look' } },
  }

  test.each(['told-by-route', 'told-by-account'])('is emulated: %s', async (model) => {
    const { status, headers, json } = await chat(gateway.url, 'vk_plain', model, {
      ...forced,
      messages: [{ role: 'user', content: 'Use the tool' }],
    })
    expect(status).toBe(200)
    expect(sent()).toMatchObject({
      tools: [{ name: 'look' }],
      tool_choice: { type: 'auto' },
      system: [{ type: 'text', text: expect.stringContaining('must call the tool "look"') }],
    })
    expect(JSON.parse(headers.get('x-gateway-dropped') ?? '[]')).toContainEqual(
      expect.objectContaining({ path: 'tool_choice', action: 'approximated' }),
    )
    expect(json.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'look' } }] },
    })
  })

  test('is told for a model that answers in text all the same, whose text stays text', async () => {
    const { json } = await chat(gateway.url, 'vk_plain', 'told-by-account', forced)
    expect(json.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.any(String) },
    })
    expect(json.choices[0].message).not.toHaveProperty('tool_calls')
  })

  test.each([
    ['claude-opus-5-5', {}],
    ['not-told', {}],
    ['told-exactly', {}],
    ['told-by-account', { 'x-gateway-strict': 'true' }],
  ])('is refused: %s %j', async (model, headers) => {
    const { status, json } = await send(`${gateway.url}/v1/chat/completions`, {
      headers: { ...bearer('vk_plain'), ...headers },
      body: { model, messages: [{ role: 'user', content: 'hi' }], ...forced },
    })
    expect([status, json.error.param, json.error.code]).toEqual([400, 'tool_choice', 'unsupported_parameter'])
    expect(gateway.simulator.received).toEqual([])
  })

  test('is the upstream’s own affair where the request passes untouched', async () => {
    await send(`${gateway.url}/v1/messages`, {
      headers: bearer('vk_plain'),
      body: {
        model: 'told-by-account',
        max_tokens: 50,
        messages: [{ role: 'user', content: 'hi' }],
        tools: [{ name: 'look', input_schema: { type: 'object' } }],
        tool_choice: { type: 'any' },
      },
    })
    expect(sent()).toMatchObject({ tool_choice: { type: 'any' } })
    expect(sent()).not.toHaveProperty('system')
  })
})

describe('a key that is limited to certain models', () => {
  test.each([
    ['/v1/batches', { input_file_id: 'f', endpoint: '/v1/chat/completions', model: 'gpt-5.4' }],
    ['/v1/messages/batches', { model: 'claude-opus-4-8', requests: [] }],
    ['/openai/v1/fine_tuning/jobs', { model: 'gpt-5.4', training_file: 'f' }],
    ['/v1beta/models/gpt-5.4:batchGenerateContent', { batch: {} }],
  ])('may not start %s, whatever model its body names', async (path, body) => {
    const { status, json, text } = await send(gateway.url + path, { headers: bearer('vk_limited'), body })
    expect(status).toBe(403)
    expect(text).toContain('A batch or a training job names its models in its own data')
    expect(json.error).toBeDefined()
    expect(gateway.simulator.received).toEqual([])
  })
})

test.each([
  ['groq/groq/compound', 'groq/compound'],
  ['groq/compound', 'groq/compound'],
  ['groq/llama-3.3-70b-versatile', 'llama-3.3-70b-versatile'],
  ['groq/openai/gpt-oss-120b', 'openai/gpt-oss-120b'],
  ['openai/gpt-oss-120b', 'openai/gpt-oss-120b'],
])('the model %s is asked for as %s at Groq', async (asked, model) => {
  const { headers } = await chat(gateway.url, 'vk_plain', asked)
  expect(headers.get('x-gateway-upstream')).toBe('groq')
  expect(sent().model).toBe(model)
})

describe('a name of a model that would climb out of its path', () => {
  test.each(['gemini/..', 'gemini/a/../b', 'gemini/a/./b', 'gemini/a//b'])('%s is refused', async (model) => {
    const { status, json } = await chat(gateway.url, 'vk_plain', model)
    expect([status, json.error.code, json.error.param]).toEqual([400, 'invalid_request', 'model'])
    expect(gateway.simulator.received).toEqual([])
  })

  test.each(['/v1beta/models/a%2F%2e%2e%2Fb:generateContent', '/v1beta/models/a%2F..%2Fb:countTokens'])(
    '%s is refused',
    async (path) => {
      const { status, json } = await send(gateway.url + path, {
        headers: { 'x-goog-api-key': 'vk_plain' },
        body: { contents: [{ parts: [{ text: 'x' }] }] },
      })
      expect([status, json.error.status]).toEqual([400, 'INVALID_ARGUMENT'])
      expect(gateway.simulator.received).toEqual([])
    },
  )
})
