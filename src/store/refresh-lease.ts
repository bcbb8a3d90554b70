import type { Db } from './database.ts'

// Of several processes one refreshes an account's tokens: many providers end a whole session when a refresh token is used twice.

/** True if `owner` may refresh now; nobody else may until `untilMs` or the release. False as well where there are no tokens. */
export async function acquireRefreshLease(
  db: Db,
  accountId: string,
  owner: string,
  nowMs: number,
  untilMs: number,
): Promise<boolean> {
  const result = await db
    .updateTable('oauth_token')
    .set({ lease_owner: owner, lease_until_ms: untilMs })
    .where('account_id', '=', accountId)
    .where((row) => row.or([row('lease_until_ms', 'is', null), row('lease_until_ms', '<=', nowMs)]))
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Ends the lease if `owner` still has it; `saveTokens` does so by itself. */
export async function releaseRefreshLease(db: Db, accountId: string, owner: string): Promise<void> {
  await db
    .updateTable('oauth_token')
    .set({ lease_owner: null, lease_until_ms: null })
    .where('account_id', '=', accountId)
    .where('lease_owner', '=', owner)
    .execute()
}
