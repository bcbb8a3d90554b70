import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAuthorizationServer, type TestAuthorizationServer } from '../../support/authorization-server.ts'
import { type AdminClient, type Body, startAdmin } from './admin-client.ts'

let admin: AdminClient
beforeAll(async () => {
  admin = await startAdmin()
})
afterAll(() => admin.close())

let count = 0

/** An account that somebody can sign in to, by its id. */
async function makeAccount(server: TestAuthorizationServer): Promise<string> {
  const body = { name: `signed-${count++}`, provider: 'openai', type: 'oauth', oauth: server.overrides }
  const created = await admin.call('POST', '/accounts', { body })
  expect(created.status).toBe(201)
  return created.body.id
}

test('a sign-in in the browser is begun, completed, refreshed and ended', async () => {
  const server = await startAuthorizationServer()
  const id = await makeAccount(server)
  expect((await admin.call('GET', `/accounts/${id}/oauth`)).body).toMatchObject({
    account: id,
    state: 'signed_out',
  })
  const begun = await admin.call('POST', `/accounts/${id}/oauth/start`)
  expect(begun).toMatchObject({ status: 200, body: { flow: 'code', redirect_uri: expect.any(String) } })
  const answer = await server.browse(begun.body.url)
  const completed = await admin.call('POST', '/oauth/complete', { body: { answer } })
  expect(completed).toMatchObject({ status: 200, body: { account: id, state: 'signed_in' } })
  // a code is good once
  expect((await admin.call('POST', '/oauth/complete', { body: { answer } })).status).toBe(404)
  const refreshed = await admin.call('POST', `/accounts/${id}/oauth/refresh`)
  expect(refreshed).toMatchObject({ status: 200, body: { state: 'signed_in' } })
  expect(server.tokenRequests('refresh_token')).toBe(1)
  expect((await admin.call('DELETE', `/accounts/${id}/oauth`)).status).toBe(204)
  expect((await admin.call('GET', `/accounts/${id}/oauth`)).body.state).toBe('signed_out')
  const { body } = await admin.call('GET', `/audit?subject_id=${id}`)
  expect(body.items.map(({ action }: Body) => action)).toEqual([
    'account.sign_out',
    'account.refresh',
    'account.sign_in',
    'account.create',
  ])
})

test('a sign-in on another device is asked for until somebody has agreed', async () => {
  const server = await startAuthorizationServer()
  const id = await makeAccount(server)
  const begun = await admin.call('POST', `/accounts/${id}/oauth/start`, { body: { flow: 'device' } })
  expect(begun.body).toMatchObject({ flow: 'device', user_code: expect.any(String) })
  const complete = () => admin.call('POST', '/oauth/complete', { body: { id: begun.body.id } })
  expect(await complete()).toMatchObject({
    status: 200,
    body: { account: id, state: 'pending', retry_after_seconds: expect.any(Number) },
  })
})

test('a sign-in that was refused, or that nobody began, is not completed', async () => {
  const server = await startAuthorizationServer()
  const id = await makeAccount(server)
  const { body } = await admin.call('POST', `/accounts/${id}/oauth/start`)
  const answer = await server.browse(body.url, 'refuse')
  expect((await admin.call('POST', '/oauth/complete', { body: { answer } })).status).toBe(403)
  expect((await admin.call('POST', '/oauth/complete', { body: { answer: 'abc#nobody' } })).status).toBe(404)
  expect(await admin.call('POST', '/oauth/complete', { body: { answer: 'abc' } })).toMatchObject({
    status: 400,
    body: { error: { path: 'id' } },
  })
  expect((await admin.call('POST', '/oauth/complete', { body: {} })).status).toBe(400)
})

test('an account with a key has no sign-in', async () => {
  const body = { name: 'with-key', provider: 'openai', api_key: 'sk-with-key-123456789' }
  await admin.call('POST', '/accounts', { body })
  expect((await admin.call('POST', '/accounts/with-key/oauth/start')).status).toBe(400)
  expect((await admin.call('POST', '/accounts/with-key/oauth/refresh')).status).toBe(400)
})

test('nobody to refresh for is the account’s problem, not the gateway’s', async () => {
  const server = await startAuthorizationServer()
  const id = await makeAccount(server)
  expect(await admin.call('POST', `/accounts/${id}/oauth/refresh`)).toMatchObject({
    status: 502,
    body: { error: { code: 'upstream_credentials_rejected' } },
  })
})
