import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import {
  startAuthorizationServer,
  type TestAuthorizationServer,
} from '../../test/support/authorization-server.ts'
import { describeEngines } from '../../test/support/engines.ts'
import { MASTER_KEY, makeOAuthAccount } from '../../test/support/oauth-account.ts'
import { makeDatabaseFile, makeStore, openForTest } from '../../test/support/store.ts'
import { useTokensInProcesses } from '../../test/support/token-users.ts'
import { until } from '../../test/support/until.ts'
import { getTokens, removeTokens, saveTokens } from '../store/oauth-tokens.ts'
import { acquireRefreshLease } from '../store/refresh-lease.ts'
import type { Store } from '../store/store.ts'
import type { AuthHeaders } from '../upstream/credential.ts'
import { completeCodeFlow, startCodeFlow } from './code-flow.ts'
import type { OAuthAccount } from './sign-in.ts'
import { oauthStatus } from './status.ts'
import { refresh } from './token-requests.ts'
import { openTokens, sealTokens, type TokenSet } from './token-set.ts'
import { TokenSource } from './token-source.ts'

const REQUEST = {
  origin: 'http://127.0.0.1',
  path: '/v1/messages',
  method: 'POST',
  headers: {},
  body: undefined,
}
const HOUR_MS = 3_600_000

interface Setting {
  readonly server: TestAuthorizationServer
  readonly store: Store
  readonly account: OAuthAccount
  readonly clock: { nowMs: number }
}

/** An account that is signed in to, with a token that lasts an hour and a clock that stands still. */
async function setUp(store?: Store): Promise<Setting> {
  const server = await startAuthorizationServer()
  const opened = store ?? (await makeStore())
  const clock = { nowMs: Date.now() }
  const now = () => clock.nowMs
  const account = await makeOAuthAccount({ store: opened, overrides: server.overrides, now })
  await signInTo(account, server)
  return { server, store: opened, account, clock }
}

async function signInTo(account: OAuthAccount, server: TestAuthorizationServer): Promise<void> {
  const flow = await startCodeFlow(account)
  await completeCodeFlow(account, { pasted: await server.browse(flow.url) })
}

async function storedTokens({ db, vault, accountId }: OAuthAccount): Promise<TokenSet> {
  const record = await getTokens(db, accountId)
  if (record === undefined) throw new Error('nobody is signed in')
  return openTokens(vault, record)
}

/** Puts other tokens in place, as another process would. */
async function store(account: OAuthAccount, accessToken: string, expiresInMs = HOUR_MS): Promise<void> {
  const grant = { accessToken, refreshToken: 'another', expiresInMs, resourceUrl: undefined }
  await saveTokens(account.db, sealTokens(account.vault, account.accountId, grant, { nowMs: account.now() }))
}

function tokenIn(headers: AuthHeaders): string {
  return (headers.authorization ?? '').replace('Bearer ', '')
}

const useMany = (source: TokenSource, count: number) =>
  Promise.allSettled(Array.from({ length: count }, async () => tokenIn(await source.authorise(REQUEST))))

