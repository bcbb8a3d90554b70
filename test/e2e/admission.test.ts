import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/config/secrets.ts'
import { bearer, chat, chatBody, send } from '../support/client.ts'
import { converse, FAMILIES } from '../support/families.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const ACCOUNT = { provider: 'simulated', api_key: 'sk-account', base_url: '{simulator}' }

function gatewayKey(id: string, more = ''): string {
  return `  - { id: ${id}, key_hash: ${sha256Hex(`gw-${id}`)}, ${more} }`
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({
    keys: {
      vk_open: { ...ACCOUNT, quota: null },
      vk_other: { ...ACCOUNT, api_key: 'sk-other', quota: null },
      vk_listed: { ...ACCOUNT, quota: null, models: ['allowed', 'family-*'] },
      'vk_hundred-OpenAI': { ...ACCOUNT, quota: 100 },
      'vk_hundred-Anthropic': { ...ACCOUNT, quota: 100 },
      'vk_hundred-Gemini': { ...ACCOUNT, quota: 100 },
      vk_three: { ...ACCOUNT, quota: 3 },
      vk_counting: { ...ACCOUNT, quota: 5 },
    },
    yaml: `
server: { body_limit: 100KiB }
gateway_keys:
${gatewayKey('off', 'status: disabled')}
${gatewayKey('reader', 'permissions: [read]')}
${gatewayKey('writer', 'permissions: [write]')}
${gatewayKey('bound', 'account: small')}
upstream_accounts:
  - { id: small, provider: openai, api_key: sk-small, base_url: "{simulator}", models: [allowed] }
  - { id: sim, provider: simulated, api_key: sk-declared, base_url: "{simulator}" }
`,
  })
})

afterAll(() => gateway.close())

beforeEach(() => gateway.simulator.clear())

/** The account's credential that a request with these headers was sent upstream with. */
async function credentialUpstream(headers: Record<string, string>, query = ''): Promise<string | undefined> {
  const body = chatBody('simulated')
  const { status } = await send(`${gateway.url}/v1/chat/completions${query}`, { headers, body })
  expect(status).toBe(200)
  return gateway.simulator.received[0]?.headers.authorization
}

describe('a virtual key is read from', () => {
  test.each([
    ['Authorization: Bearer', { authorization: 'Bearer vk_open' }, ''],
    ['authorization: bearer, in any case', { authorization: 'bearer vk_open' }, ''],
    ['x-api-key', { 'x-api-key': 'vk_open' }, ''],
    ['api-key', { 'api-key': 'vk_open' }, ''],
    ['x-goog-api-key', { 'x-goog-api-key': 'vk_open' }, ''],
    ['?key=', {}, '?key=vk_open'],
    ['?key= among others', {}, '?alt=json&key=vk_open&x=1'],
  ])('%s', async (_place, headers, query) => {
    expect(await credentialUpstream(headers, query)).toBe('Bearer sk-account')
    const [arrived] = gateway.simulator.received
    expect(JSON.stringify([arrived?.path, arrived?.rawHeaders])).not.toContain('vk_open')
  })

  test.each(FAMILIES)('every one of them, at paths of $name', async (family) => {
    const places: Record<string, string>[] = [
      bearer('vk_open'),
      { 'x-api-key': 'vk_open' },
      { 'api-key': 'vk_open' },
      { 'x-goog-api-key': 'vk_open' },
    ]
    const body = family.body('simulated')
    for (const headers of places)
      expect((await send(gateway.url + family.path('simulated'), { headers, body })).status).toBe(200)
    const inQuery = await send(`${gateway.url}${family.path('simulated')}?key=vk_open`, { body })
    expect(inQuery.status).toBe(200)
  })

  test.each([
    ['x-api-key before Authorization', { 'x-api-key': 'vk_open', ...bearer('vk_other') }, ''],
    ['api-key before Authorization', { 'api-key': 'vk_open', ...bearer('vk_other') }, ''],
    ['x-goog-api-key before Authorization', { 'x-goog-api-key': 'vk_open', ...bearer('vk_other') }, ''],
    ['Authorization before ?key=', bearer('vk_open'), '?key=vk_other'],
    ['x-api-key before the others', { 'x-api-key': 'vk_open', 'api-key': 'a', 'x-goog-api-key': 'b' }, ''],
    ['an empty header counts as none', { 'x-api-key': '', ...bearer('vk_open') }, ''],
  ])('the most specific place: %s', async (_rule, headers, query) => {
    expect(await credentialUpstream(headers, query)).toBe('Bearer sk-account')
  })

  test('one place only: a wrong key is not made good by a right one elsewhere', async () => {
    const headers = { 'x-api-key': 'vk_nobody', ...bearer('vk_open') }
    const request = { headers, body: chatBody('simulated') }
    expect((await send(`${gateway.url}/v1/chat/completions`, request)).status).toBe(401)
    expect(gateway.simulator.received).toEqual([])
  })
})

