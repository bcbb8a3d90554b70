import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addAccount, editAccount } from '../../../src/control/accounts.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { openDesk } from '../../support/desk.ts'
import { freePort } from '../../support/free-port.ts'
import { type Script, type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts'
import { type AdminClient, type Answer, startAdmin } from './admin-client.ts'

let admin: AdminClient
let upstream: ScriptedUpstream
const servers: Server[] = []

beforeAll(async () => {
  admin = await startAdmin()
  upstream = await startScriptedUpstream()
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(async () => {
  await admin.close()
  await upstream.close()
})

let count = 0

/** Makes an account that is reached at this address, and asks how it is. */
async function check(base_url: string, fields: object = {}): Promise<Answer> {
  const body = {
    name: `checked-${count++}`,
    provider: 'openai',
    api_key: 'sk-checked-1234567890',
    base_url,
    ...fields,
  }
  const created = await admin.call('POST', '/accounts', { body })
  expect(created.status).toBe(201)
  return await admin.call('POST', `/accounts/${created.body.id}/test`)
}

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const answering =
  (status: number, body: string): Script =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)

test('an account that is well lists its models, and is asked with its own credential', async () => {
  upstream.answerWith(answering(200, '{"data":[{"id":"a"},{"id":"b"}]}'))
  const { body } = await check(upstream.url, { headers: { 'x-team': 'red' } })
  expect(body).toMatchObject({ ok: true, status: 200, models: 2, code: null, latency_ms: expect.any(Number) })
  expect(upstream.received.at(-1)).toMatchObject({
    method: 'GET',
    path: '/v1/models',
    headers: { authorization: 'Bearer sk-checked-1234567890', 'x-team': 'red' },
  })
})

describe('what is wrong is said in words', () => {
  test.each([
    [401, '{}', false, 'upstream_credentials_rejected', /does not accept the credential/],
    [403, '{}', false, 'upstream_credentials_rejected', /permissions/],
    [404, '{}', true, null, /base_url/],
    [429, '{}', true, null, /rate limit/],
    [500, 'oops', false, 'upstream_error', /500/],
    [200, '<html>', true, null, /not with a list of models/],
  ])('an answer with status %i %s', async (status, text, ok, code, message) => {
    upstream.answerWith(answering(status, text))
    expect((await check(upstream.url)).body).toMatchObject({
      ok,
      status,
      code,
      message: expect.stringMatching(message),
    })
  })

  test('nothing listens there', async () => {
    const { body } = await check(`http://127.0.0.1:${await freePort()}`)
    expect(body).toMatchObject({ ok: false, status: null, code: 'upstream_unreachable', message: /refused/ })
  })

  test('the name does not exist', async () => {
    const { body } = await check('http://no-such-host.invalid')
    expect(body).toMatchObject({ ok: false, code: 'upstream_unreachable', message: /host name/ })
  })

  test('its certificate is of nobody that is trusted', async () => {
    const { certPem, keyPem } = selfSignedCertificate('localhost')
    const port = await listening(
      createTlsServer({ cert: certPem, key: keyPem }, (_request, response) => response.end()),
    )
    expect((await check(`https://127.0.0.1:${port}`)).body).toMatchObject({
      ok: false,
      message: /self-signed/,
    })
  })

  test('it speaks http where https is expected', async () => {
    const port = await listening(createServer((_request, response) => response.end()))
    expect((await check(`https://127.0.0.1:${port}`)).body).toMatchObject({
      ok: false,
      message: /http rather than https/,
    })
  })

  test('its key holds what no header can', async () => {
    const command = await openDesk(admin.gateway.folder)
    const fields = { provider: 'openai', api_key: 'sk-…', base_url: upstream.url }
    await addAccount(command.desk, { name: 'ellipsis', ...fields })
    await command.close()
    const { body } = await admin.call('POST', '/accounts/ellipsis/test')
    expect(body).toMatchObject({ ok: false, message: expect.stringContaining('copied whole') })
    expect(await admin.call('POST', '/accounts', { body: { name: 'other', ...fields } })).toMatchObject({
      status: 400,
      body: { error: { path: 'api_key' } },
    })
  })

  test('an account that does not exist is not asked', async () => {
    expect((await admin.call('POST', '/accounts/nobody/test')).status).toBe(404)
  })
})

describe('without allow_private_upstreams', () => {
  let strict: AdminClient
  beforeAll(async () => {
    strict = await startAdmin({ yaml: 'admin: {}' })
  })
  afterAll(() => strict.close())

  const OAUTH = {
    authorization_endpoint: 'https://1.1.1.1/a',
    token_endpoint: 'https://1.1.1.1/t',
    client_id: 'c',
  }
  const METADATA = 'http://169.254.169.254/latest'

  test.each<[string, Record<string, unknown>, string]>([
    ['loopback', { base_url: 'http://127.0.0.1:9' }, 'base_url'],
    ['loopback by name', { base_url: 'http://localhost:9' }, 'base_url'],
    ['loopback in IPv6', { base_url: 'http://[::1]:9' }, 'base_url'],
    ['loopback, written otherwise', { base_url: 'http://2130706433' }, 'base_url'],
    ['a metadata address', { base_url: METADATA }, 'base_url'],
    ['a provider that is at home on this machine', { provider: 'ollama', base_url: null }, 'base_url'],
    [
      'tokens from a private address',
      { type: 'oauth', oauth: { ...OAUTH, token_endpoint: 'https://10.0.0.1/t' } },
      'oauth.token_endpoint',
    ],
    [
      'credentials that name addresses of their own',
      {
        provider: 'vertex',
        type: 'google',
        google: {
          project: 'p',
          credentials_json: JSON.stringify({ type: 'external_account', token_url: METADATA }),
        },
      },
      'google.credentials_json',
    ],
  ])('%s is refused, when it is made and when it is changed', async (_name, fields, path) => {
    const refused = { status: 400, body: { error: { code: 'invalid_request', path } } }
    const { type, provider = 'openai', ...changes } = fields
    const body = {
      name: 'private',
      provider,
      ...(type === undefined ? { api_key: '' } : { type }),
      ...changes,
    }
    expect(await strict.call('POST', '/accounts', { body })).toMatchObject(refused)
    const name = `public-${count++}`
    const sound = { name, provider, base_url: 'https://1.1.1.1/v1', api_key: '' }
    expect((await strict.call('POST', '/accounts', { body: sound })).status).toBe(201)
    expect(await strict.call('PATCH', `/accounts/${name}`, { body: changes })).toMatchObject(refused)
  })

  test('an account that the command line made keeps its private address when something else is changed', async () => {
    const command = await openDesk(strict.gateway.folder)
    await addAccount(command.desk, { name: 'local', provider: 'ollama', api_key: '' })
    await command.close()
    const changed = await strict.call('PATCH', '/accounts/local', { body: { weight: 2 } })
    expect(changed).toMatchObject({ status: 200, body: { weight: 2, settings: {} } })
    const named = await strict.call('PATCH', '/accounts/local', { body: { base_url: 'https://1.1.1.1' } })
    expect(named.body.settings).toEqual({ public_only: true })
  })

  test('a public address is fine', async () => {
    const body = { name: 'public', provider: 'openai', api_key: '', base_url: 'https://1.1.1.1/v1' }
    expect((await strict.call('POST', '/accounts', { body })).status).toBe(201)
  })
})

describe('what was given stays where it was given for', () => {
  async function added(fields: object): Promise<string> {
    const name = `moving-${count++}`
    const body = {
      name,
      provider: 'openai',
      api_key: 'sk-stays-1234567890',
      base_url: upstream.url,
      ...fields,
    }
    expect((await admin.call('POST', '/accounts', { body })).status).toBe(201)
    return `/accounts/${name}`
  }

  test.each([
    ['to another host', { base_url: 'https://elsewhere.example/v1' }],
    ['to the provider’s own address', { base_url: null }],
    ['with half of its credential', { base_url: 'https://elsewhere.example', headers: { 'x-team': 'blue' } }],
  ])('an account does not move without its key: %s', async (_what, body) => {
    const account = await added({ headers: { 'x-team': 'red' } })
    const error = { code: 'invalid_request', path: 'base_url', message: expect.stringContaining('api_key') }
    expect(await admin.call('PATCH', account, { body })).toMatchObject({ status: 400, body: { error } })
    expect((await admin.call('GET', account)).body).toMatchObject({ base_url: upstream.url, version: 1 })
  })

  test('it moves with its key, or without one that it never had', async () => {
    const body = { base_url: 'https://elsewhere.example/v1', api_key: 'sk-again-1234567890' }
    expect((await admin.call('PATCH', await added({}), { body })).status).toBe(200)
    const open = await added({ api_key: '' })
    const { status } = await admin.call('PATCH', open, { body: { base_url: 'https://elsewhere.example' } })
    expect(status).toBe(200)
  })

  test('another path of the same server is no move', async () => {
    const { status } = await admin.call('PATCH', await added({}), {
      body: { base_url: `${upstream.url}/v2` },
    })
    expect(status).toBe(200)
  })

  test('a sign-in does not move at all, nor do the addresses that its tokens are fetched from', async () => {
    const oauth = {
      authorization_endpoint: 'https://issuer.example/authorize',
      token_endpoint: 'https://issuer.example/token',
      client_id: 'c',
    }
    const account = await added({ type: 'oauth', api_key: undefined, oauth })
    const token_endpoint = 'https://elsewhere.example/token'
    const changes = [
      ['base_url', { base_url: 'https://elsewhere.example' }],
      ['oauth.token_endpoint', { oauth: { ...oauth, token_endpoint } }],
    ] as const
    for (const [path, body] of changes) {
      const answer = await admin.call('PATCH', account, { body })
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', path } } })
    }
    const scopes = await admin.call('PATCH', account, { body: { oauth: { ...oauth, scopes: ['models'] } } })
    expect(scopes.status).toBe(200)
  })

  test('the command line, which runs where the secrets are, may move it', async () => {
    const account = await added({})
    const command = await openDesk(admin.gateway.folder)
    const name = account.replace('/accounts/', '')
    const moved = await editAccount(command.desk, name, { base_url: 'https://elsewhere.example/v1' })
    await command.close()
    expect(moved).toMatchObject({ base_url: 'https://elsewhere.example/v1', has_credential: true })
  })
})
