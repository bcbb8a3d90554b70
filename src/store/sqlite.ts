import { chmod, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3'
import { Kysely } from 'kysely'
import type { Tables } from './database.ts'
import { unavailable } from './failure.ts'
import { migrate } from './migrate.ts'
import { createSqliteDialect, whenFree } from './sqlite-dialect.ts'
import { watchSqlite } from './sqlite-watch.ts'
import type { OnError, Store } from './store.ts'

export interface SqliteOptions {
  /** Made, readable by its owner only, where it does not exist; so is its folder. */
  readonly file: string
  /** How long a query waits for another process that writes. */
  readonly queryTimeoutMs: number
  readonly onError: OnError
}

/** How long SQLite itself may wait, which stops the event loop; we wait beyond that. */
const BLOCKING_WAIT_MS = 5

export async function openSqlite({ file, queryTimeoutMs, onError }: SqliteOptions): Promise<Store> {
  await makePrivateFile(file)
  const database = await whenFree(queryTimeoutMs, () => connect(file))
  const db = new Kysely<Tables>({ dialect: createSqliteDialect({ database, patienceMs: queryTimeoutMs }) })
  const watcher = watchSqlite({ open: () => connect(file), onError })
  return {
    db,
    engine: 'sqlite',
    migrate: () => migrate(db, 'sqlite'),
    watch: watcher.add,
    ping: async () => await whenFree(queryTimeoutMs, () => void database.prepare('select 1').get()),
    close: async () => {
      watcher.close()
      await db.destroy()
      // kysely opens its driver with the first query, and closes no other
      database.close()
    },
    backupTo: async (target) => {
      await makePrivateFile(target)
      await database.backup(target)
      await chmod(target, 0o600)
    },
    findDamage: async () => await whenFree(queryTimeoutMs, () => findDamage(database)),
  }
}

async function makePrivateFile(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await (await open(file, 'a', 0o600)).close()
  } catch (error) {
    throw unavailable(error, `The database file ${file} cannot be opened for writing.`)
  }
}

function connect(file: string): Database {
  const database = new Sqlite(file, { timeout: BLOCKING_WAIT_MS })
  try {
    // on a new file this takes a lock
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function findDamage(database: Database): string[] {
  const integrity = database.pragma('integrity_check') as { readonly integrity_check: string }[]
  const references = database.pragma('foreign_key_check') as {
    readonly table: string
    readonly parent: string
  }[]
  return [
    ...integrity.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
    ...references.map(({ table, parent }) => `${table}: a row refers to a ${parent} that does not exist`),
  ]
}
