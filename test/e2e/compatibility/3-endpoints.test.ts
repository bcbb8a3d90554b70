import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bearer, chat, chatBody, send } from '../../support/client.ts'
import { converse, FAMILIES } from '../../support/families.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'
import { json, type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts'
import { until } from '../../support/until.ts'

const UNREACHABLE = 'http://127.0.0.1:1'

let gateway: TestGateway
let foreign: ScriptedUpstream

beforeAll(async () => {
  // spelled in a way that nobody who parses and writes JSON anew would keep
  foreign = await startScriptedUpstream()
  foreign.answerWith(json(ODD_ANSWER))
  gateway = await startGateway({
    keys: {
      vk_openai: { provider: 'openai', api_key: 'sk-openai', base_url: '{simulator}' },
      vk_anthropic: { provider: 'anthropic', api_key: 'sk-ant', base_url: '{simulator}' },
      vk_passthrough: {
        provider: 'anthropic',
        api_key: 'sk-raw',
        base_url: '{simulator}',
        passthrough: true,
      },
      vk_foreign: { provider: 'deepseek', api_key: 'sk-foreign', base_url: foreign.url },
      vk_dead: { provider: 'gemini', api_key: 'sk-dead', base_url: UNREACHABLE },
      vk_limited: { provider: 'openai', api_key: 'sk-limited', base_url: '{simulator}', quota: 1 },
    },
    demo: true,
    environment: { QUOTA_LIMIT: '1000' },
    flags: { 'proxy.request_timeout': '300ms' },
  })
})

afterAll(async () => {
  await gateway.close()
  await foreign.close()
})

beforeEach(() => gateway.simulator.clear())

const ODD_ANSWER =
  '{"id":"x",  "object":"chat.completion","created":1.0e0,"model":"m","unheard_of":{"b":1,"a":2},' +
  '"choices":[{"index":0,"message":{"role":"assistant","content":"h\\u00e9"},"finish_reason":"stop"}]}\n'

describe('POST /chat/completions', () => {
  test('§3 POST /chat/completions: served with Authorization: Bearer', async () => {
    const request = { headers: bearer('vk_openai'), body: chatBody('gpt-5') }
    const answer = await send(`${gateway.url}/chat/completions`, request)
    expect(answer).toMatchObject({ status: 200, json: { object: 'chat.completion' } })
    expect(gateway.simulator.received).toMatchObject([{ path: '/v1/chat/completions' }])
  })

  test('§3 POST /chat/completions: streamed', async () => {
    const request = { headers: bearer('vk_openai'), body: chatBody('gpt-5', { stream: true }) }
    const answer = await send(`${gateway.url}/chat/completions`, request)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(answer.text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  })
})

describe('POST /completions/chat', () => {
  const post = (headers: Record<string, string>) =>
    send(`${gateway.url}/completions/chat`, { headers, body: chatBody('gpt-5') })

  test('§3 POST /completions/chat: served', async () => {
    expect(await post(bearer('vk_openai'))).toMatchObject({
      status: 200,
      json: { object: 'chat.completion' },
    })
  })

  test('§3 POST /completions/chat: a missing Authorization header is 400', async () => {
    expect((await post({})).status).toBe(400)
    expect(gateway.simulator.received).toEqual([])
  })

  test.each(['', 'vk_openai', 'Basic dmtfb3BlbmFp', 'Bearer', 'Bearer ', 'Bearer a b'])(
    '§3 POST /completions/chat: a malformed Authorization header is 400: "%s"',
    async (authorization) => {
      expect((await post({ authorization })).status).toBe(400)
    },
  )

  test('§3 POST /completions/chat: a key elsewhere does not stand in for the header', async () => {
    expect((await post({ 'x-api-key': 'vk_openai' })).status).toBe(400)
  })

  test('§3 POST /completions/chat: an unknown key stays 401', async () => {
    expect((await post(bearer('vk_nobody'))).status).toBe(401)
  })

  test.each(['/chat/completions', '/v1/chat/completions', '/v1/completions', '/v1/messages'])(
    '§3 POST /completions/chat: only here; a missing Authorization header is 401 at %s',
    async (path) => {
      expect((await send(gateway.url + path, { body: chatBody('gpt-5') })).status).toBe(401)
    },
  )
})

describe('POST /v1/…', () => {
  test.each([
    ['/v1/chat/completions', 'vk_openai', chatBody('gpt-5'), { object: 'chat.completion' }],
    ['/v1/completions', 'vk_openai', { model: 'gpt-5', prompt: 'hi' }, { object: 'text_completion' }],
    ['/v1/messages', 'vk_anthropic', chatBody('claude-5', { max_tokens: 9 }), { type: 'message' }],
  ])('§3 POST %s: served', async (path, key, body, expected) => {
    const answer = await send(gateway.url + path, { headers: bearer(key), body })
    expect(answer).toMatchObject({ status: 200, json: expected })
    expect(gateway.simulator.received).toMatchObject([{ path }])
  })

  test.each(['', '/v1'])('§3 OpenAI SDK with base_url="http://…%s"', async (root) => {
    const client = new OpenAI({ baseURL: gateway.url + root, apiKey: 'vk_openai', maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'hi' }]
    const whole = await client.chat.completions.create({ model: 'gpt-5', messages })
    expect(whole.choices[0]?.finish_reason).toBe('stop')
    const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true })
    const reasons = []
    for await (const chunk of stream) reasons.push(chunk.choices[0]?.finish_reason)
    expect(reasons).toContain('stop')
    expect((await client.models.list()).data.length).toBeGreaterThan(0)
  })
})

