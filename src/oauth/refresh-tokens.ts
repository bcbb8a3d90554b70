import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../core/errors.ts'
import { getTokens, markTokens, type OAuthTokenRecord, saveTokens } from '../store/oauth-tokens.ts'
import { acquireRefreshLease, releaseRefreshLease } from '../store/refresh-lease.ts'
import { inTransaction } from '../store/transaction.ts'
import type { OAuthAccount } from './sign-in.ts'
import { refresh } from './token-requests.ts'
import { openTokens, sealTokens, type TokenGrant, type TokenSet } from './token-set.ts'

/** Longer than a token request with its retries of storing; a process that dies holds the others up for no longer. */
const LEASE_MS = 30_000
const POLL_MS = 60
/** Others wait for the one that refreshes, and for the lease of one that died. */
const MAX_WAIT_MS = LEASE_MS + 5000
/** With a token request before it, still within the lease. */
const MAX_SAVE_MS = 12_000
const SAVE_PAUSE_MS = 200

/** Says which tokens need no refreshing: someone else may have done it meanwhile. */
export type IsFine = (tokens: TokenSet) => boolean

/**
 * The account's tokens, refreshed if they have to be: by one process at a time, while the others wait for what it stores. Rotated tokens
 * are stored before anyone uses them. Throws `upstream_credentials_rejected` where somebody has to sign in (again), which is noted in the
 * store and asked no more; `store_unavailable`, `vault_locked`, and what `toOAuthFailure` says where another try may help.
 */
export async function refreshTokens(account: OAuthAccount, isFine: IsFine): Promise<TokenSet> {
  const giveUpAtMs = performance.now() + MAX_WAIT_MS
  const owner = randomUUID()
  do {
    const tokens = await readTokens(account)
    if (isFine(tokens)) return tokens
    if (await acquire(account, owner)) return await refreshUnderLease(account, owner, isFine)
    await waitForChange(account, tokens.version, giveUpAtMs)
  } while (performance.now() < giveUpAtMs)
  throw new GatewayError(
    'upstream_timeout',
    'Another process is still refreshing the tokens of this account.',
  )
}

/** The account's tokens as they are stored. Throws `upstream_credentials_rejected` where there are none, or none that work. */
export async function readTokens({ db, vault, accountId }: OAuthAccount): Promise<TokenSet> {
  const record = await getTokens(db, accountId)
  if (record === undefined) throw signInNeeded(accountId, 'nobody is signed in to it')
  if (record.state !== 'ok') throw signInNeeded(accountId, record.failure ?? 'its tokens no longer work')
  return openTokens(vault, record)
}

async function refreshUnderLease(account: OAuthAccount, owner: string, isFine: IsFine): Promise<TokenSet> {
  let tokens: TokenSet | undefined
  try {
    tokens = await readTokens(account) // stored between our look and our lease
    if (isFine(tokens)) return tokens
    if (tokens.refreshToken === undefined) {
      throw new GatewayError(
        'upstream_credentials_rejected',
        'the access token has ended and cannot be refreshed',
      )
    }
    const grant = await refresh(account.server, tokens.refreshToken)
    return openTokens(account.vault, await save(account, owner, grant, tokens))
  } catch (error) {
    const isRefusal = error instanceof GatewayError && error.code === 'upstream_credentials_rejected'
    if (isRefusal && tokens !== undefined) return await giveUp(account, owner, tokens, error)
    throw error
  } finally {
    // a lease that cannot be given back ends by itself
    await releaseRefreshLease(account.db, account.accountId, owner).catch(() => {})
  }
}

/** The old refresh token may be used up by now, so a store that does not answer is asked again for as long as the lease allows. */
async function save(
  account: OAuthAccount,
  owner: string,
  grant: TokenGrant,
  before: TokenSet,
): Promise<OAuthTokenRecord> {
  const { db, vault, accountId } = account
  const nowMs = account.now()
  const giveUpAtMs = performance.now() + MAX_SAVE_MS
  const sealed = sealTokens(vault, accountId, grant, { nowMs, refreshToken: before.refreshToken })
  for (;;) {
    try {
      return await saveTokens(db, sealed, { leaseOwner: owner, nowMs })
    } catch (error) {
      if (hasCode(error, 'version_conflict')) return await othersTokens(account)
      if (performance.now() >= giveUpAtMs || !hasCode(error, 'store_unavailable')) throw error
      await sleep(SAVE_PAUSE_MS)
    }
  }
}

/** Somebody has signed in anew while we refreshed: theirs count. */
async function othersTokens({ db, accountId }: OAuthAccount): Promise<OAuthTokenRecord> {
  const record = await getTokens(db, accountId)
  if (record === undefined) throw signInNeeded(accountId, 'nobody is signed in to it any more')
  return record
}

/** Notes a refusal, unless somebody has signed in anew meanwhile: then their tokens are the answer. */
async function giveUp(
  account: OAuthAccount,
  owner: string,
  refused: TokenSet,
  reason: GatewayError,
): Promise<TokenSet> {
  const { db, accountId } = account
  await inTransaction({ db }, async (tx) => {
    // giving the lease back locks the row, so nothing comes between the look and the mark
    await releaseRefreshLease(tx, accountId, owner)
    const record = await getTokens(tx, accountId)
    if (record?.version !== refused.version) return
    await markTokens(tx, accountId, { state: 'refresh_failed', failure: reason.message }, account.now())
  })
  return await readTokens(account)
}

async function acquire({ db, accountId, now }: OAuthAccount, owner: string): Promise<boolean> {
  return await acquireRefreshLease(db, accountId, owner, now(), now() + LEASE_MS)
}

/** Until the tokens are others, or the lease is free. */
async function waitForChange(account: OAuthAccount, version: number, giveUpAtMs: number): Promise<void> {
  while (performance.now() < giveUpAtMs) {
    await sleep(POLL_MS * (1 + Math.random()))
    const record = await getTokens(account.db, account.accountId)
    if (record === undefined || record.version !== version) return
    if (record.leaseUntilMs === null || record.leaseUntilMs <= account.now()) return
  }
}

function signInNeeded(accountId: string, why: string): GatewayError {
  return new GatewayError(
    'upstream_credentials_rejected',
    `The account ${accountId} has to be signed in to: ${why}.`,
  )
}

function hasCode(error: unknown, code: GatewayError['code']): boolean {
  return error instanceof GatewayError && error.code === code
}