describe('an allow list of models', () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(gateway.url + path, { headers: { ...bearer('vk_listed'), ...headers }, body })
  const parts = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }

  test.each(['allowed', 'family-one', 'family-'])('lets %s through', async (model) => {
    expect((await chat(gateway.url, 'vk_listed', model)).status).toBe(200)
  })

  test.each(FAMILIES)('refuses others with 403 model_not_allowed, $name', async (family) => {
    const answer = await converse(gateway.url, family, 'vk_listed', { model: 'forbidden' })
    expect(answer.status).toBe(403)
    expect(answer.json).toMatchObject(family.shape(403))
    expect(family.codeOf(answer.json)).toBe('model_not_allowed')
    expect(gateway.simulator.received).toEqual([])
  })

  const TWICE = '"messages":[{"role":"user","content":"hi"}]'
  test.each([
    ['the last is forbidden', `{"model":"allowed",${TWICE},"model":"forbidden"}`],
    ['the first is forbidden', `{"model":"forbidden",${TWICE},"model":"allowed"}`],
    ['one is escaped', `{"\\u006dodel":"forbidden",${TWICE},"model":"allowed"}`],
    ['both are allowed', `{"model":"family-a",${TWICE},"model":"allowed"}`],
  ])('refuses a body that names its model twice: %s', async (_case, body) => {
    const { status } = await post('/v1/chat/completions', body)
    expect([400, 403]).toContain(status)
    expect(gateway.simulator.received).toEqual([])
  })

  test('refuses a form that names its model twice', async () => {
    const form = ['allowed', 'forbidden'].map(
      (model) => `--edge\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n`,
    )
    const type = { 'content-type': 'multipart/form-data; boundary=edge' }
    const { status } = await post('/v1/audio/transcriptions', `${form.join('')}--edge--\r\n`, type)
    expect([400, 403]).toContain(status)
    expect(gateway.simulator.received).toEqual([])
  })

  test.each([
    ['/simulated/v1/chat/completions', chatBody('forbidden')],
    ['/simulated/v1/embeddings', { model: 'forbidden', input: 'hi' }],
    ['/simulated/v1/embeddings', { input: 'hi' }],
    ['/simulated/v1/files', { purpose: 'x' }],
    ['/simulated/v1beta/models/forbidden:generateContent', parts],
    ['/simulated/v1beta/models/forbidden:generateContent', { ...parts, model: 'allowed' }],
    ['/simulated/v1beta/models/forbidden%3AgenerateContent', { ...parts, model: 'allowed' }],
    ['/simulated/v1beta/models/forbidden:embedContent', { model: 'allowed', content: {} }],
    ['/simulated/v1beta/models/forbidden:%67enerateContent', { ...parts, model: 'allowed' }],
    ['/simulated/v1beta/models/forbidden:generateContent/', { ...parts, model: 'allowed' }],
    ['/simulated/v1beta/tunedModels/forbidden:generateContent', { ...parts, model: 'allowed' }],
    ['/simulated/openai/deployments/forbidden/chat/completions', chatBody('allowed')],
    ['/v1beta/models/forbidden:embedContent', { model: 'allowed', content: {} }],
    ['/v1beta/models/forbidden%3AgenerateContent', { ...parts, model: 'allowed' }],
    ['/openai/deployments/forbidden/chat/completions', chatBody('allowed')],
    ['/v1/images/generations', { prompt: 'no model named' }],
  ])('holds at %s', async (path, body) => {
    const answer = await post(path, body)
    expect(answer.status).toBe(403)
    expect(gateway.simulator.received).toEqual([])
  })

  test('is not got around by a name that climbs, which is refused for everybody', async () => {
    const answer = await post('/v1beta/models/allowed%2F..%2Fforbidden:generateContent', parts)
    expect(answer.status).toBe(400)
    expect(gateway.simulator.received).toEqual([])
  })

  test.each([
    ['/simulated/v1/chat/completions', chatBody('allowed')],
    ['/simulated/v1beta/models/allowed:generateContent', parts],
    ['/simulated/v1beta/models/family-x:countTokens', parts],
    ['/v1/embeddings', { model: 'allowed', input: 'hi' }],
  ])('lets an allowed model through at %s', async (path, body) => {
    expect((await post(path, body)).status).toBe(200)
  })

  test.each([
    '/v1beta/models/%E0%A4%A:generateContent',
    '/simulated/v1/%E0%A4%A',
    '/openai/deployments/%E0/x',
  ])('refuses a path that is not encoded correctly: %s', async (path) => {
    expect((await post(path, { ...parts, model: 'allowed' })).status).toBe(400)
    expect(gateway.simulator.received).toEqual([])
  })

  test('shows in the list of models', async () => {
    const { json } = await send(`${gateway.url}/v1/models`, { headers: bearer('vk_listed') })
    expect(json.data).toEqual([])
  })
})

