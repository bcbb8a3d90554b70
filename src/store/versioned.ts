import { type Kysely, sql } from 'kysely'
import { GatewayError } from '../core/errors.ts'
import type { Db, Tables, Versioned } from './database.ts'
import { type Page, type PageRequest, readCursor, rowsFor, toPage } from './page.ts'
import { inChange } from './transaction.ts'

/** Tables of things that people edit, and what one of each is called. */
const NOUNS = {
  team: 'team',
  account: 'account',
  virtual_key: 'virtual key',
  model_route: 'model route',
} as const

type VersionedTable = keyof typeof NOUNS
type NamedTable = Exclude<VersionedTable, 'model_route'>

/** Columns to change; those that are undefined stay as they are. */
type Columns<Table extends VersionedTable> = {
  readonly [Name in keyof Tables[Table]]?: Tables[Table][Name] | undefined
}

export interface UpdateOptions {
  /** Fails with `version_conflict` if the row has been changed since this version was read. */
  readonly expectedVersion?: number | undefined
  /** When the change was made; now, unless given. */
  readonly nowMs?: number | undefined
}

export type RemoveOptions = Pick<UpdateOptions, 'expectedVersion'>

/** The columns of a row that was never changed. */
export function firstVersion(nowMs: number): Versioned {
  return { created_at_ms: nowMs, updated_at_ms: nowMs, version: 1 }
}

/**
 * Changes a row and returns it as it is then. Throws `not_found`, `version_conflict` where somebody else was faster, and
 * `conflict` where a value has to be unique and is not.
 */
export async function updateVersioned<Table extends VersionedTable>(
  db: Db,
  table: Table,
  id: string,
  columns: Columns<Table>,
  options: UpdateOptions = {},
): Promise<Tables[Table]> {
  const change = { ...columns, updated_at_ms: options.nowMs ?? Date.now() }
  return await inChange(db, async (tx) => {
    const row = await anyTable(tx)
      .updateTable(named(table))
      .set(change)
      .set((self) => ({ version: self('version', '+', 1) }))
      .where('id', '=', id)
      .where(hasVersion(options))
      .returningAll()
      .executeTakeFirst()
    return row === undefined ? await refuse(tx, table, id) : rowOf(table, row)
  })
}

/** Deletes a row and returns what it was. Throws like {@link updateVersioned}, and `conflict` where others refer to it. */
export async function removeVersioned<Table extends VersionedTable>(
  db: Db,
  table: Table,
  id: string,
  options: RemoveOptions = {},
): Promise<Tables[Table]> {
  return await inChange(db, async (tx) => {
    const row = await anyTable(tx)
      .deleteFrom(named(table))
      .where('id', '=', id)
      .where(hasVersion(options))
      .returningAll()
      .executeTakeFirst()
    return row === undefined ? await refuse(tx, table, id) : rowOf(table, row)
  })
}

/** The row of this id, else the one of this name. */
export async function findVersioned<Table extends NamedTable>(
  db: Db,
  table: Table,
  idOrName: string,
): Promise<Tables[Table] | undefined> {
  const rows = await anyTable(db)
    .selectFrom(named(table))
    .selectAll()
    .where((row) => row.or([row('id', '=', idOrName), row('name', '=', idOrName)]))
    .execute()
  const row = rows.find(({ id }) => id === idOrName) ?? rows[0]
  return row && rowOf(table, row)
}

/** A page of rows, newest first; of those that have all these values, where a value is given. */
export async function listVersioned<Table extends VersionedTable, Item>(
  db: Db,
  table: Table,
  page: PageRequest,
  shape: { readonly values: Columns<Table>; readonly toItem: (row: Tables[Table]) => Item },
): Promise<Page<Item>> {
  let query = anyTable(db).selectFrom(named(table)).selectAll().limit(rowsFor(page))
  for (const [column, value] of Object.entries(shape.values)) {
    if (value !== undefined) query = query.where(column as 'id', '=', value as string)
  }
  if (page.after !== undefined) {
    const { atMs, id } = readCursor(page.after)
    query = query.where((row) => row(row.refTuple('created_at_ms', 'id'), '<', row.tuple(atMs, id)))
  }
  const rows = await query.orderBy('created_at_ms', 'desc').orderBy('id', 'desc').execute()
  return toPage(rows, page, {
    positionOf: ({ created_at_ms, id }) => ({ atMs: created_at_ms, id }),
    toItem: (row) => shape.toItem(rowOf(table, row)),
  })
}

async function refuse(tx: Db, table: VersionedTable, id: string): Promise<never> {
  const query = anyTable(tx).selectFrom(named(table)).select('version').where('id', '=', id)
  const row = await query.executeTakeFirst()
  if (row === undefined) throw new GatewayError('not_found', `There is no ${NOUNS[table]} ${id}.`)
  throw new GatewayError(
    'version_conflict',
    `The ${NOUNS[table]} ${id} has been changed in the meantime and is at version ${row.version} now. Read it again, then repeat your change.`,
  )
}

// kysely cannot type a query on any of several tables, so what they have in common stands for each of them

interface CommonTables {
  readonly versioned: Versioned & { readonly id: string; readonly name: string }
}

function anyTable(db: Db): Kysely<CommonTables> {
  return db as unknown as Kysely<CommonTables>
}

function named(table: VersionedTable): 'versioned' {
  return table as unknown as 'versioned'
}

function rowOf<Table extends VersionedTable>(_table: Table, row: unknown): Tables[Table] {
  return row as Tables[Table]
}

function hasVersion({ expectedVersion }: RemoveOptions) {
  const anyVersion = sql<boolean>`1 = 1`
  return expectedVersion === undefined ? anyVersion : sql<boolean>`version = ${expectedVersion}`
}
