import type { Db } from './database.ts'
import { bumpRevision } from './revision.ts'

/** Transactions opened here, and whether anything in them asked for a new revision. */
const open = new WeakMap<Db, { hasChanged: boolean }>()

/**
 * Runs queries that belong together: all of them count, or none. Inside, pass `tx` wherever a `Db` is asked for; called
 * with a transaction, it joins that one. Wait for nothing but its own queries in it: SQLite has one connection, so that a
 * query on `store.db` would wait for the end of the transaction that waits for it.
 */
export async function inTransaction<Result>(
  { db }: { readonly db: Db },
  work: (tx: Db) => Promise<Result>,
): Promise<Result> {
  if (db.isTransaction) return await work(db)
  return await db.transaction().execute(async (tx) => {
    const state = { hasChanged: false }
    open.set(tx, state)
    const result = await work(tx)
    // at the very end: everyone who changes anything waits for this row
    if (state.hasChanged) await bumpRevision(tx)
    return result
  })
}

/**
 * {@link inTransaction} for a change that running gateways have to hear of: the revision grows with it, unless
 * `hasChanged` says of the result that there was nothing to do.
 */
export async function inChange<Result>(
  db: Db,
  work: (tx: Db) => Promise<Result>,
  hasChanged: (result: Result) => boolean = () => true,
): Promise<Result> {
  return await inTransaction({ db }, async (tx) => {
    const result = await work(tx)
    if (hasChanged(result)) await noteChange(tx)
    return result
  })
}

async function noteChange(tx: Db): Promise<void> {
  const state = open.get(tx)
  if (state === undefined) await bumpRevision(tx)
  else state.hasChanged = true
}
