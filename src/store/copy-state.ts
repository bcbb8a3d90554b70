import { isJsonObject } from '../core/json.ts'
import type { Db } from './database.ts'
import { getSetting, putSetting } from './settings.ts'
import { TABLE_NAMES, type TableName } from './table-rows.ts'

/** Settings that belong to one database and are not copied into another. */
export const OWN_SETTINGS: readonly string[] = ['store.id', 'store.copy']

/** How far a copy into this database has got. */
export interface CopyState {
  readonly sourceId: string
  /** The source as it was when the copy began; one that has changed is copied anew. */
  readonly sourceRevision: number
  readonly isComplete: boolean
  /** The table under way and the primary key of its last copied row. */
  readonly table: TableName
  readonly after: string
}

export async function readStoreId(db: Db): Promise<string> {
  return (await getSetting(db, 'store.id')) ?? ''
}

/** Undefined where nothing was ever copied into this database. */
export async function readCopyState(db: Db): Promise<CopyState | undefined> {
  const text = await getSetting(db, 'store.copy')
  if (text === undefined) return undefined
  const state: unknown = JSON.parse(text)
  if (isCopyState(state)) return state
  throw new TypeError('the setting store.copy is not one that a copy wrote')
}

export async function writeCopyState(db: Db, state: CopyState): Promise<void> {
  await putSetting(db, 'store.copy', JSON.stringify(state))
}

function isCopyState(value: unknown): value is CopyState {
  return (
    isJsonObject(value) &&
    typeof value.sourceId === 'string' &&
    typeof value.sourceRevision === 'number' &&
    typeof value.isComplete === 'boolean' &&
    typeof value.after === 'string' &&
    TABLE_NAMES.some((name) => name === value.table)
  )
}
