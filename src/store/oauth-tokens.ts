import { GatewayError } from '../core/errors.ts'
import type { Db, OAuthTokenRow } from './database.ts'
import { inChange } from './transaction.ts'
import { firstVersion } from './versioned.ts'

/** The tokens of an account that somebody signed in to. */
export interface OAuthTokenRecord {
  readonly accountId: string
  /** As the vault sealed them. */
  readonly sealed: string
  /** When the access token ends; null where the provider did not say. */
  readonly expiresAtMs: number | null
  readonly state: OAuthTokenRow['state']
  /** What went wrong, in words for the operator and without secrets. */
  readonly failure: string | null
  readonly refreshedAtMs: number | null
  /** Who is refreshing them, and until when nobody else may. */
  readonly leaseOwner: string | null
  readonly leaseUntilMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

export interface NewTokens {
  readonly accountId: string
  readonly sealed: string
  readonly expiresAtMs: number | null
}

export interface SaveOptions {
  /** Fails with `version_conflict` unless this owner has the lease: somebody else refreshed or signed in meanwhile. */
  readonly leaseOwner?: string | undefined
  readonly nowMs?: number | undefined
}

export interface TokenFailure {
  readonly state: 'refresh_failed' | 'signed_out'
  readonly failure: string | null
}

export async function getTokens(db: Db, accountId: string): Promise<OAuthTokenRecord | undefined> {
  const query = db.selectFrom('oauth_token').selectAll().where('account_id', '=', accountId)
  const row = await query.executeTakeFirst()
  return row && toTokens(row)
}

/** The tokens of every account, by account id. */
export async function loadTokens(db: Db): Promise<OAuthTokenRecord[]> {
  return (await db.selectFrom('oauth_token').selectAll().orderBy('account_id').execute()).map(toTokens)
}

/**
 * Keeps tokens that a provider just gave, instead of those before; their state is `ok` then, and a lease ends. The
 * account may be one that a file declares.
 */
export async function saveTokens(
  db: Db,
  tokens: NewTokens,
  { leaseOwner, nowMs = Date.now() }: SaveOptions = {},
): Promise<OAuthTokenRecord> {
  const given = {
    sealed: tokens.sealed,
    expires_at_ms: tokens.expiresAtMs,
    state: 'ok' as const,
    failure: null,
    refreshed_at_ms: nowMs,
    lease_owner: null,
    lease_until_ms: null,
  }
  const row: OAuthTokenRow = { account_id: tokens.accountId, ...given, ...firstVersion(nowMs) }
  return await inChange(db, async (tx) => {
    if (leaseOwner !== undefined) return toTokens(await renew(tx, row, leaseOwner))
    const saved = await tx
      .insertInto('oauth_token')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('account_id').doUpdateSet((self) => ({
          ...given,
          updated_at_ms: nowMs,
          version: self('oauth_token.version', '+', 1),
        })),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
    return toTokens(saved)
  })
}

/** Notes that the tokens no longer work, or could not be refreshed. Throws `not_found`. */
export async function markTokens(
  db: Db,
  accountId: string,
  { state, failure }: TokenFailure,
  nowMs: number = Date.now(),
): Promise<OAuthTokenRecord> {
  return await inChange(db, async (tx) => {
    const row = await tx
      .updateTable('oauth_token')
      .set((self) => ({ state, failure, updated_at_ms: nowMs, version: self('version', '+', 1) }))
      .where('account_id', '=', accountId)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new GatewayError('not_found', `Nobody is signed in to account ${accountId}.`)
    return toTokens(row)
  })
}

/** True if there were any. */
export async function removeTokens(db: Db, accountId: string): Promise<boolean> {
  return await inChange(
    db,
    async (tx) => {
      const deletion = tx.deleteFrom('oauth_token').where('account_id', '=', accountId)
      return (await deletion.executeTakeFirst()).numDeletedRows > 0n
    },
    Boolean,
  )
}

export function toTokens(row: OAuthTokenRow): OAuthTokenRecord {
  return {
    accountId: row.account_id,
    sealed: row.sealed,
    expiresAtMs: row.expires_at_ms,
    state: row.state,
    failure: row.failure,
    refreshedAtMs: row.refreshed_at_ms,
    leaseOwner: row.lease_owner,
    leaseUntilMs: row.lease_until_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    version: row.version,
  }
}

async function renew(tx: Db, row: OAuthTokenRow, leaseOwner: string): Promise<OAuthTokenRow> {
  const { account_id, created_at_ms: _createdAtMs, version: _version, ...columns } = row
  const renewed = await tx
    .updateTable('oauth_token')
    .set((self) => ({ ...columns, version: self('version', '+', 1) }))
    .where('account_id', '=', account_id)
    .where('lease_owner', '=', leaseOwner)
    .returningAll()
    .executeTakeFirst()
  if (renewed !== undefined) return renewed
  throw new GatewayError(
    'version_conflict',
    `The tokens of account ${account_id} are no longer ours to renew.`,
  )
}
