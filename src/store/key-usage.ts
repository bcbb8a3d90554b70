import { sql } from 'kysely'
import type { Db } from './database.ts'

const KEYS_PER_STATEMENT = 500

/**
 * Notes when keys were last used, by id; a time earlier than the one noted changes nothing, and keys that are gone are
 * skipped. Neither version nor revision grow.
 */
export async function touchVirtualKeys(db: Db, lastUsedMsById: ReadonlyMap<string, number>): Promise<void> {
  const uses = [...lastUsedMsById].sort(([one], [other]) => (one < other ? -1 : 1))
  for (let index = 0; index < uses.length; index += KEYS_PER_STATEMENT) {
    await touch(db, uses.slice(index, index + KEYS_PER_STATEMENT))
  }
}

async function touch(db: Db, uses: readonly (readonly [id: string, atMs: number])[]): Promise<void> {
  // casts, because PostgreSQL takes a bare parameter for text
  const values = uses.map(([id, atMs]) => sql`(cast(${id} as text), cast(${atMs} as bigint))`)
  await sql`
    with used (id, at_ms) as (values ${sql.join(values)})
    update virtual_key set last_used_at_ms = used.at_ms from used
    where virtual_key.id = used.id
      and (virtual_key.last_used_at_ms is null or virtual_key.last_used_at_ms < used.at_ms)
  `.execute(db)
}
