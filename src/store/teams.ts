import type { JsonObject } from '../core/json.ts'
import { readObject, readTexts, writeJson } from './columns.ts'
import type { Db, TeamRow } from './database.ts'
import { newId } from './ids.ts'
import type { Page, PageRequest } from './page.ts'
import { inChange } from './transaction.ts'
import {
  findVersioned,
  firstVersion,
  listVersioned,
  type RemoveOptions,
  removeVersioned,
  type UpdateOptions,
  updateVersioned,
} from './versioned.ts'

/** People or programs whose virtual keys are managed together. */
export interface TeamRecord {
  readonly id: string
  /** Unique. */
  readonly name: string
  readonly status: TeamRow['status']
  /** Models that its keys may call, `prefix*` allowed; null is all. */
  readonly models: readonly string[] | null
  /** Endpoints that its keys may call; null is all. */
  readonly endpoints: readonly string[] | null
  readonly metadata: JsonObject | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

type Fields = Omit<TeamRecord, 'id' | 'createdAtMs' | 'updatedAtMs' | 'version'>
/** What is left out stays as it is. */
export type TeamChanges = { readonly [Name in keyof Fields]?: Fields[Name] | undefined }
export type NewTeam = TeamChanges & Pick<Fields, 'name'>

export interface TeamFilter {
  readonly status?: TeamRecord['status'] | undefined
}

/** The new team. Throws `conflict` where the name is taken. */
export async function insertTeam(db: Db, team: NewTeam, nowMs: number = Date.now()): Promise<TeamRecord> {
  const row: TeamRow = {
    id: newId('team'),
    name: team.name,
    status: team.status ?? 'active',
    models: writeJson(team.models ?? null),
    endpoints: writeJson(team.endpoints ?? null),
    metadata: writeJson(team.metadata ?? null),
    ...firstVersion(nowMs),
  }
  await inChange(db, (tx) => tx.insertInto('team').values(row).execute())
  return toTeam(row)
}

/** The team of this id, else the one of this name. */
export async function getTeam(db: Db, idOrName: string): Promise<TeamRecord | undefined> {
  const row = await findVersioned(db, 'team', idOrName)
  return row && toTeam(row)
}

/** Newest first. */
export async function listTeams(db: Db, request: PageRequest & TeamFilter): Promise<Page<TeamRecord>> {
  return await listVersioned(db, 'team', request, { values: { status: request.status }, toItem: toTeam })
}

/** The team as it is after the change. Throws `not_found`, `version_conflict`, `conflict`. */
export async function updateTeam(
  db: Db,
  id: string,
  changes: TeamChanges,
  options?: UpdateOptions,
): Promise<TeamRecord> {
  const columns = {
    name: changes.name,
    status: changes.status,
    models: writeJson(changes.models),
    endpoints: writeJson(changes.endpoints),
    metadata: writeJson(changes.metadata),
  }
  return toTeam(await updateVersioned(db, 'team', id, columns, options))
}

/** The team as it was. Throws `not_found`, `version_conflict`, and `conflict` while it has keys. */
export async function removeTeam(db: Db, id: string, options?: RemoveOptions): Promise<TeamRecord> {
  return toTeam(await removeVersioned(db, 'team', id, options))
}

/** Throws where a column does not hold what it should. */
export function toTeam(row: TeamRow): TeamRecord {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    models: readTexts('models', row.models),
    endpoints: readTexts('endpoints', row.endpoints),
    metadata: readObject('metadata', row.metadata),
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    version: row.version,
  }
}
