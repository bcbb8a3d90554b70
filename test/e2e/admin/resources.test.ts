import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDesk } from '../../support/desk.ts'
import { until } from '../../support/until.ts'
import { type AdminClient, type Body, startAdmin } from './admin-client.ts'

let admin: AdminClient

const YAML = `
admin: { allow_private_upstreams: true }
providers: { house: { base_url: "http://127.0.0.1:9" } }
gateway_keys: [{ id: gw_file, name: from-file, key_hash: ${'a'.repeat(64)} }]
upstream_accounts: [{ id: up_file, name: account-from-file, type: api-key, provider: openai, api_key: sk-of-the-file-000000 }]
model_routes: { routes: [{ id: route-from-file, source_model: filed, target_model: gpt-6 }] }
`

beforeAll(async () => {
  admin = await startAdmin({ yaml: YAML })
})
afterAll(() => admin.close())

const LIFE: readonly {
  readonly path: string
  readonly input: (simulator: string) => Body
  readonly changes: Body
}[] = [
  {
    path: 'keys',
    input: () => ({ name: 'one', models: ['gpt-*'] }),
    changes: { strict: true },
  },
  {
    path: 'teams',
    input: () => ({ name: 'one', metadata: { cost: '7' } }),
    changes: { models: ['a*'] },
  },
  {
    path: 'accounts',
    input: (base_url) => ({ name: 'one', provider: 'simulated', api_key: 'sk-one-1234567890', base_url }),
    changes: { weight: 3 },
  },
  {
    path: 'routes',
    input: () => ({ source_model: 'fast', target_model: 'gpt-6' }),
    changes: { description: 'quick answers' },
  },
]

describe.each(LIFE)('/$path', ({ path, input, changes }) => {
  test('are made, listed, shown, changed and deleted', async () => {
    const given = input(admin.gateway.simulator.url)
    const created = await admin.call('POST', `/${path}`, { body: given })
    const { api_key: _secret, ...visible } = given
    expect(created).toMatchObject({ status: 201, body: { ...visible, version: 1 } })
    expect(created.headers.get('etag')).toBe('"1"')
    expect(created.headers.get('location')).toBe(`/api/admin/v1/${path}/${created.body.id}`)
    const one = `/${path}/${created.body.id}`
    const { secret: _shownOnce, ...shown } = created.body
    expect(await admin.call('GET', one)).toMatchObject({ status: 200, body: shown })
    const listed = await admin.call('GET', `/${path}`)
    expect(listed.body.items).toContainEqual(shown)
    const changed = await admin.call('PATCH', one, { body: changes, headers: { 'if-match': '"1"' } })
    expect(changed).toMatchObject({
      status: 200,
      body: { ...visible, ...changes, id: created.body.id, version: 2 },
    })
    expect(changed.headers.get('etag')).toBe('"2"')
    expect(await admin.call('DELETE', one, { headers: { 'if-match': '"1"' } })).toMatchObject({ status: 412 })
    expect(await admin.call('DELETE', one)).toMatchObject({ status: 204, text: '' })
    expect(await admin.call('GET', one)).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
  })

  test('refuse an unknown field, and name it', async () => {
    const given = { ...input(admin.gateway.simulator.url), colour: 'red' }
    expect(await admin.call('POST', `/${path}`, { body: given })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', path: 'colour' } },
    })
  })

  test('are paged to the end, each of them once', async () => {
    const name = (index: number) =>
      path === 'routes' ? { source_model: `m${index}` } : { name: `page-${index}` }
    for (const index of [1, 2, 3]) {
      const { source_model: _model, name: _name, ...rest } = input(admin.gateway.simulator.url)
      await admin.call('POST', `/${path}`, { body: { ...rest, ...name(index) } })
    }
    const all = await admin.call('GET', `/${path}`)
    const seen: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const page = await admin.call('GET', `/${path}?limit=1${after === '' ? '' : `&after=${after}`}`)
      expect(page.body.items).toHaveLength(1)
      seen.push(page.body.items[0].id)
      after = page.body.next_cursor
    }
    expect(seen).toEqual(all.body.items.map(({ id }: Body) => id))
    expect(new Set(seen).size).toBe(seen.length)
  })
})

test.each([
  ['keys', 'gw_file'],
  ['accounts', 'up_file'],
  ['routes', 'route-from-file'],
])('/%s shows what a file declares, and leaves it alone', async (path, id) => {
  const one = `/${path}/${id}`
  const shown = await admin.call('GET', one)
  expect(shown).toMatchObject({ status: 200, body: { read_only: true, version: null } })
  expect(shown.headers.get('etag')).toBeNull()
  for (const method of ['PATCH', 'DELETE'])
    expect(await admin.call(method, one, { body: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'read_only' } },
    })
})

test.each([
  [{ nam: 'x' }, 'name', /"name" is required.*"nam".*no such field/],
  [{}, 'name', /^"name" is required\.$/],
  [{ name: 'x', nam: 'y' }, 'nam', /^"nam": There is no such field\.$/],
  [{ name: 'x', permissions: ['reed'], one: 1, two: 2 }, 'permissions[0]', /"read".*"one".*"two"/],
])(
  'a body with several faults hears of what is missing and of each unknown field: %j',
  async (body, path, message) => {
    expect(await admin.call('POST', '/keys', { body })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', path, message: expect.stringMatching(message) } },
    })
  },
)

