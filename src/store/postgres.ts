import {
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  sql,
} from 'kysely'
import pg from 'pg'
import { GatewayError } from '../core/errors.ts'
import type { Tables } from './database.ts'
import { unavailable } from './failure.ts'
import { isUpToDate, type MigrationReport, migrate } from './migrate.ts'
import { breaksConnection, toStoreError } from './postgres-failure.ts'
import { watchPostgres } from './postgres-watch.ts'
import type { OnError, Store } from './store.ts'

export interface PostgresOptions {
  readonly url: string
  /** How long connecting may take, and each query after that. */
  readonly queryTimeoutMs: number
  readonly poolSize: number
  readonly onError: OnError
}

/** The server gives up first, so that its error arrives, where it still can. */
const CLIENT_GRACE_MS = 250
const CLOSE_PATIENCE_MS = 2000
const MIGRATION_TIMEOUT_MS = 600_000
const INT8 = pg.types.builtins.INT8

export function openPostgres(options: PostgresOptions): Store {
  const { pool, db } = openPool(options)
  const watcher = watchPostgres({ config: clientConfig(options), db, onError: options.onError })
  return {
    db,
    engine: 'postgres',
    migrate: () => migratePatiently(db, options),
    watch: watcher.add,
    ping: async () => void (await sql`select 1`.execute(db)),
    close: async () => {
      watcher.close()
      await withinPatience(pool.ended ? Promise.resolve() : pool.end())
    },
    backupTo: () =>
      Promise.reject(
        new GatewayError(
          'conflict',
          'A PostgreSQL database is not backed up by the gateway; use pg_dump, or what its provider offers.',
        ),
      ),
    findDamage: () => Promise.resolve([]),
  }
}

function openPool(options: PostgresOptions): { pool: pg.Pool; db: Kysely<Tables> } {
  const pool = new pg.Pool({ ...clientConfig(options), max: options.poolSize, idleTimeoutMillis: 30_000 })
  // without these listeners the process would end when the server closes a connection: one that is unused, or, between two
  // queries, one that is in use, whose next query fails then
  pool.on('error', (error) => options.onError(toStoreError(error)))
  pool.on('connect', (client) => client.on('error', () => {}))
  return { pool, db: new Kysely<Tables>({ dialect: new LocklessDialect({ pool: guardedPool(pool) }) }) }
}

/** A change of the schema may take longer than a query ever should; finding that there is none to make may not. */
async function migratePatiently(db: Kysely<Tables>, options: PostgresOptions): Promise<MigrationReport> {
  if (await isUpToDate(db)) return await migrate(db, 'postgres')
  const patient = openPool({ ...options, queryTimeoutMs: MIGRATION_TIMEOUT_MS, poolSize: 1 })
  try {
    return await migrate(patient.db, 'postgres')
  } finally {
    await patient.pool.end()
  }
}

/** `migrate.ts` has a lock that ends with its transaction; kysely's outlives one that fails. */
class LocklessDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new LocklessAdapter()
  }
}

class LocklessAdapter extends PostgresAdapter {
  override acquireMigrationLock(): Promise<void> {
    return Promise.resolve()
  }
  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve()
  }
}

/** For every connection: deadlines, and 64-bit integers as numbers, as all of ours are far below 2^53. */
function clientConfig({ url, queryTimeoutMs }: PostgresOptions): pg.ClientConfig {
  if (!URL.canParse(url)) {
    throw unavailable(undefined, 'The address of the database is no URL such as postgres://user@host/name.')
  }
  return {
    connectionString: url,
    application_name: 'llm-gateway',
    connectionTimeoutMillis: queryTimeoutMs,
    statement_timeout: queryTimeoutMs,
    query_timeout: queryTimeoutMs + CLIENT_GRACE_MS,
    idle_in_transaction_session_timeout: queryTimeoutMs * 4,
    keepAlive: true,
    types: { getTypeParser: readType },
  }
}

const readType: typeof pg.types.getTypeParser = (oid: number, format?: string) => {
  if (oid === INT8 && format !== 'binary') return Number
  return pg.types.getTypeParser(oid, format as 'text')
}

/** The pool as kysely uses it, with our errors, and such that a connection which broke or hangs is not used again. */
function guardedPool(pool: pg.Pool): PostgresPool {
  return {
    options: {},
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw toStoreError(error)
      })
      let isBroken = false
      const query = async (text: string, parameters: readonly unknown[]) => {
        try {
          return await client.query(text, [...parameters])
        } catch (error) {
          isBroken ||= breaksConnection(error)
          throw toStoreError(error)
        }
      }
      const release = (isDiscarded?: boolean) => client.release(isBroken || isDiscarded === true)
      // kysely would also read from cursors, for which it is given none
      return { query, release } as unknown as PostgresPoolClient
    },
  }
}

/** A server that hangs does not say goodbye. */
async function withinPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_PATIENCE_MS)
  })
  await Promise.race([work, patience])
  clearTimeout(timer)
}
