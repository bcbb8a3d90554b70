import type { Db, OAuthFlowRow } from './database.ts'
import { inChange } from './transaction.ts'

/** A sign-in that somebody began and has not finished. */
export interface OAuthFlowRecord {
  /** The `state` of the authorization request, or what stands for it in a device flow. */
  readonly id: string
  readonly accountId: string
  readonly kind: OAuthFlowRow['kind']
  /** What is needed to finish it, as the vault sealed it. */
  readonly sealed: string
  readonly expiresAtMs: number
  readonly createdAtMs: number
}

/** Throws `conflict` for an id that is taken. */
export async function insertFlow(
  db: Db,
  flow: Omit<OAuthFlowRecord, 'createdAtMs'>,
  nowMs: number = Date.now(),
): Promise<OAuthFlowRecord> {
  const row: OAuthFlowRow = {
    id: flow.id,
    account_id: flow.accountId,
    kind: flow.kind,
    sealed: flow.sealed,
    expires_at_ms: flow.expiresAtMs,
    created_at_ms: nowMs,
  }
  await inChange(db, (tx) => tx.insertInto('oauth_flow').values(row).execute())
  return toFlow(row)
}

/** The flow, unless it has expired. */
export async function getFlow(db: Db, id: string, nowMs: number): Promise<OAuthFlowRecord | undefined> {
  const query = db
    .selectFrom('oauth_flow')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at_ms', '>', nowMs)
  const row = await query.executeTakeFirst()
  return row && toFlow(row)
}

/** Takes the flow out, unless it has expired: of several callers one gets it. */
export async function takeFlow(db: Db, id: string, nowMs: number): Promise<OAuthFlowRecord | undefined> {
  return await inChange(
    db,
    async (tx) => {
      const deletion = tx.deleteFrom('oauth_flow').where('id', '=', id).returningAll()
      const row = await deletion.executeTakeFirst()
      return row !== undefined && row.expires_at_ms > nowMs ? toFlow(row) : undefined
    },
    Boolean,
  )
}

/** How many there were. */
export async function removeExpiredFlows(db: Db, nowMs: number): Promise<number> {
  return await inChange(
    db,
    async (tx) => {
      const deletion = tx.deleteFrom('oauth_flow').where('expires_at_ms', '<=', nowMs)
      return Number((await deletion.executeTakeFirst()).numDeletedRows)
    },
    Boolean,
  )
}

export function toFlow(row: OAuthFlowRow): OAuthFlowRecord {
  return {
    id: row.id,
    accountId: row.account_id,
    kind: row.kind,
    sealed: row.sealed,
    expiresAtMs: row.expires_at_ms,
    createdAtMs: row.created_at_ms,
  }
}
