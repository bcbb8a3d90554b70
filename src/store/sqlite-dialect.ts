import type { Database } from 'better-sqlite3'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { brokenReference, codeOf, taken, unavailable } from './failure.ts'

/** How often to ask again whether another process has finished writing. */
const BUSY_PAUSE_MS = 10

export interface SqliteDialectOptions {
  readonly database: Database
  /** How long to wait for another process that writes. */
  readonly patienceMs: number
}

/**
 * kysely's own dialect with three differences: transactions take the write lock at their beginning, since one that finds
 * out later that it needs it may have to start again; waiting for that lock does not stop the event loop; and errors are
 * ours.
 */
export function createSqliteDialect(options: SqliteDialectOptions): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => createDriver(options),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** SQLite can roll back what a migration did to the schema; kysely's adapter says no, to be careful. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

function createDriver({ database, patienceMs }: SqliteDialectOptions): Driver {
  const run = async (statement: string): Promise<void> => {
    await whenFree(patienceMs, () => database.prepare(statement).run())
  }
  const connection: DatabaseConnection = {
    executeQuery: <Row>(query: CompiledQuery) =>
      whenFree(patienceMs, () => execute<Row>(database, query), query.sql),
    streamQuery: () => {
      throw new Error('Rows are read in pages, not streamed.')
    },
  }
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    rollbackTransaction: async () => {
      // some errors, such as a full disk, have ended it already
      if (database.inTransaction) await run('rollback')
    },
    releaseConnection: () => Promise.resolve(),
    destroy: () => {
      database.close()
      return Promise.resolve()
    },
  }
}

function execute<Row>(database: Database, { sql, parameters }: CompiledQuery): QueryResult<Row> {
  const statement = database.prepare<unknown[], Row>(sql)
  if (statement.reader) return { rows: statement.all(...parameters) }
  const { changes, lastInsertRowid } = statement.run(...parameters)
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
}

/** Runs it as soon as no other process is in the way. Throws our errors for SQLite's. */
export async function whenFree<Result>(
  patienceMs: number,
  work: () => Result,
  statement = '',
): Promise<Result> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      const isBusy = /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))
      if (!isBusy || performance.now() > giveUpAt) throw toStoreError(error, statement)
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS * (0.5 + Math.random())))
  }
}

const CONSTRAINT_COLUMN = /^UNIQUE constraint failed: \w+\.(\w+)$/

/** What time does not heal, and what does. */
function explain(code: string): string | undefined {
  if (code === 'SQLITE_NOTADB')
    return 'The database file is no SQLite database: put a backup in its place, or move it away.'
  if (code.startsWith('SQLITE_CORRUPT')) return 'The database file is damaged: put a backup in its place.'
  if (code === 'SQLITE_FULL') return 'The disk that holds the database is full.'
  return undefined
}

/** What better-sqlite3 threw as an error of ours. */
export function toStoreError(error: unknown, statement = ''): unknown {
  const code = codeOf(error)
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return taken(CONSTRAINT_COLUMN.exec((error as Error).message)?.[1], error)
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY')
    return brokenReference(statement.startsWith('delete') ? 'delete' : 'write', error)
  // SQLITE_ERROR, _MISMATCH and other constraints are mistakes of ours
  const isOurs = code === 'SQLITE_ERROR' || /^SQLITE_(CONSTRAINT|MISMATCH|MISUSE|RANGE|TOOBIG)/.test(code)
  if (code.startsWith('SQLITE_') && !isOurs) return unavailable(error, explain(code))
  if (error instanceof TypeError && error.message.includes('not open'))
    return unavailable(error, 'The database is closed.')
  return error
}