describe('a route', () => {
  const route = (target_provider: string) => ({ source_model: `to-${target_provider}`, target_provider })
  const refusal = (hint: string) => ({
    status: 400,
    body: {
      error: {
        code: 'unknown_provider',
        path: 'target_provider',
        message: expect.stringContaining(hint),
      },
    },
  })

  test.each([
    ['opanai', 'did you mean "openai"?'],
    ['account-from-fiel', 'did you mean "account-from-file"?'],
    ['nosuch', '"nosuch"'],
  ])('to %s, which nobody knows, is refused', async (name, hint) => {
    expect(await admin.call('POST', '/routes', { body: route(name) })).toMatchObject(refusal(hint))
    const made = await admin.call('POST', '/routes', { body: { source_model: 'm' } })
    const changed = admin.call('PATCH', `/routes/${made.body.id}`, { body: { target_provider: name } })
    expect(await changed).toMatchObject(refusal(hint))
    const model_routes = { routes: [route('openai'), route(name)] }
    expect(await admin.call('POST', '/keys', { body: { name: 'routed', model_routes } })).toMatchObject({
      status: 400,
      body: { error: { code: 'unknown_provider', path: 'model_routes.routes[1].target_provider' } },
    })
  })

  test.each(['groq', 'OpenAI', 'house', 'up_file', 'account-from-file', 'Stored', 'stored-provider'])(
    'to %s is made',
    async (name) => {
      const account = { name: 'Stored', provider: 'stored-provider', api_key: '' }
      await admin.call('POST', '/accounts', { body: { ...account, base_url: admin.gateway.simulator.url } })
      expect(await admin.call('POST', '/routes', { body: route(name) })).toMatchObject({ status: 201 })
    },
  )
})

describe('a virtual key', () => {
  test('works as soon as it is issued, and its secret is shown that once', async () => {
    const { simulator, url } = admin.gateway
    const account = {
      name: 'sim',
      provider: 'simulated',
      api_key: 'sk-sim-1234567890',
      base_url: simulator.url,
    }
    await admin.call('POST', '/accounts', { body: account })
    const { body } = await admin.call('POST', '/keys', { body: { name: 'client', account: 'sim' } })
    const ask = async (secret: string) =>
      await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: '{"model":"simulated","messages":[{"role":"user","content":"Hi"}]}',
      })
    await until(async () => (await ask(body.secret)).status === 200)
    const rotated = await admin.call('POST', '/keys/client/rotate', { body: { grace_seconds: 0 } })
    expect(rotated.status).toBe(200)
    await until(async () => (await ask(body.secret)).status === 401)
    await until(async () => (await ask(rotated.body.secret)).status === 200)
  })

  test('is rotated without a body', async () => {
    await admin.call('POST', '/keys', { body: { name: 'bare' } })
    expect(await admin.call('POST', '/keys/bare/rotate')).toMatchObject({ status: 200, body: { version: 2 } })
  })

  test('refers to teams and accounts that exist', async () => {
    for (const path of ['team', 'account'])
      expect(await admin.call('POST', '/keys', { body: { name: 'lost', [path]: 'nowhere' } })).toMatchObject({
        status: 400,
        body: { error: { code: 'not_found', path } },
      })
  })
})

test('a name that is taken is a conflict, and so is a team that has keys', async () => {
  await admin.call('POST', '/teams', { body: { name: 'blue' } })
  expect(await admin.call('POST', '/teams', { body: { name: 'blue' } })).toMatchObject({
    status: 409,
    body: { error: { code: 'conflict', path: 'name' } },
  })
  await admin.call('POST', '/keys', { body: { name: 'of-blue', team: 'blue' } })
  expect((await admin.call('DELETE', '/teams/blue')).status).toBe(409)
})

test('of two changes from the same version one is made, and the other is told', async () => {
  await admin.call('POST', '/teams', { body: { name: 'contested' } })
  const change = (models: string[]) =>
    admin.call('PATCH', '/teams/contested', { body: { models }, headers: { 'if-match': '"1"' } })
  const answers = await Promise.all([change(['a']), change(['b'])])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412])
})

test('every change is in the audit log, with who made it, what it was, and no secret', async () => {
  const { body: key } = await admin.call('POST', '/keys', { body: { name: 'watched' } })
  const changed = await admin.call('PATCH', '/keys/watched', { body: { strict: true } })
  await admin.call('DELETE', '/keys/watched')
  const log = await admin.call('GET', `/audit?subject_id=${key.id}`)
  expect(log.body.items.map(({ action }: Body) => action)).toEqual([
    'virtual_key.delete',
    'virtual_key.update',
    'virtual_key.create',
  ])
  expect(log.body.items[1]).toMatchObject({
    actor: 'admin',
    source: 'api',
    request_id: changed.headers.get('x-request-id'),
    before: { strict: false },
    after: { strict: true },
  })
  expect(log.text).not.toContain(key.secret)
  const later = await admin.call('GET', `/audit?from=${new Date(Date.now() + 60_000).toISOString()}`)
  expect(later.body.items).toEqual([])
})

test('what the command line makes is there at once', async () => {
  const command = await openDesk(admin.gateway.folder)
  const { createTeam } = await import('../../../src/control/teams.ts')
  await createTeam(command.desk, { name: 'from-the-shell' })
  await command.close()
  expect((await admin.call('GET', '/teams/from-the-shell')).status).toBe(200)
})

test('health names every account and how it is', async () => {
  const { body } = await admin.call('GET', '/health')
  expect(body.accounts).toContainEqual(
    expect.objectContaining({ id: 'up_file', source: 'config', state: 'unknown', problem: null }),
  )
})

test('providers tell what an account of theirs needs', async () => {
  const { body } = await admin.call('GET', '/providers')
  const byId = new Map<string, Body>(body.items.map((provider: Body) => [provider.id, provider]))
  expect(byId.get('anthropic')).toMatchObject({ credential: 'api-key', sign_in: { flow: 'code' } })
  expect(byId.get('bedrock')).toMatchObject({ credential: 'aws', sign_in: null })
  expect(byId.size).toBe(body.items.length)
})
