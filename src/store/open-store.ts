import { unavailable } from './failure.ts'
import type { OnError, Store } from './store.ts'

export interface StoreOptions {
  /** `postgres://user:password@host:port/database`; without it there is a SQLite database in `file`. */
  readonly url?: string | undefined
  readonly file?: string | undefined
  /** The deadline of every query, and of connecting. */
  readonly queryTimeoutMs?: number | undefined
  /** The most connections at once, of PostgreSQL. */
  readonly poolSize?: number | undefined
  /** Told of what goes wrong while nobody waits for an answer, such as a lost connection. */
  readonly onError: OnError
}

const QUERY_TIMEOUT_MS = 5000
const POOL_SIZE = 10

/**
 * Opens a database; call `migrate` next. A SQLite file is made where there is none; PostgreSQL is connected to with the first query. Throws
 * `store_unavailable`; no message or cause holds the URL.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, file, queryTimeoutMs = QUERY_TIMEOUT_MS, poolSize = POOL_SIZE, onError } = options
  // loaded only if used: each driver takes time and memory
  if (url !== undefined) {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres({ url, queryTimeoutMs, poolSize, onError })
  }
  if (file === undefined) throw unavailable(undefined, 'Neither a database URL nor a file was given.')
  const { openSqlite } = await import('./sqlite.ts')
  return await openSqlite({ file, queryTimeoutMs, onError })
}
