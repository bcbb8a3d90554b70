import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { FAMILY_OF, isDialectId } from '../../src/core/dialect-id.ts'
import { PROVIDERS } from '../../src/providers/index.ts'
import { FAMILY_AUTH, type Provider } from '../../src/providers/provider.ts'
import { bearer, chat, type Json, send } from '../support/client.ts'
import { ask, readBody } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, startScriptedUpstream } from '../support/scripted-upstream.ts'

// those that need a cloud account have tests of their own
const ALL = [...new Set(PROVIDERS.values())].filter(({ healthCheck }) => healthCheck !== undefined)
const secretOf = ({ id }: Provider) => `sk-real-${id}`
const variables = ALL.flatMap(({ credentialVariables: [name] }) => (name === undefined ? [] : [name]))

let gateway: TestGateway

beforeAll(async () => {
  const keys = ALL.map((provider) => {
    const account = { provider: provider.id, api_key: secretOf(provider), base_url: '{simulator}' }
    return [`vk_${provider.id}`, account] as const
  })
  gateway = await startGateway({ keys: Object.fromEntries(keys), flags: { 'quota.enabled': false } })
})

beforeEach(() => gateway.simulator.clear())

afterAll(() => gateway.close())

/** The one request that reached the provider. */
function received(): { path: string; headers: Record<string, unknown>; body: Json } {
  const [request, ...more] = gateway.simulator.received
  if (request === undefined || more.length > 0) throw new Error(`${more.length} requests too many`)
  return request
}

const PATHS = {
  'openai-chat': '/chat/completions',
  'openai-completions': '/completions',
  'openai-responses': '/responses',
  'anthropic-messages': '/messages',
}

describe.each(ALL)('$id', (provider) => {
  for (const dialect of provider.dialects.filter(isDialectId))
    for (const mode of ['whole', 'streamed'] as const)
      test(`${dialect}, ${mode}, goes to its own place with its own key`, async () => {
        const response = await ask(gateway.url, {
          dialect,
          mode,
          model: 'simulated',
          key: `vk_${provider.id}`,
        })
        const { isBroken } = await readBody(response)
        expect([response.status, isBroken]).toEqual([200, false])
        expect(response.headers.get('x-gateway-dropped')).toBeNull()

        const family = FAMILY_OF[dialect]
        const action = mode === 'whole' ? 'generateContent' : 'streamGenerateContent?alt=sse'
        const below = dialect === 'gemini' ? `/models/simulated:${action}` : PATHS[dialect]
        const { path, headers } = received()
        expect(path).toBe(provider.roots[family] + below)
        const auth = provider.auth?.[family] ?? FAMILY_AUTH[family]
        expect(headers[auth.header]).toBe(auth.prefix + secretOf(provider))
        expect(JSON.stringify(headers)).not.toContain('vk_')
      })
})

const COMPLETION = {
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
}

test.each(['ollama', 'vllm'])('%s on this machine is sent no credential', async (id) => {
  const upstream = await startScriptedUpstream()
  const other = await startGateway({ keys: { vk_a: { provider: id, api_key: '', base_url: upstream.url } } })
  try {
    upstream.answerWith(json(JSON.stringify(COMPLETION)))
    const { status } = await chat(other.url, 'vk_a', 'qwen3:8b')
    const [request] = upstream.received
    expect([status, request?.path]).toEqual([200, '/v1/chat/completions'])
    for (const name of ['authorization', 'x-api-key', 'api-key'])
      expect(request?.headers).not.toHaveProperty(name)
  } finally {
    await other.close()
    await upstream.close()
  }
})

const ANTHROPIC = {
  model: 'llama-3.3-70b-versatile',
  max_tokens: 100,
  service_tier: 'auto',
  metadata: { user_id: 'user-1' },
  messages: [{ role: 'user', content: 'hi' }],
}

describe('a converted request', () => {
  const messages = (provider: string, more: object = {}, headers = {}) =>
    send(`${gateway.url}/v1/messages`, {
      headers: { 'x-api-key': `vk_${provider}`, 'anthropic-version': '2023-06-01', ...headers },
      body: { ...ANTHROPIC, ...more },
    })

  test('leaves out what the provider refuses, says so, and uses the provider’s own names', async () => {
    const { status, headers, json: answer } = await messages('groq')
    expect([status, answer.type]).toEqual([200, 'message'])
    expect(JSON.parse(headers.get('x-gateway-dropped') ?? '')).toEqual([
      { path: 'service_tier', action: 'dropped', reason: 'Groq does not take it' },
    ])
    const { path, body } = received()
    expect(path).toBe('/openai/v1/chat/completions')
    expect(body).toMatchObject({ user: 'user-1', max_tokens: 100 })
    expect(body).not.toHaveProperty('service_tier')
    expect(body).not.toHaveProperty('safety_identifier')
  })

  test('is refused by strict clients before anybody is asked', async () => {
    const { status, json: answer } = await messages('groq', {}, { 'x-gateway-strict': 'true' })
    expect([status, answer.error.details.error_code]).toEqual([400, 'unsupported_parameter'])
    expect(gateway.simulator.received).toEqual([])
  })

  test('is not asked for usage where that is refused, and tells it all the same', async () => {
    const { status, text } = await messages('mistral', { stream: true, service_tier: undefined })
    expect(status).toBe(200)
    expect(text).toContain('event: message_stop')
    expect(received().body).not.toHaveProperty('stream_options')
  })

  test('asks no model for an effort that it does not have', async () => {
    const { status, headers } = await messages('groq', { output_config: { effort: 'high' } })
    expect(status).toBe(200)
    expect(headers.get('x-gateway-dropped')).toContain('does not reason')
    expect(received().body).not.toHaveProperty('reasoning_effort')
  })

  test('is refused where leaving a field out would change the answer', async () => {
    const { status, json: answer } = await send(`${gateway.url}/v1beta/models/m:generateContent`, {
      headers: { 'x-goog-api-key': 'vk_groq' },
      body: { contents: [{ parts: [{ text: 'hi' }] }], generationConfig: { responseLogprobs: true } },
    })
    expect([status, answer.error.details[0].reason]).toEqual([400, 'UNSUPPORTED_PARAMETER'])
    expect(gateway.simulator.received).toEqual([])
  })

  test('and one that passes through keeps everything', async () => {
    const extra = { service_tier: 'auto', store: true, logprobs: true }
    const { status } = await chat(gateway.url, 'vk_groq', 'simulated', extra)
    expect(status).toBe(200)
    expect(received().body).toMatchObject(extra)
  })
})

test('environment variables become accounts, each for its own provider', async () => {
  const environment = Object.fromEntries(variables.map((name) => [name, `sk-${name}`]))
  const other = await startGateway({ environment, keys: { vk_any: { provider: 'vllm', api_key: '' } } })
  try {
    const { json: health } = await send(`${other.url}/health`, { headers: bearer('vk_any') })
    const known = ALL.filter(({ credentialVariables }) => credentialVariables.length > 0).map(({ id }) => id)
    expect(Object.keys(health.providers)).toEqual(expect.arrayContaining(known))
    expect(Object.keys(health.providers)).not.toContain('ollama')
  } finally {
    await other.close()
  }
})