describe('unchanged, or converted', () => {
  test('§3 a body in the provider’s own format: untouched both ways', async () => {
    const body =
      '{ "messages":[{"role":"user","content":"h\\u00e9"}], "model":"deepseek-chat","temperature":1.0,"new_thing":[1e3]}'
    const answer = await send(`${gateway.url}/chat/completions`, { headers: bearer('vk_foreign'), body })
    expect(answer.text).toBe(ODD_ANSWER)
    expect(foreign.received.at(-1)?.body.toString()).toBe(body)
  })

  test('§3 a body in another format at a path of its own: its format is recognised', async () => {
    const body = chatBody('claude-5', { max_tokens: 9, system: 'Be short.' })
    const answer = await send(`${gateway.url}/chat/completions`, { headers: bearer('vk_anthropic'), body })
    expect(answer).toMatchObject({ status: 200, json: { type: 'message' } })
    expect(gateway.simulator.received).toMatchObject([{ path: '/v1/messages', body }])
  })

  test('§3 a body valid in both is taken for the path’s format', async () => {
    const body = chatBody('m', { max_tokens: 9 })
    const answer = await send(`${gateway.url}/chat/completions`, { headers: bearer('vk_openai'), body })
    expect(answer).toMatchObject({ status: 200, json: { object: 'chat.completion' } })
    expect(gateway.simulator.received).toMatchObject([{ path: '/v1/chat/completions' }])
  })

  test('§3 a body valid in both, unless a header says otherwise: anthropic-version', async () => {
    const headers = { ...bearer('vk_anthropic'), 'anthropic-version': '2023-06-01' }
    const body = chatBody('m', { max_tokens: 9 })
    const answer = await send(`${gateway.url}/chat/completions`, { headers, body })
    expect(answer).toMatchObject({ status: 200, json: { type: 'message' } })
    expect(gateway.simulator.received).toMatchObject([{ path: '/v1/messages' }])
  })

  test('§3 a body valid in both, or the key has "passthrough": true', async () => {
    const body = '{"max_tokens":9,"model":"m" ,"messages":[{"role":"user","content":"hi"}]}'
    const answer = await send(`${gateway.url}/chat/completions`, { headers: bearer('vk_passthrough'), body })
    expect(answer).toMatchObject({ status: 200, json: { type: 'message' } })
    expect(gateway.simulator.received[0]?.path).toBe('/v1/messages')
    expect(gateway.simulator.received[0]?.rawBody.toString()).toBe(body)
  })

  test.each([
    ['/v1/responses', { model: 'm', input: 'hi' }],
    ['/v1beta/models/m:generateContent', { contents: [{ parts: [{ text: 'hi' }] }] }],
    ['/v1/completions', { model: 'm', prompt: 'hi' }],
  ])('§3 "passthrough": true: nothing is ever converted for it: %s', async (path, body) => {
    const answer = await send(gateway.url + path, { headers: bearer('vk_passthrough'), body })
    expect(answer.status).toBe(400)
    expect(answer.text.toLowerCase()).toContain('conversion_unavailable')
    expect(gateway.simulator.received).toEqual([])
  })

  test('§3 a body in another format: converted, answered in the format of the client', async () => {
    const answer = await chat(gateway.url, 'vk_anthropic', 'claude-5')
    expect(answer).toMatchObject({ status: 200, json: { object: 'chat.completion' } })
    expect(gateway.simulator.received[0]?.path).toBe('/v1/messages')
  })
})