describe('the models of an account', () => {
  test('hold for a key that is bound to it', async () => {
    expect((await chat(gateway.url, 'gw-bound', 'allowed')).status).toBe(200)
    gateway.simulator.clear()
    const refused = await chat(gateway.url, 'gw-bound', 'forbidden')
    expect(refused).toMatchObject({ status: 404, json: { error: { code: 'model_not_found' } } })
    expect(gateway.simulator.received).toEqual([])
  })

  test('hold for a body that names its model twice', async () => {
    const body = '{"model":"forbidden","messages":[{"role":"user","content":"hi"}],"model":"allowed"}'
    for (const key of ['gw-bound', 'gw-writer']) {
      const answer = await send(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body })
      expect(answer.status).toBe(400)
    }
    expect(gateway.simulator.received).toEqual([])
  })
})

describe('the hourly quota', () => {
  test.each(FAMILIES)('is exact with 200 requests at once, $name', async (family) => {
    const startedAtSeconds = Math.floor(Date.now() / 1000)
    const asking = Array.from({ length: 200 }, () =>
      converse(gateway.url, family, `vk_hundred-${family.name}`),
    )
    const answers = await Promise.all(asking)
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
    expect(refused).toHaveLength(100)
    expect(gateway.simulator.received).toHaveLength(100)
    const remaining = answers.flatMap(({ status, headers }) =>
      status === 200 ? [Number(headers.get('x-ratelimit-remaining'))] : [],
    )
    expect(new Set(remaining).size).toBe(100)
    for (const { json, headers } of refused) {
      expect(json).toMatchObject(family.shape(429))
      expect(['quota_exceeded', 'rate_limit_exceeded']).toContain(family.codeOf(json))
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(3500)
      expect(headers.get('x-ratelimit-remaining')).toBe('0')
      expect(headers.get('x-ratelimit-limit')).toBe('100')
      expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThanOrEqual(startedAtSeconds + 3600)
    }
  })

  test('is not used up by requests that are refused', async () => {
    const { url } = gateway
    await send(`${url}/v1/chat/completions`, { headers: bearer('vk_three'), body: '{' })
    await send(`${url}/v1/chat/completions`, { headers: bearer('vk_three'), body: { model: 'simulated' } })
    await send(`${url}/v1/messages`, { headers: bearer('vk_three'), body: [] })
    await send(`${url}/nowhere`, { headers: bearer('vk_three'), body: {} })
    await send(`${url}/openai/v1/../x`, { headers: bearer('vk_three'), body: {} })
    const tooLarge = chatBody('simulated', { user: 'x'.repeat(200_000) })
    await send(`${url}/v1/chat/completions`, { headers: bearer('vk_three'), body: tooLarge })
    expect(gateway.simulator.received).toEqual([])
    const answer = await chat(url, 'vk_three')
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('2')
  })

  test('is not used up by looking: models, token counts', async () => {
    const headers = bearer('vk_counting')
    const { url } = gateway
    expect((await send(`${url}/v1/models`, { headers })).status).toBe(200)
    const counted = { headers, body: chatBody('simulated') }
    expect((await send(`${url}/v1/messages/count_tokens`, counted)).status).toBe(200)
    const contents = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
    const path = '/v1beta/models/simulated:countTokens'
    expect((await send(url + path, { headers, body: contents })).status).toBe(200)
    expect((await chat(url, 'vk_counting')).headers.get('x-ratelimit-remaining')).toBe('4')
  })

  test('is used up by what fails upstream', async () => {
    const before = Number((await chat(gateway.url, 'vk_counting')).headers.get('x-ratelimit-remaining'))
    const failed = await chat(gateway.url, 'vk_counting', 'simulated-error-400')
    expect(failed.status).toBe(400)
    expect(failed.headers.get('x-ratelimit-remaining')).toBe(String(before - 1))
  })
})

