import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const account = { api_key: 'sk-secret', base_url: upstream.url }
  gateway = await startGateway({
    keys: {
      vk_openai: { provider: 'openai', ...account },
      vk_anthropic: { provider: 'anthropic', ...account },
      vk_gemini: { provider: 'gemini', ...account },
      vk_groq: { provider: 'groq', ...account },
    },
    flags: { 'quota.enabled': false },
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const BODY = '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]}'
const GEMINI_BODY = '{"contents":[{"parts":[{"text":"x"}]}]}'

/** Header lines as they are, repeated ones included. */
async function post(path: string, lines: [string, string][], body = BODY): Promise<IncomingMessage> {
  const flat = [['content-type', 'application/json'], ['host', 'gateway'], ...lines].flat()
  const call = request(gateway.url + path, { method: 'POST', headers: flat })
  call.end(body)
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response
}

const FORWARDED: [string, string][] = [
  ['anthropic-version', '2023-06-01'],
  ['Anthropic-Beta', 'one'],
  ['anthropic-beta', 'two,three'],
  ['user-agent', 'app/1.0'],
  ['x-stainless-lang', 'js'],
  ['x-unknown', 'kept'],
  ['idempotency-key', 'abc'],
]
const KEPT_BACK: [string, string][] = [
  ['cookie', 'session=1'],
  ['x-forwarded-for', '10.0.0.1'],
  ['x-forwarded-host', 'inside'],
  ['forwarded', 'for=10.0.0.1'],
  ['x-real-ip', '10.0.0.1'],
  ['via', '1.1 proxy'],
  ['origin', 'https://app.example'],
  ['referer', 'https://app.example/page'],
  ['sec-fetch-mode', 'cors'],
  ['proxy-authorization', 'Basic eA=='],
  ['x-goog-user-project', 'somebody-pays'],
  ['x-gateway-strict', 'true'],
  ['x-http-method-override', 'DELETE'],
  ['te', 'trailers'],
  ['x-hop', 'only this far'],
  ['connection', 'keep-alive, X-Hop'],
]

test('PAS-02 PAS-09 HDR-08 a client’s headers go upstream, but for credentials, hops and where it came from', async () => {
  upstream.answerWith(json('{}'))
  await post('/v1/messages', [['x-api-key', 'vk_anthropic'], ...FORWARDED, ...KEPT_BACK])
  const received = upstream.received.at(-1)
  expect(received?.headers).toMatchObject({
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'one, two,three',
    'user-agent': 'app/1.0',
    'x-stainless-lang': 'js',
    'x-unknown': 'kept',
    'idempotency-key': 'abc',
    'accept-encoding': 'identity',
    'x-api-key': 'sk-secret',
    host: new URL(upstream.url).host,
  })
  for (const [name] of KEPT_BACK.filter(([name]) => name !== 'connection'))
    expect(received?.headers).not.toHaveProperty(name)
  expect(received?.headers.connection ?? 'keep-alive').toBe('keep-alive')
})

test.each([
  ['authorization', 'Bearer vk_openai'],
  ['api-key', 'vk_openai'],
  ['x-api-key', 'vk_openai'],
  ['x-goog-api-key', 'vk_openai'],
])('a virtual key in %s stays here, and the provider’s key goes out in its own way', async (name, value) => {
  upstream.answerWith(json('{}'))
  const response = await post('/v1/chat/completions', [[name, value]])
  const received = upstream.received.at(-1)
  expect(response.statusCode).toBe(200)
  expect(received?.headers.authorization).toBe('Bearer sk-secret')
  expect(received?.rawHeaders.join('\n')).not.toContain('vk_')
})

test.each(['?key=vk_gemini&alt=json', '?alt=json&key=vk_gemini', '?alt=json&key=vk_gemini&k%65y=vk_gemini'])(
  'HDR-03 a virtual key in the query %s stays here, and the rest of the query goes out',
  async (query) => {
    upstream.answerWith(json('{"candidates":[]}'))
    await post(`/v1beta/models/m:generateContent${query}`, [], GEMINI_BODY)
    const received = upstream.received.at(-1)
    expect(received?.path).toBe('/v1beta/models/m:generateContent?alt=json')
    expect(received?.headers['x-goog-api-key']).toBe('sk-secret')
  },
)

test('HDR-02 an OpenAI organisation is told to OpenAI only', async () => {
  upstream.answerWith(json('{}'))
  const lines: [string, string][] = [
    ['openai-organization', 'org-1'],
    ['openai-project', 'proj-1'],
  ]
  await post('/v1/chat/completions', [['authorization', 'Bearer vk_openai'], ...lines])
  expect(upstream.received.at(-1)?.headers).toMatchObject({
    'openai-organization': 'org-1',
    'openai-project': 'proj-1',
  })
  await post('/v1/chat/completions', [['authorization', 'Bearer vk_groq'], ...lines])
  expect(JSON.stringify(upstream.received.at(-1)?.headers)).not.toMatch(/org-1|proj-1/)
  await post('/v1/chat/completions', [
    ['authorization', 'Bearer vk_anthropic'],
    ['anthropic-version', '2023-06-01'],
    ...lines,
  ])
  expect(upstream.received.at(-1)?.path).toBe('/v1/messages')
  expect(JSON.stringify(upstream.received.at(-1)?.headers)).not.toMatch(/org-1|proj-1/)
})

test('HDR-05 a provider gets a version where the client sent none, and the client’s own otherwise', async () => {
  upstream.answerWith(json('{}'))
  const credential: [string, string] = ['x-api-key', 'vk_anthropic']
  await post('/v1/messages', [credential])
  await post('/v1/messages', [credential, ['anthropic-version', '2099-01-01']])
  const versions = upstream.received.slice(-2).map(({ headers }) => headers['anthropic-version'])
  expect(versions).toEqual(['2023-06-01', '2099-01-01'])
})

test('HDR-12 a provider’s headers reach the client, but for cookies, hops and the operator’s own affairs', async () => {
  const passed = {
    'x-ratelimit-remaining-tokens': '5',
    'anthropic-ratelimit-requests-limit': '7',
    'openai-processing-ms': '12',
    'retry-after': '3',
    'x-unknown': 'kept',
    'content-type': 'application/json; charset=latin1',
  }
  const keptBack = {
    'set-cookie': 'a=b',
    'strict-transport-security': 'max-age=1',
    'alt-svc': 'h3=":443"',
    'openai-organization': 'the-operator',
    'anthropic-organization-id': 'the-operator',
    'access-control-allow-origin': '*',
    'x-gateway-attempts': '99',
    'x-hop': 'only this far',
    connection: 'x-hop',
  }
  upstream.answerWith(json('{}', 200, { ...passed, ...keptBack, 'x-request-id': 'theirs' }))
  const { headers } = await post('/v1/chat/completions', [['authorization', 'Bearer vk_openai']])
  expect(headers).toMatchObject({
    ...passed,
    'x-upstream-request-id': 'theirs',
    'x-request-id': expect.stringMatching(/^req_/) as string,
    'x-gateway-attempts': '1',
    'x-gateway-model': 'm',
    'x-gateway-cache': 'bypass',
  })
  const { connection: _ours, 'x-gateway-attempts': _rewritten, ...gone } = keptBack
  for (const name of Object.keys(gone)) expect(headers).not.toHaveProperty(name)
})
