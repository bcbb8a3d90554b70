import type { Db } from './database.ts'
import { inChange } from './transaction.ts'

// Single values that the whole installation shares. Values are text, and no secrets.

export async function getSetting(db: Db, name: string): Promise<string | undefined> {
  const query = db.selectFrom('setting').select('value').where('name', '=', name)
  return (await query.executeTakeFirst())?.value
}

export async function putSetting(
  db: Db,
  name: string,
  value: string,
  nowMs: number = Date.now(),
): Promise<void> {
  await inChange(db, (tx) =>
    tx
      .insertInto('setting')
      .values({ name, value, updated_at_ms: nowMs })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, updated_at_ms: nowMs }))
      .execute(),
  )
}

/** Writes the value unless there is one, and returns the one that holds: all who start at once agree on it. */
export async function putSettingOnce(
  db: Db,
  name: string,
  value: string,
  nowMs: number = Date.now(),
): Promise<string> {
  const found = await getSetting(db, name)
  if (found !== undefined) return found
  return await inChange(db, async (tx) => {
    await tx
      .insertInto('setting')
      .values({ name, value, updated_at_ms: nowMs })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()
    return (await getSetting(tx, name)) ?? value
  })
}

/** Replaces the old value, and returns false where that was no longer the value. */
export async function replaceSetting(
  db: Db,
  name: string,
  change: { readonly old: string; readonly value: string },
  nowMs: number = Date.now(),
): Promise<boolean> {
  return await inChange(
    db,
    async (tx) => {
      const update = tx.updateTable('setting').set({ value: change.value, updated_at_ms: nowMs })
      const result = await update.where('name', '=', name).where('value', '=', change.old).executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
    Boolean,
  )
}

/** True if there was one. */
export async function removeSetting(db: Db, name: string): Promise<boolean> {
  return await inChange(
    db,
    async (tx) => {
      const deletion = tx.deleteFrom('setting').where('name', '=', name)
      return (await deletion.executeTakeFirst()).numDeletedRows > 0n
    },
    Boolean,
  )
}
