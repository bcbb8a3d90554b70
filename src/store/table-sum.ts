import { createHash } from 'node:crypto'
import { OWN_SETTINGS } from './copy-state.ts'
import type { Db } from './database.ts'
import { keyOf, type Row, readAllRows, type TableName } from './table-rows.ts'

/** What two tables have in common if they hold the same. */
export interface TableSum {
  readonly rows: number
  readonly sha256: string
}

const ROWS_AT_ONCE = 1000

/** Count and checksum of all rows that a copy takes along, the same for both engines. */
export async function sumTable(db: Db, table: TableName, signal?: AbortSignal): Promise<TableSum> {
  const hash = createHash('sha256')
  let rows = 0
  for await (const batch of readAllRows(db, table, ROWS_AT_ONCE)) {
    signal?.throwIfAborted()
    for (const row of withoutOwn(table, batch)) {
      rows++
      hash.update(`${JSON.stringify(Object.entries(row).sort(byName))}\n`)
    }
  }
  return { rows, sha256: hash.digest('hex') }
}

/** The rows that a copy takes along. */
export function withoutOwn(table: TableName, rows: readonly Row[]): readonly Row[] {
  return table === 'setting' ? rows.filter((row) => !OWN_SETTINGS.includes(keyOf(table, row))) : rows
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}
