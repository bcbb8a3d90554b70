import type { Kysely } from 'kysely'
import type { Db, Tables } from './database.ts'

/** Every table with rows to keep, and its primary key; those that others refer to come before them. */
export const KEY_OF = {
  team: 'id',
  account: 'id',
  virtual_key: 'id',
  model_route: 'id',
  oauth_token: 'account_id',
  oauth_flow: 'id',
  audit_entry: 'id',
  setting: 'name',
} as const satisfies Record<Exclude<keyof Tables, 'revision'>, string>

export type TableName = keyof typeof KEY_OF
export const TABLE_NAMES = Object.keys(KEY_OF) as readonly TableName[]

/** A row of any table, as the database has it. */
export type Row = Readonly<Record<string, string | number | null>>

export interface RowsRequest {
  /** The primary key of the last row seen; `''` for the beginning. */
  readonly after: string
  readonly limit: number
}

/** Rows of a table by primary key, which both engines sort byte by byte. */
export async function readRows(db: Db, table: TableName, { after, limit }: RowsRequest): Promise<Row[]> {
  const query = anyTable(db).selectFrom(named(table)).selectAll().where(KEY_OF[table], '>', after)
  return await query.orderBy(KEY_OF[table]).limit(limit).execute()
}

/** All rows of a table, in batches. */
export async function* readAllRows(db: Db, table: TableName, limit: number): AsyncGenerator<Row[]> {
  let after = ''
  for (;;) {
    const rows = await readRows(db, table, { after, limit })
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < limit) return
    after = keyOf(table, last)
  }
}

export async function writeRows(db: Db, table: TableName, rows: readonly Row[]): Promise<void> {
  await anyTable(db)
    .insertInto(named(table))
    .values([...rows])
    .execute()
}

export async function deleteRows(db: Db, table: TableName): Promise<void> {
  await anyTable(db).deleteFrom(named(table)).execute()
}

export function keyOf(table: TableName, row: Row): string {
  return String(row[KEY_OF[table]])
}

// kysely cannot type a query on any of several tables

interface AnyTables {
  readonly any: Row
}

function anyTable(db: Db): Kysely<AnyTables> {
  return db as unknown as Kysely<AnyTables>
}

function named(table: TableName): 'any' {
  return table as unknown as 'any'
}
