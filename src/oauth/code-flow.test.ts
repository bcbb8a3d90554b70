import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { startAuthorizationServer } from '../../test/support/authorization-server.ts'
import { makeOAuthAccount } from '../../test/support/oauth-account.ts'
import { makeDatabaseFile, makeStore, openForTest } from '../../test/support/store.ts'
import { getFlow } from '../store/oauth-flows.ts'
import { getTokens } from '../store/oauth-tokens.ts'
import { completeCodeFlow, startCodeFlow } from './code-flow.ts'
import { openLoopback } from './loopback.ts'
import { readPastedAnswer } from './pasted-answer.ts'
import { openFlow } from './sign-in.ts'
import { oauthStatus } from './status.ts'
import { openTokens } from './token-set.ts'

async function setUp() {
  const server = await startAuthorizationServer()
  const store = await makeStore()
  const account = await makeOAuthAccount({ store, overrides: server.overrides })
  return { server, store, account }
}

describe('the code flow', () => {
  test('ends with sealed tokens, for a pasted address', async () => {
    const { server, store, account } = await setUp()
    const flow = await startCodeFlow(account)
    const url = new URL(flow.url)
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    expect(url.searchParams.get('state')).toBe(flow.id)

    const signedIn = await completeCodeFlow(account, { pasted: await server.browse(flow.url) })
    expect(signedIn).toMatchObject({ accountId: account.accountId, isRenewable: true })
    const record = await getTokens(store.db, account.accountId)
    if (record === undefined) throw new Error('no tokens')
    expect(oauthStatus(record, Date.now()).state).toBe('signed_in')
    const tokens = openTokens(account.vault, record)
    expect(tokens.accessToken).not.toBe('')
    expect(record.sealed).not.toContain(tokens.accessToken)
    expect(record.expiresAtMs).toBeGreaterThan(Date.now() + 3_500_000)
  })

  test.each(['code#state', 'code', 'query'])('takes what people paste: %s', async (form) => {
    const { server, account } = await setUp()
    const flow = await startCodeFlow(account)
    const { code, state } = readPastedAnswer(await server.browse(flow.url))
    const pasted = {
      'code#state': `${code}#${state}\n`,
      code: ` ${code}`,
      query: `?code=${code}&state=${state}`,
    }
    const answer = { pasted: pasted[form as keyof typeof pasted], flowId: flow.id }
    expect(await completeCodeFlow(account, answer)).toMatchObject({ isRenewable: true })
  })

  test('comes back to a listener on this machine', async () => {
    const { server, account } = await setUp()
    const loopback = await openLoopback({ ...account.server.settings, loopbackHost: '127.0.0.1' })
    const flow = await startCodeFlow(account, { redirectUri: loopback.redirectUri })
    const waiting = loopback.waitFor(flow.id)
    const redirected = await server.browse(flow.url)
    const forged = redirected.replace(flow.id, 'another')
    expect((await fetch(forged)).status).toBe(400)
    expect((await fetch(new URL('/other', redirected))).status).toBe(404)
    expect(await (await fetch(redirected)).text()).toMatch(/close this window/)
    expect(await completeCodeFlow(account, { pasted: await waiting, flowId: flow.id })).toMatchObject({
      isRenewable: true,
    })
    await loopback.close()
  })

  test('another state is refused, and uses nothing up', async () => {
    const { server, account } = await setUp()
    const mine = await startCodeFlow(account)
    const theirs = await startCodeFlow(account)
    const pasted = await server.browse(theirs.url)
    await expect(completeCodeFlow(account, { pasted, flowId: mine.id })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    // the code of one sign-in in another: its challenge does not fit
    const { code } = readPastedAnswer(pasted)
    await expect(completeCodeFlow(account, { pasted: `${code}#${mine.id}` })).rejects.toMatchObject({
      code: 'upstream_credentials_rejected',
    })
    await expect(completeCodeFlow(account, { pasted: `${code}#forged` })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('is over once it is used, expired, or another account’s', async () => {
    const { server, store, account } = await setUp()
    const used = await startCodeFlow(account)
    const pasted = await server.browse(used.url)
    const both = await Promise.allSettled([
      completeCodeFlow(account, { pasted }),
      completeCodeFlow(account, { pasted }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])

    const late = await startCodeFlow(account)
    const answer = { pasted: await server.browse(late.url) }
    const tomorrow = { ...account, now: () => Date.now() + 86_400_000 }
    await expect(completeCodeFlow(tomorrow, answer)).rejects.toMatchObject({ code: 'not_found' })
    const other = await makeOAuthAccount({ store, overrides: server.overrides })
    await expect(completeCodeFlow(other, answer)).rejects.toMatchObject({ code: 'not_found' })
    expect(await completeCodeFlow(account, answer)).toMatchObject({ isRenewable: true })
  })

  test('that is refused in the browser says so', async () => {
    const { server, account } = await setUp()
    const flow = await startCodeFlow(account)
    const pasted = await server.browse(flow.url, 'refuse')
    await expect(completeCodeFlow(account, { pasted })).rejects.toMatchObject({ code: 'permission_denied' })
  })

  test('may be completed once the server can be reached', async () => {
    const { server, account } = await setUp()
    const flow = await startCodeFlow(account)
    const pasted = await server.browse(flow.url)
    const offline = { ...account.server, fetch: () => Promise.reject(new TypeError('fetch failed')) }
    const attempt = completeCodeFlow({ ...account, server: offline }, { pasted })
    await expect(attempt).rejects.toMatchObject({ code: 'upstream_unreachable' })
    expect(await completeCodeFlow(account, { pasted })).toMatchObject({ isRenewable: true })
  })
})

test('neither database nor write-ahead log holds a verifier, a code or a token', async () => {
  const server = await startAuthorizationServer()
  const file = await makeDatabaseFile()
  const store = await openForTest({ file })
  await store.migrate()
  const account = await makeOAuthAccount({ store, overrides: server.overrides })
  const unfinished = await startCodeFlow(account)
  const verifier = openFlow(account, await getFlow(store.db, unfinished.id, Date.now()), 'code').verifier
  const flow = await startCodeFlow(account)
  const pasted = await server.browse(flow.url)
  await completeCodeFlow(account, { pasted })
  const record = await getTokens(store.db, account.accountId)
  if (record === undefined) throw new Error('no tokens')
  const { accessToken, refreshToken = '' } = openTokens(account.vault, record)
  const bytes = Buffer.concat([await readFile(file), await readFile(`${file}-wal`)])
  expect(bytes.includes(account.accountId)).toBe(true)
  for (const secret of [accessToken, refreshToken, String(verifier), readPastedAnswer(pasted).code]) {
    expect(secret.length).toBeGreaterThan(20)
    expect(bytes.includes(secret)).toBe(false)
  }
})

describe('what people paste', () => {
  test.each(['', '  ', 'two words', 'a#b#c', 'https://x/cb?state=only', 'https://'])(
    '%j holds no code',
    (pasted) => {
      expect(() => readPastedAnswer(pasted)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    },
  )
})
