import { afterEach, describe, expect, test } from 'vitest'
import { rotateAdminToken } from '../../../src/control/admin-token.ts'
import { openDesk } from '../../support/desk.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'
import { ADMIN_TOKEN, type AdminClient, ROOT, readDocument, send, startAdmin } from './admin-client.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

async function start(options?: Parameters<typeof startAdmin>[0]): Promise<AdminClient> {
  const admin = await startAdmin(options)
  open.push(admin)
  return admin
}

async function startBare(options: Parameters<typeof startGateway>[0]): Promise<TestGateway> {
  const gateway = await startGateway(options)
  open.push(gateway)
  return gateway
}

function present(gateway: TestGateway, token: string) {
  return send(`${gateway.url}${ROOT}/teams`, { headers: { authorization: `Bearer ${token}` } })
}

test('every endpoint refuses a missing, a wrong and a data-plane credential', async () => {
  const admin = await start()
  const { body: key } = await admin.call('POST', '/keys', { body: { name: 'client' } })
  const { operations } = await readDocument(admin.gateway.url)
  expect(operations.length).toBeGreaterThanOrEqual(30)
  const credentials: Record<string, Record<string, string>> = {
    missing: {},
    basic: { authorization: `Basic ${Buffer.from(`admin:${ADMIN_TOKEN}`).toString('base64')}` },
    'in another header': { 'x-api-key': ADMIN_TOKEN },
    'a virtual key in another header': { 'x-api-key': key.secret },
    'a virtual key': { authorization: `Bearer ${key.secret}` },
    wrong: { authorization: `Bearer ${ADMIN_TOKEN}x` },
  }
  for (const { method, path } of operations) {
    for (const [name, headers] of Object.entries(credentials)) {
      const url = admin.gateway.url + path.replace('{id}', 'client')
      // bodies that no parser would take must not be looked at
      const body = ['GET', 'DELETE'].includes(method) ? undefined : '{'
      const answer = await send(url, { method, headers, ...(body !== undefined && { body }) })
      expect(answer, `${method} ${path} with ${name}`).toMatchObject({
        status: 401,
        body: { error: { code: expect.stringMatching(/^key_(missing|unknown)$/) } },
      })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      // so that the limit on wrong tokens does not answer in its place
      expect((await admin.call('GET', '/providers')).status).toBe(200)
    }
  }
  expect((await admin.call('GET', '/keys/client')).body.version).toBe(1)
})

test('a token in the query is none', async () => {
  const admin = await start()
  expect((await send(`${admin.gateway.url}${ROOT}/keys?key=${ADMIN_TOKEN}`)).status).toBe(401)
})

test('after ten wrong tokens in a minute an address has to wait, right token or not', async () => {
  const admin = await start()
  for (let round = 0; round < 10; round++)
    expect((await present(admin.gateway, `guess-${round}`)).status).toBe(401)
  const blocked = await present(admin.gateway, ADMIN_TOKEN)
  expect(blocked).toMatchObject({ status: 429, body: { error: { code: 'quota_exceeded' } } })
  expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0)
})

describe('without a configured token', () => {
  test('the first request makes one, shows it once, and it works', async () => {
    const shown: string[] = []
    const gateway = await startBare({ showAdminToken: (token) => shown.push(token) })
    expect(shown).toEqual([])
    expect((await send(`${gateway.url}${ROOT}/teams`)).status).toBe(401)
    expect(shown).toEqual([expect.stringMatching(/^sk-admin-[\w-]{43}$/)])
    expect((await present(gateway, shown[0] ?? '')).status).toBe(200)
    expect(shown).toHaveLength(1)
  })

  test('many first requests at once make one', async () => {
    const shown: string[] = []
    const gateway = await startBare({ showAdminToken: (token) => shown.push(token) })
    await Promise.all(Array.from({ length: 8 }, () => send(`${gateway.url}${ROOT}/teams`)))
    expect(shown).toHaveLength(1)
    expect((await present(gateway, shown[0] ?? '')).status).toBe(200)
  })

  test('a gateway that starts with a store makes one at once', async () => {
    const shown: string[] = []
    const prepare = async (folder: string) => (await openDesk(folder)).close()
    await startBare({ prepare, showAdminToken: (token) => shown.push(token) })
    expect(shown).toHaveLength(1)
  })

  test('none is made where nobody would see it', async () => {
    const gateway = await startBare({})
    const answer = await present(gateway, 'anything')
    expect(answer).toMatchObject({
      status: 401,
      body: { error: { message: expect.stringContaining('rotate') } },
    })
  })

  test('a rotated one ends that of before at once', async () => {
    const shown: string[] = []
    const gateway = await startBare({ showAdminToken: (token) => shown.push(token) })
    await send(`${gateway.url}${ROOT}/teams`)
    const command = await openDesk(gateway.folder)
    const token = await rotateAdminToken(command.desk)
    await command.close()
    expect((await present(gateway, shown[0] ?? '')).status).toBe(401)
    expect((await present(gateway, token)).status).toBe(200)
    const audit = await send(`${gateway.url}${ROOT}/audit`, { headers: { authorization: `Bearer ${token}` } })
    expect(audit.body.items[0]).toMatchObject({ action: 'admin_token.rotate', source: 'cli' })
    expect(audit.text).not.toContain(token)
  })
})

test('switched off, there is neither API nor page', async () => {
  const admin = await start({ yaml: 'admin: { enabled: false }' })
  for (const path of [`${ROOT}/keys`, '/openapi.json', '/docs'])
    expect(
      await send(admin.gateway.url + path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } }),
    ).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
})

test('the admin token is no virtual key', async () => {
  const admin = await start()
  const answer = await send(`${admin.gateway.url}/v1/models`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  expect(answer.status).toBe(401)
})
