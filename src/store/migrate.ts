import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { GatewayError } from '../core/errors.ts'
import type { Db, Engine } from './database.ts'
import { MIGRATIONS } from './migrations/index.ts'

export interface MigrationReport {
  /** Names of the steps taken now; empty where the schema was up to date. */
  readonly applied: readonly string[]
  /** The last step of all. */
  readonly version: string
}

const TABLE = 'schema_step'
const LOCK_TABLE = 'schema_step_lock'

/** Any number, as long as it stays the same. @see https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS */
const LOCK_NUMBER = 4_707_231_952
const LOCK_PATIENCE_MS = 60_000
const LOCK_PAUSE_MS = 50

/**
 * Brings the schema up to this program's. All or nothing; of several processes that start at once one does it and the
 * others wait. Throws `store_unavailable` where the schema is of a newer program.
 */
export async function migrate(db: Db, engine: Engine): Promise<MigrationReport> {
  if (await isUpToDate(db)) return { applied: [], version: latestStep() }
  const applied = await db.transaction().execute(async (tx) => {
    // SQLite: the transaction itself is the lock, it is an immediate one
    if (engine === 'postgres') await lockPostgres(tx)
    if (await isUpToDate(tx)) return []
    return await applyPending(tx as unknown as Kysely<unknown>, engine)
  })
  return { applied, version: latestStep() }
}

/** Names of the steps that a database has seen, in order; none for an empty one. */
export async function readSteps(db: Db): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === TABLE)) return []
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(TABLE)} order by name`.execute(db)
  return rows.map(({ name }) => name)
}

function latestStep(): string {
  return Object.keys(MIGRATIONS).sort().at(-1) ?? ''
}

/** True if it has every step. Throws `store_unavailable` where it has one that we do not know. */
export async function isUpToDate(db: Db): Promise<boolean> {
  const steps = await readSteps(db)
  const unknown = steps.find((name) => !Object.hasOwn(MIGRATIONS, name))
  if (unknown !== undefined) {
    throw new GatewayError(
      'store_unavailable',
      `The database was made by a newer version of the gateway (it has the schema step ${unknown}). Start that version or a later one.`,
    )
  }
  return steps.length === Object.keys(MIGRATIONS).length
}

async function applyPending(tx: Kysely<unknown>, engine: Engine): Promise<string[]> {
  const steps = Object.entries(MIGRATIONS).map(([name, step]) => {
    return [name, { up: (db: Kysely<unknown>) => step(db, engine) }] as const
  })
  const migrator = new Migrator({
    db: tx,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(steps)) },
    migrationTableName: TABLE,
    migrationLockTableName: LOCK_TABLE,
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw error instanceof Error ? error : new Error('The migration failed.')
  return results.map(({ migrationName }) => migrationName)
}

/** Asked for again and again rather than waited for: a statement that waits would run into its deadline. */
async function lockPostgres(tx: Db): Promise<void> {
  const giveUpAt = Date.now() + LOCK_PATIENCE_MS
  for (;;) {
    const query = sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${LOCK_NUMBER}) as locked`
    if ((await query.execute(tx)).rows[0]?.locked) return
    if (Date.now() > giveUpAt) {
      throw new GatewayError(
        'store_unavailable',
        'Another process has been migrating the database for a minute.',
      )
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS))
  }
}
