import type { Db } from './database.ts'
import { inChange } from './transaction.ts'

// What the vault needs to seal everything anew under another master key. Versions do not grow: what is sealed stays the same.

export interface SealedValue {
  readonly id: string
  readonly sealed: string
}

/** Sealed credentials of accounts by account id, those behind `afterId` (all: `''`). */
export async function listSealedCredentials(db: Db, afterId: string, limit: number): Promise<SealedValue[]> {
  const rows = await db
    .selectFrom('account')
    .select(['id', 'sealed_credential as sealed'])
    .where('id', '>', afterId)
    .where('sealed_credential', 'is not', null)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, sealed }) => ({ id, sealed: sealed ?? '' }))
}

/** Sealed tokens by account id, those behind `afterId`. */
export async function listSealedTokens(db: Db, afterId: string, limit: number): Promise<SealedValue[]> {
  return await db
    .selectFrom('oauth_token')
    .select(['account_id as id', 'sealed'])
    .where('account_id', '>', afterId)
    .orderBy('account_id')
    .limit(limit)
    .execute()
}

/** Sealed flows by flow id, those behind `afterId`. */
export async function listSealedFlows(db: Db, afterId: string, limit: number): Promise<SealedValue[]> {
  return await db
    .selectFrom('oauth_flow')
    .select(['id', 'sealed'])
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** False where the value is no longer the old one: somebody changed the credential meanwhile. */
export async function replaceSealedCredential(
  db: Db,
  id: string,
  old: string,
  sealed: string,
): Promise<boolean> {
  return await inChange(
    db,
    async (tx) => {
      const update = tx.updateTable('account').set({ sealed_credential: sealed }).where('id', '=', id)
      const result = await update.where('sealed_credential', '=', old).executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
    Boolean,
  )
}

/** As {@link replaceSealedCredential}, for tokens. */
export async function replaceSealedTokens(
  db: Db,
  accountId: string,
  old: string,
  sealed: string,
): Promise<boolean> {
  return await inChange(
    db,
    async (tx) => {
      const update = tx.updateTable('oauth_token').set({ sealed }).where('account_id', '=', accountId)
      return (await update.where('sealed', '=', old).executeTakeFirst()).numUpdatedRows === 1n
    },
    Boolean,
  )
}

/** As {@link replaceSealedCredential}, for flows. */
export async function replaceSealedFlow(db: Db, id: string, old: string, sealed: string): Promise<boolean> {
  return await inChange(
    db,
    async (tx) => {
      const update = tx.updateTable('oauth_flow').set({ sealed }).where('id', '=', id)
      return (await update.where('sealed', '=', old).executeTakeFirst()).numUpdatedRows === 1n
    },
    Boolean,
  )
}