describe('a token that is good', () => {
  test('is given without waiting, and nobody is asked', async () => {
    const { server, account } = await setUp()
    const source = new TokenSource(account)
    await source.reload()
    const headers = source.authorise(REQUEST)
    expect(headers).not.toBeInstanceOf(Promise)
    expect(headers).toEqual({ authorization: `Bearer ${(await storedTokens(account)).accessToken}` })
    expect(server.tokenRequests('refresh_token')).toBe(0)
  })

  test('is replaced in the background before it ends', async () => {
    const { server, account, clock } = await setUp()
    const source = new TokenSource(account)
    const first = tokenIn(await source.authorise(REQUEST))
    clock.nowMs += HOUR_MS - 60_000
    expect(source.authorise(REQUEST)).toEqual({ authorization: `Bearer ${first}` })
    expect(source.authorise(REQUEST)).not.toBeInstanceOf(Promise)
    const second = await until(async () => {
      const { accessToken } = await storedTokens(account)
      return accessToken !== first && accessToken
    })
    await until(async () => tokenIn(await source.authorise(REQUEST)) === second)
    expect(server.tokenRequests('refresh_token')).toBe(1)
    expect(source.secrets()).toEqual(expect.arrayContaining([first, second]))
  })

  test('is used to its end where the server cannot refresh it', async () => {
    const { server, account, clock } = await setUp()
    const source = new TokenSource(account)
    const first = tokenIn(await source.authorise(REQUEST))
    server.brokenWith = 503
    clock.nowMs += HOUR_MS - 60_000
    for (let count = 0; count < 20; count += 1) {
      expect(source.authorise(REQUEST)).toEqual({ authorization: `Bearer ${first}` })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(server.brokenRequests).toBe(1)
  })

  test('goes with what else the provider wants, and what the client says', async () => {
    const { account } = await setUp()
    const settings = { ...account.server.settings, listHeaders: { 'anthropic-beta': 'oauth-2025-04-20' } }
    const source = new TokenSource({ ...account, server: { ...account.server, settings } })
    expect(await source.authorise(REQUEST)).toMatchObject({ 'anthropic-beta': 'oauth-2025-04-20' })
    const headers = { 'anthropic-beta': ['a, b', 'oauth-2025-04-20'] }
    expect(await source.authorise({ ...REQUEST, headers })).toMatchObject({
      'anthropic-beta': 'a,b,oauth-2025-04-20',
    })
  })
})

describe('a token that has ended', () => {
  test('is refreshed once for all who wait, and rotated tokens are stored before they are used', async () => {
    const { server, account, clock } = await setUp()
    const source = new TokenSource(account)
    for (let round = 1; round <= 3; round += 1) {
      clock.nowMs += HOUR_MS
      const [first, ...others] = await useMany(source, 50)
      expect(first).toEqual({ status: 'fulfilled', value: (await storedTokens(account)).accessToken })
      for (const other of others) expect(other).toEqual(first)
      expect(server.tokenRequests('refresh_token')).toBe(round)
    }
  })

  test('is given to nobody where it cannot be stored', async () => {
    const { server, store, account, clock } = await setUp()
    const source = new TokenSource(account)
    clock.nowMs += HOUR_MS
    server.beforeToken = () => store.close()
    await expect(source.authorise(REQUEST)).rejects.toMatchObject({ code: expect.any(String) })
    expect(server.tokenRequests('refresh_token')).toBe(1)
  })

  test('is stored as soon as a store that is busy allows it', async () => {
    const file = await makeDatabaseFile()
    const opened = await openForTest({ file, queryTimeoutMs: 20 })
    await opened.migrate()
    const { server, account, clock } = await setUp(opened)
    clock.nowMs += HOUR_MS
    const busy = new Database(file)
    server.beforeToken = async () => {
      busy.exec('begin immediate')
      setTimeout(() => busy.close(), 300) // ends the transaction too
    }
    const token = tokenIn(await new TokenSource(account).authorise(REQUEST))
    expect(token).toBe((await storedTokens(account)).accessToken)
    expect(server.tokenRequests('refresh_token')).toBe(1)
  })

  test('is the next one’s turn where whoever refreshed has died', async () => {
    const { server, account, clock } = await setUp()
    clock.nowMs += HOUR_MS
    await acquireRefreshLease(account.db, account.accountId, 'dead', clock.nowMs, clock.nowMs + 10_000)
    const waiting = new TokenSource(account).authorise(REQUEST)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(server.tokenRequests('refresh_token')).toBe(0)
    clock.nowMs += 10_000
    expect(tokenIn(await waiting)).toBe((await storedTokens(account)).accessToken)
    expect(server.tokenRequests('refresh_token')).toBe(1)
  })

  test('gives way to a new sign-in, whatever becomes of the refresh', async () => {
    const { server, account, clock } = await setUp()
    clock.nowMs += HOUR_MS
    server.beforeToken = () => store(account, 'signed-in-anew')
    expect(tokenIn(await new TokenSource(account).authorise(REQUEST))).toBe('signed-in-anew')

    clock.nowMs += HOUR_MS
    server.beforeToken = () => store(account, 'again') // and this refresh token is refused
    expect(tokenIn(await new TokenSource(account).authorise(REQUEST))).toBe('again')
    expect(oauthStatus(await getTokens(account.db, account.accountId), clock.nowMs).state).toBe('signed_in')
  })
})

describe('a refresh that is refused', () => {
  async function refused() {
    const setting = await setUp()
    const { account, server, clock } = setting
    // used by somebody else: the server takes it for stolen
    const { refreshToken = '' } = await storedTokens(account)
    await refresh(account.server, refreshToken)
    clock.nowMs += HOUR_MS
    return { ...setting, source: new TokenSource(account), before: server.tokenRequests('refresh_token') }
  }

  test('marks the account and is not repeated', async () => {
    const { server, account, clock, source, before } = await refused()
    for (let round = 0; round < 5; round += 1) {
      for (const outcome of await useMany(source, 20)) {
        expect(outcome).toMatchObject({ reason: { code: 'upstream_credentials_rejected' } })
      }
      clock.nowMs += 60_000
    }
    expect(server.tokenRequests('refresh_token')).toBe(before + 1)
    const status = oauthStatus(await getTokens(account.db, account.accountId), clock.nowMs)
    expect(status).toMatchObject({
      state: 'refresh_failed',
      failure: expect.stringContaining('invalid_grant'),
    })
    await expect(new TokenSource(account).authorise(REQUEST)).rejects.toMatchObject({
      code: 'upstream_credentials_rejected',
    })
    expect(server.tokenRequests('refresh_token')).toBe(before + 1)
    expect(await source.renew()).toBe(false)
  })

  test('is over when somebody signs in again', async () => {
    const { server, account, clock, source } = await refused()
    await expect(source.authorise(REQUEST)).rejects.toThrow('signed in')
    await signInTo(account, server)
    clock.nowMs += 1000
    const { accessToken } = await storedTokens(account)
    expect(tokenIn(await source.authorise(REQUEST))).toBe(accessToken)
  })

  test('is told at once to a source that is reloaded, and so is a sign-out', async () => {
    const { server, account, source } = await refused()
    await expect(source.authorise(REQUEST)).rejects.toThrow('signed in')
    await signInTo(account, server)
    await source.reload()
    expect(source.authorise(REQUEST)).not.toBeInstanceOf(Promise)
    await removeTokens(account.db, account.accountId)
    await source.reload()
    await expect(source.authorise(REQUEST)).rejects.toMatchObject({ code: 'upstream_credentials_rejected' })
  })
})

describe('a server that fails', () => {
  test.each([503, 500, 404])('with %i is left alone for longer and longer', async (status) => {
    const { server, account, clock } = await setUp()
    const source = new TokenSource(account)
    clock.nowMs += HOUR_MS
    server.brokenWith = status
    for (let second = 0; second < 600; second += 1) {
      clock.nowMs += 1000
      await source.reload() // changes of other things in the store are no reason to ask sooner
      await expect(source.authorise(REQUEST)).rejects.toMatchObject({ code: 'upstream_error' })
    }
    // ten minutes of 600 requests: 2, 4, 8 … 300 seconds apart, less some jitter
    expect(server.brokenRequests).toBeGreaterThan(5)
    expect(server.brokenRequests).toBeLessThan(15)
    server.brokenWith = undefined
    clock.nowMs += 300_000
    expect(tokenIn(await source.authorise(REQUEST))).toBe((await storedTokens(account)).accessToken)
  })
})

describe('after a 401', () => {
  test('the token is refreshed once for all who ask, and not again at once', async () => {
    const { server, account, clock } = await setUp()
    const source = new TokenSource(account)
    const first = tokenIn(await source.authorise(REQUEST))
    clock.nowMs += 60_000
    expect(await Promise.all(Array.from({ length: 50 }, () => source.renew()))).toEqual(Array(50).fill(true))
    expect(tokenIn(await source.authorise(REQUEST))).not.toBe(first)
    clock.nowMs += 1000
    expect(await source.renew()).toBe(true)
    expect(server.tokenRequests('refresh_token')).toBe(1)
  })

  test('what another process has got meanwhile is enough', async () => {
    const { server, account, clock } = await setUp()
    const source = new TokenSource(account)
    await source.authorise(REQUEST)
    await store(account, 'newer')
    clock.nowMs += 60_000
    expect(await source.renew()).toBe(true)
    expect(tokenIn(await source.authorise(REQUEST))).toBe('newer')
    expect(server.tokenRequests('refresh_token')).toBe(0)
  })
})

describeEngines((engine) => {
  test('two processes with 50 requests each on a token that has ended refresh it once', async () => {
    const location = await engine.locate()
    const opened = await openForTest(location)
    await opened.migrate()
    const { server, account, clock } = await setUp(opened)
    const { accessToken, refreshToken } = await storedTokens(account)
    const ended = { accessToken, refreshToken, expiresInMs: 1000, resourceUrl: undefined }
    const nowMs = clock.nowMs - HOUR_MS
    await saveTokens(account.db, sealTokens(account.vault, account.accountId, ended, { nowMs }), { nowMs })

    const { accountId } = account
    const { overrides } = server
    const job = { location, accountId, overrides, masterKey: MASTER_KEY, users: 50 }
    const headers = await useTokensInProcesses(2, job)
    expect(headers).toHaveLength(100)
    expect(new Set(headers)).toEqual(new Set([`Bearer ${(await storedTokens(account)).accessToken}`]))
    expect(headers[0]).not.toBe(`Bearer ${accessToken}`)
    expect(server.tokenRequests('refresh_token')).toBe(1)
  })
})