describe.each(FAMILIES)('$name errors', (family) => {
  const ask = (key: string, changes: Parameters<typeof converse>[3] = {}) =>
    converse(gateway.url, family, key, changes)

  /** Status, shape and code of a refusal that no upstream has seen. */
  async function expectRefusal(answer: Awaited<ReturnType<typeof ask>>, status: number, code: string) {
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.json).toMatchObject(family.shape(status))
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
    // OpenAI has codes of its own, which its clients test for
    const openAiCodes: Record<string, string> = {
      key_missing: 'invalid_api_key',
      key_unknown: 'invalid_api_key',
      key_disabled: 'invalid_api_key',
    }
    const expected = family.name === 'OpenAI' ? (openAiCodes[code] ?? code) : code
    expect(family.codeOf(answer.json)).toBe(expected)
    expect(gateway.simulator.received).toEqual([])
  }

  test('400 for a path that is not encoded correctly', async () => {
    const path = { OpenAI: '/v1/%E0', Anthropic: '/v1/messages/%E0', Gemini: '/v1beta/models/%E0:x' }
    await expectRefusal(await ask('vk_open', { path: path[family.name] }), 400, 'invalid_request')
  })

  test('401 without a key', async () => {
    const answer = await send(gateway.url + family.path('simulated'), { body: family.body('simulated') })
    await expectRefusal(answer, 401, 'key_missing')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('401 for an unknown key', async () => {
    await expectRefusal(await ask('vk_nobody'), 401, 'key_unknown')
  })

  test('401 for a disabled key', async () => {
    await expectRefusal(await ask('gw-off'), 401, 'key_disabled')
  })

  test('401 before the body is looked at', async () => {
    await expectRefusal(await ask('vk_nobody', { body: '{' }), 401, 'key_unknown')
  })

  test.each(['{', '{"a":}', '"', ''])('400 for a body that is not JSON: %s', async (body) => {
    await expectRefusal(await ask('vk_open', { method: 'POST', body }), 400, 'invalid_json')
  })

  test.each(['[]', '1', 'null', '{}'])('400 for a body that is no request: %s', async (body) => {
    await expectRefusal(await ask('vk_open', { body }), 400, 'invalid_request')
  })

  test('HDR-14 400 for a content-encoding that the body does not have', async () => {
    const answer = await ask('vk_open', { headers: { 'content-encoding': 'gzip' } })
    await expectRefusal(answer, 400, 'invalid_request')
  })

  test('403 for a key without the permission to write', async () => {
    await expectRefusal(await ask('gw-reader'), 403, 'permission_denied')
  })

  test('ERR-27 404 for a path that does not exist', async () => {
    const path = { OpenAI: '/v1/nothing', Anthropic: '/v1/messages/nothing', Gemini: '/v1beta/nothing' }
    await expectRefusal(await ask('vk_open', { path: path[family.name] }), 404, 'not_found')
  })

  test('ERR-27 405 for a method that the path does not take', async () => {
    const path = { OpenAI: '/v1/chat/completions', Anthropic: '/v1/messages', Gemini: '/v1beta/models' }
    const method = family.name === 'Gemini' ? 'DELETE' : 'GET'
    const headers = family.credential('vk_open')
    const answer = await send(gateway.url + path[family.name], { method, headers })
    await expectRefusal(answer, 405, 'method_not_allowed')
  })

  test('413 for a body beyond the limit', async () => {
    const body = { ...family.body('simulated'), padding: 'x'.repeat(200_000) }
    const answer = await ask('vk_open', { body })
    await expectRefusal(answer, 413, 'request_too_large')
    expect(answer.text).toContain('102400 bytes')
  })

  test('413 for a body that unpacks beyond the limit', async () => {
    const body = gzipSync(JSON.stringify({ ...family.body('simulated'), padding: 'x'.repeat(200_000) }))
    const response = await fetch(gateway.url + family.path('simulated'), {
      method: 'POST',
      headers: {
        ...family.credential('vk_open'),
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body,
    })
    const text = await response.text()
    const { status, headers } = response
    await expectRefusal({ status, headers, text, json: JSON.parse(text) }, 413, 'request_too_large')
  })

  test('HDR-14 415 for an encoding that we do not know', async () => {
    const answer = await ask('vk_open', { headers: { 'content-encoding': 'snappy' } })
    await expectRefusal(answer, 415, 'unsupported_encoding')
  })
})

describe('permissions', () => {
  test('read: models, but no inference', async () => {
    const headers = bearer('gw-reader')
    expect((await send(`${gateway.url}/v1/models`, { headers })).status).toBe(200)
    expect((await chat(gateway.url, 'gw-reader')).status).toBe(403)
    const embedding = { headers, body: { model: 'simulated', input: 'hi' } }
    expect((await send(`${gateway.url}/v1/embeddings`, embedding)).status).toBe(403)
    expect((await send(`${gateway.url}/simulated/v1/embeddings`, embedding)).status).toBe(403)
  })

  test('write: inference, but no models', async () => {
    expect((await chat(gateway.url, 'gw-writer')).status).toBe(200)
    const headers = bearer('gw-writer')
    for (const path of ['/v1/models', '/v1/models/simulated', '/v1beta/models', '/simulated/v1/models'])
      expect((await send(gateway.url + path, { headers })).status).toBe(403)
  })
})
