import { describe, expect, test } from 'vitest'
import { startAuthorizationServer } from '../../test/support/authorization-server.ts'
import { makeOAuthAccount } from '../../test/support/oauth-account.ts'
import { makeStore } from '../../test/support/store.ts'
import { getTokens } from '../store/oauth-tokens.ts'
import { pollDeviceFlow, startDeviceFlow, waitForDevice } from './device-flow.ts'
import type { TokenFetch } from './token-fetch.ts'
import { openTokens } from './token-set.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

async function setUp(options?: Parameters<typeof startAuthorizationServer>[0]) {
  const server = await startAuthorizationServer(options)
  const store = await makeStore()
  const clock = { nowMs: Date.now() }
  const now = () => clock.nowMs
  const account = await makeOAuthAccount({ store, overrides: server.overrides, now })
  return { server, store, account, clock }
}

/** A server that answers as it is told, one answer after the other; the last one again and again. */
function scripted(...answers: readonly [status: number, body: object][]) {
  const bodies: string[] = []
  const fetch: TokenFetch = (_url, { body }) => {
    bodies.push(body instanceof URLSearchParams ? body.toString() : '')
    const [status, answer] = answers[Math.min(bodies.length, answers.length) - 1] ?? [500, {}]
    return Promise.resolve(Response.json(answer, { status }))
  }
  return { fetch, bodies }
}

const AUTHORIZED: [number, object] = [
  200,
  {
    device_code: 'device',
    user_code: 'ABCD',
    verification_uri: 'https://x/device',
    expires_in: 600,
    interval: 5,
  },
]

async function withScript(...answers: readonly [status: number, body: object][]) {
  const { account, clock, store } = await setUp()
  const { fetch, bodies } = scripted(AUTHORIZED, ...answers)
  const scriptedAccount = { ...account, server: { ...account.server, fetch } }
  return { account: scriptedAccount, clock, store, bodies, flow: await startDeviceFlow(scriptedAccount) }
}

describe('the device flow', () => {
  test('is pending until somebody agrees, and ends with tokens', async () => {
    const { server, store, account, clock } = await setUp()
    const flow = await startDeviceFlow(account)
    expect(flow).toMatchObject({ userCode: expect.stringMatching(/^\w{4}-\w{4}$/), intervalMs: 5000 })
    expect(await pollDeviceFlow(account, flow.id)).toEqual({ state: 'pending', retryAfterMs: 5000 })
    expect(server.tokenRequests(GRANT)).toBe(0) // too early to ask
    clock.nowMs += 5000
    expect(await pollDeviceFlow(account, flow.id)).toEqual({ state: 'pending', retryAfterMs: 5000 })
    expect(server.tokenRequests(GRANT)).toBe(1)

    await server.enterDeviceCode(flow.verificationUriComplete ?? '')
    clock.nowMs += 5000
    const polls = await Promise.all(Array.from({ length: 10 }, () => pollDeviceFlow(account, flow.id)))
    expect(polls.filter(({ state }) => state === 'signed-in')).toHaveLength(1)
    expect(server.tokenRequests(GRANT)).toBe(2)
    const record = await getTokens(store.db, account.accountId)
    expect(record && openTokens(account.vault, record).refreshToken).toEqual(expect.any(String))
    await expect(pollDeviceFlow(account, flow.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('that somebody refuses says so', async () => {
    const { server, account, clock } = await setUp()
    const flow = await startDeviceFlow(account)
    await server.enterDeviceCode(flow.verificationUriComplete ?? '', 'refuse')
    clock.nowMs += 5000
    await expect(pollDeviceFlow(account, flow.id)).rejects.toMatchObject({ code: 'permission_denied' })
    await expect(pollDeviceFlow(account, flow.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is over when its code has expired, by our clock or the server’s', async () => {
    const { account, clock } = await setUp()
    const flow = await startDeviceFlow(account)
    clock.nowMs += 601_000
    await expect(pollDeviceFlow(account, flow.id)).rejects.toMatchObject({ code: 'not_found' })

    const told = await withScript([400, { error: 'expired_token' }])
    told.clock.nowMs += 5000
    await expect(pollDeviceFlow(told.account, told.flow.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('asks more slowly when it is told to, for good', async () => {
    // some servers say this with status 429
    const { account, clock, bodies, flow } = await withScript(
      [429, { error: 'slow_down' }],
      [400, { error: 'authorization_pending' }],
    )
    clock.nowMs += 5000
    expect(await pollDeviceFlow(account, flow.id)).toEqual({ state: 'pending', retryAfterMs: 10_000 })
    clock.nowMs += 9000
    expect(await pollDeviceFlow(account, flow.id)).toEqual({ state: 'pending', retryAfterMs: 1000 })
    clock.nowMs += 1000
    expect(await pollDeviceFlow(account, flow.id)).toEqual({ state: 'pending', retryAfterMs: 10_000 })
    expect(bodies).toHaveLength(3)
  })

  test('sends a challenge first and its verifier after, and takes an answer with nulls', async () => {
    const tokens = {
      access_token: 'token',
      refresh_token: null,
      expires_in: 60,
      resource_url: 'portal.example',
    }
    const { account, clock, bodies, flow } = await withScript([200, tokens])
    clock.nowMs += 5000
    expect(await pollDeviceFlow(account, flow.id)).toMatchObject({
      state: 'signed-in',
      isRenewable: false,
      resourceUrl: 'portal.example',
    })
    expect(bodies[0]).toMatch(/code_challenge_method=S256/)
    expect(bodies[1]).toMatch(/device_code=device&code_verifier=/)
  })

  test('is waited for through a network that fails', async () => {
    const { account } = await setUp()
    const { fetch } = scripted(
      [200, { ...AUTHORIZED[1], interval: 0.02 }],
      [400, { error: 'authorization_pending' }],
      [502, {}],
      [200, { access_token: 'token', token_type: 'Bearer' }],
    )
    const waiting = { ...account, server: { ...account.server, fetch }, now: Date.now }
    expect(await waitForDevice(waiting, await startDeviceFlow(waiting))).toMatchObject({ expiresAtMs: null })
  })

  test('can be given up', async () => {
    const { account } = await setUp()
    const flow = await startDeviceFlow(account)
    await expect(waitForDevice(account, flow, AbortSignal.abort())).rejects.toThrow('abort')
  })
})