describe('status codes', () => {
  test.each(FAMILIES)('§3 401 missing key, $name', async (family) => {
    const answer = await send(gateway.url + family.path('m'), { body: family.body('m') })
    expect(answer.status).toBe(401)
  })

  test.each(FAMILIES)('§3 401 unknown key, $name', async (family) => {
    expect((await converse(gateway.url, family, 'vk_nobody')).status).toBe(401)
  })

  test.each(FAMILIES)('§3 400 invalid request, $name', async (family) => {
    expect((await converse(gateway.url, family, 'vk_demo', { body: '{' })).status).toBe(400)
    expect((await converse(gateway.url, family, 'vk_demo', { body: {} })).status).toBe(400)
    expect(gateway.simulator.received).toEqual([])
  })

  test('§3 429 quota, with retry-after, remaining and reset headers', async () => {
    const first = await chat(gateway.url, 'vk_limited')
    expect(first.headers.get('x-ratelimit-remaining')).toBe('0')
    const beforeSeconds = Math.floor(Date.now() / 1000)
    const answer = await chat(gateway.url, 'vk_limited')
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(3500)
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(3600)
    expect(answer.headers.get('x-ratelimit-limit')).toBe('1')
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(Number(answer.headers.get('x-ratelimit-reset'))).toBeGreaterThan(beforeSeconds + 3500)
    expect(Number(answer.headers.get('x-ratelimit-reset'))).toBeLessThanOrEqual(beforeSeconds + 3602)
  })

  test('§3 502 provider failed: not reachable', async () => {
    const gemini = FAMILIES[2]
    const answer = await converse(gateway.url, gemini, 'vk_dead')
    expect(answer.status).toBe(502)
    expect(gemini.codeOf(answer.json)).toBe('upstream_unreachable')
  })

  test.each(['simulated-reset', 'simulated-cut', 'simulated-malformed', 'simulated-error-html'])(
    '§3 502 provider failed: %s',
    async (model) => {
      expect((await chat(gateway.url, 'vk_demo', model)).status).toBe(502)
    },
  )

  test('§3 504 for a provider that timed out', async () => {
    expect((await chat(gateway.url, 'vk_demo', 'simulated-silent')).status).toBe(504)
  })
})

describe('GET /health', () => {
  test('§3 GET /health: status, timestamp and providers, each with more fields', async () => {
    await chat(gateway.url, 'vk_openai')
    const { status, json } = await send(`${gateway.url}/health`)
    expect(status).toBe(200)
    expect(['healthy', 'degraded']).toContain(json.status)
    expect(json.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(json.providers.openai).toEqual({
      healthy: true,
      online: true,
      url: `${gateway.simulator.url}/v1`,
      latency_ms: expect.any(Number),
      checked_at: expect.stringMatching(/Z$/),
      circuit: 'closed',
    })
    expect(Object.keys(json.providers).toSorted()).toEqual([
      'anthropic',
      'deepseek',
      'gemini',
      'openai',
      'simulated',
    ])
  })

  test('§3 GET /health: open to everybody', async () => {
    expect((await send(`${gateway.url}/health`)).status).toBe(200)
  })

  test('§3 GET /health?view=list: status and providers with name, url and online', async () => {
    const { status, json } = await send(`${gateway.url}/health?view=list`)
    expect(status).toBe(200)
    expect(json).toEqual({ status: expect.any(String), providers: expect.any(Array) })
    expect(json.providers).toContainEqual({
      name: 'openai',
      url: `${gateway.simulator.url}/v1`,
      online: true,
    })
  })

  test('§3 GET /health: healthy is "healthy", and "ok" in the list', async () => {
    const well = await startGateway()
    expect((await send(`${well.url}/health`)).json.status).toBe('healthy')
    expect((await send(`${well.url}/health?view=list`)).json.status).toBe('ok')
    await well.close()
  })
})

describe('GET /metrics', () => {
  const metrics = (accept: string, query = '') =>
    send(`${gateway.url}/metrics${query}`, { headers: { accept } })

  test.each(['*/*', 'application/json'])('§3 GET /metrics: JSON by default, Accept: %s', async (accept) => {
    await chat(gateway.url, 'vk_openai')
    const { status, headers, json } = await metrics(accept)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toContain('application/json')
    expect(Object.keys(json)).toEqual([
      'total_requests',
      'requests_by_provider',
      'average_response_ms',
      'last_updated',
    ])
    expect(json.total_requests).toBeGreaterThan(0)
    expect(json.requests_by_provider.openai).toBeGreaterThan(0)
    expect(json.last_updated).toMatch(/Z$/)
  })

  test.each(['text/plain', 'application/openmetrics-text'])(
    '§3 GET /metrics: Prometheus text for Accept: %s',
    async (accept) => {
      const { headers, text } = await metrics(accept)
      expect(headers.get('content-type')).toContain(accept)
      expect(text).toContain('# TYPE llm_gateway_requests')
    },
  )

  test('§3 GET /metrics: ?format= forces', async () => {
    expect((await metrics('text/plain', '?format=json')).json.total_requests).toBeGreaterThan(0)
    expect((await metrics('application/json', '?format=prometheus')).text).toContain('# HELP')
  })
})

test('§3 provider health is found without spending tokens: passively from traffic', async () => {
  const watched = await startGateway()
  const providers = async () => (await send(`${watched.url}/health`)).json.providers
  expect((await providers()).simulated).toMatchObject({ healthy: true, online: null, checked_at: null })
  await chat(watched.url, 'vk_demo')
  expect((await providers()).simulated).toMatchObject({ healthy: true, online: true })
  expect(watched.simulator.received).toHaveLength(1)
  await watched.close()
})

test('§3 provider health is found without spending tokens: by a periodic model list per account', async () => {
  const watched = await startGateway({ flags: { 'health.interval': '100ms' } })
  const { received } = watched.simulator
  await until(() => received.length >= 3)
  expect(new Set(received.map(({ method, path }) => `${method} ${path}`))).toEqual(
    new Set(['GET /v1/models']),
  )
  await watched.close()
})
