import type { Db } from './database.ts'

/** A number that grows with every change of keys, teams, accounts, routes, tokens and settings. */
export async function readRevision(db: Db): Promise<number> {
  const row = await db.selectFrom('revision').select('value').where('id', '=', 1).executeTakeFirst()
  return row?.value ?? 0
}

/** Part of every change; see `inChange`. */
export async function bumpRevision(tx: Db): Promise<void> {
  await tx
    .updateTable('revision')
    .set((row) => ({ value: row('value', '+', 1) }))
    .where('id', '=', 1)
    .execute()
}
