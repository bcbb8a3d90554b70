import { GatewayError } from '../core/errors.ts'
import { type CopyState, OWN_SETTINGS, readCopyState, readStoreId, writeCopyState } from './copy-state.ts'
import type { Db } from './database.ts'
import { readSteps } from './migrate.ts'
import { readRevision } from './revision.ts'
import type { Store } from './store.ts'
import { deleteRows, keyOf, readRows, TABLE_NAMES, type TableName, writeRows } from './table-rows.ts'
import { sumTable, type TableSum, withoutOwn } from './table-sum.ts'
import { inTransaction } from './transaction.ts'

export interface CopyProgress {
  readonly table: TableName
  /** Rows copied of this table by this call. */
  readonly rows: number
}

export interface CopyOptions {
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  /** Stops between two batches, with the signal's reason; the next call goes on from there. */
  readonly signal?: AbortSignal | undefined
}

/** What is in the target now, by table; compared with the source row by row. */
export type CopyReport = Readonly<Record<TableName, TableSum>>

/** 20 columns and more each; PostgreSQL takes 65 535 values in one statement, SQLite half of that. */
const ROWS_AT_ONCE = 500

/**
 * Copies all of one store into another, empty one, of whatever engine; both with their migrations done. Interrupted, even
 * killed, it goes on where it was when it is called again; where the source has changed since, it begins anew. At the end
 * every table is read from both sides and compared. Throws `conflict` where the target has rows that no copy from this
 * source put there, where versions differ, and where source and target are not the same at the end.
 */
export async function copyStore(from: Store, to: Store, options: CopyOptions = {}): Promise<CopyReport> {
  await checkSchemas(from.db, to.db)
  const state = await beginOrResume(from.db, to.db)
  if (!state.isComplete) await copyTables(from.db, to.db, state, options)
  const report = await compareStores(from.db, to.db, state, options)
  if (!state.isComplete) await writeCopyState(to.db, { ...state, isComplete: true })
  return report
}

async function checkSchemas(from: Db, to: Db): Promise<void> {
  const [source, target] = await Promise.all([readSteps(from), readSteps(to)])
  if (source.length > 0 && source.join() === target.join()) return
  throw new GatewayError('conflict', 'The two databases do not have the same schema; migrate both first.')
}

async function beginOrResume(from: Db, to: Db): Promise<CopyState> {
  const sourceId = await readStoreId(from)
  const sourceRevision = await readRevision(from)
  const fresh = { sourceId, sourceRevision, isComplete: false, table: TABLE_NAMES[0] ?? 'team', after: '' }
  const state = await readCopyState(to)
  if (state === undefined) {
    await refuseRows(to)
    await writeCopyState(to, fresh)
    return fresh
  }
  if (state.sourceId !== sourceId) {
    throw new GatewayError('conflict', 'The target holds a copy of another database. Give an empty one.')
  }
  if (state.isComplete || state.sourceRevision === sourceRevision) return state
  await beginAnew(to, fresh)
  return fresh
}

async function refuseRows(to: Db): Promise<void> {
  for (const table of TABLE_NAMES) {
    const rows = await readRows(to, table, { after: '', limit: OWN_SETTINGS.length + 1 })
    if (withoutOwn(table, rows).length === 0) continue
    throw new GatewayError(
      'conflict',
      `The target is not empty: its table ${table} has rows. Give an empty one.`,
    )
  }
}

/** What is there came from this source, and from nowhere else: nobody uses a target before its copy is complete. */
async function beginAnew(to: Db, fresh: CopyState): Promise<void> {
  const own = await to.selectFrom('setting').selectAll().where('name', 'in', OWN_SETTINGS).execute()
  await inTransaction({ db: to }, async (tx) => {
    for (const table of TABLE_NAMES.toReversed()) await deleteRows(tx, table)
    await writeRows(
      tx,
      'setting',
      own.map((row) => ({ ...row })),
    )
    await writeCopyState(tx, fresh)
  })
}

async function copyTables(from: Db, to: Db, state: CopyState, options: CopyOptions): Promise<void> {
  let after = state.after
  for (const table of TABLE_NAMES.slice(TABLE_NAMES.indexOf(state.table))) {
    await copyTable(from, to, { ...state, table, after }, options)
    after = ''
  }
}

async function copyTable(
  from: Db,
  to: Db,
  state: CopyState,
  { onProgress, signal }: CopyOptions,
): Promise<void> {
  const { table } = state
  let { after } = state
  let copied = 0
  for (;;) {
    signal?.throwIfAborted()
    const rows = await readRows(from, table, { after, limit: ROWS_AT_ONCE })
    const last = rows.at(-1)
    if (last === undefined) return
    after = keyOf(table, last)
    const taken = withoutOwn(table, rows)
    await inTransaction({ db: to }, async (tx) => {
      if (taken.length > 0) await writeRows(tx, table, taken)
      await writeCopyState(tx, { ...state, after })
    })
    copied += taken.length
    onProgress?.({ table, rows: copied })
  }
}

async function compareStores(
  from: Db,
  to: Db,
  state: CopyState,
  { signal }: CopyOptions,
): Promise<CopyReport> {
  const sums: [TableName, TableSum][] = []
  for (const table of TABLE_NAMES) {
    const source = await sumTable(from, table, signal)
    const target = await sumTable(to, table, signal)
    if (source.rows !== target.rows || source.sha256 !== target.sha256) {
      // a copy that is not finished begins anew next time; one that was has been in use since
      if (!state.isComplete) await writeCopyState(to, { ...state, sourceRevision: -1 })
      throw differs(table, { source, target, state })
    }
    sums.push([table, target])
  }
  return Object.fromEntries(sums) as Record<TableName, TableSum>
}

function differs(
  table: TableName,
  {
    source,
    target,
    state,
  }: { readonly source: TableSum; readonly target: TableSum; readonly state: CopyState },
): GatewayError {
  const counts = `${source.rows} rows in the source, ${target.rows} in the target`
  const advice = state.isComplete
    ? 'The copy was completed before; one of the two has changed since.'
    : 'Stop whatever writes to either of them, then copy again; the copy will begin anew.'
  return new GatewayError('conflict', `The table ${table} is not the same in both (${counts}). ${advice}`)
}
