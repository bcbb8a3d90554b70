import type { JsonObject } from '../core/json.ts'
import { readObject, writeFlag, writeJson } from './columns.ts'
import type { Db, ModelRouteRow } from './database.ts'
import { newId } from './ids.ts'
import type { Page, PageRequest } from './page.ts'
import { inChange } from './transaction.ts'
import {
  firstVersion,
  listVersioned,
  type RemoveOptions,
  removeVersioned,
  type UpdateOptions,
  updateVersioned,
} from './versioned.ts'

/** Which model answers for which, for every key. */
export interface ModelRouteRecord {
  readonly id: string
  /** Exact, `prefix*` or `*`. */
  readonly sourceModel: string
  readonly targetModel: string | null
  readonly targetProvider: string | null
  readonly priority: number
  readonly isEnabled: boolean
  readonly isStrict: boolean
  readonly description: string | null
  readonly capabilities: JsonObject | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

type Fields = Omit<ModelRouteRecord, 'id' | 'createdAtMs' | 'updatedAtMs' | 'version'>
/** What is left out stays as it is. */
export type ModelRouteChanges = { readonly [Name in keyof Fields]?: Fields[Name] | undefined }
export type NewModelRoute = ModelRouteChanges & Pick<Fields, 'sourceModel'>

/** The new route, enabled and of priority 0 unless given. */
export async function insertModelRoute(
  db: Db,
  route: NewModelRoute,
  nowMs: number = Date.now(),
): Promise<ModelRouteRecord> {
  const row: ModelRouteRow = {
    id: newId('route'),
    source_model: route.sourceModel,
    target_model: route.targetModel ?? null,
    target_provider: route.targetProvider ?? null,
    priority: route.priority ?? 0,
    is_enabled: writeFlag(route.isEnabled ?? true),
    is_strict: writeFlag(route.isStrict ?? false),
    description: route.description ?? null,
    capabilities: writeJson(route.capabilities ?? null),
    ...firstVersion(nowMs),
  }
  await inChange(db, (tx) => tx.insertInto('model_route').values(row).execute())
  return toModelRoute(row)
}

export async function getModelRoute(db: Db, id: string): Promise<ModelRouteRecord | undefined> {
  const row = await db.selectFrom('model_route').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toModelRoute(row)
}

/** Newest first. */
export async function listModelRoutes(db: Db, request: PageRequest): Promise<Page<ModelRouteRecord>> {
  return await listVersioned(db, 'model_route', request, { values: {}, toItem: toModelRoute })
}

/** Every route, oldest first: what routing chooses from. */
export async function loadModelRoutes(db: Db): Promise<ModelRouteRecord[]> {
  const query = db.selectFrom('model_route').selectAll().orderBy('created_at_ms').orderBy('id')
  return (await query.execute()).map(toModelRoute)
}

/** The route as it is after the change. Throws `not_found`, `version_conflict`. */
export async function updateModelRoute(
  db: Db,
  id: string,
  changes: ModelRouteChanges,
  options?: UpdateOptions,
): Promise<ModelRouteRecord> {
  const columns = {
    source_model: changes.sourceModel,
    target_model: changes.targetModel,
    target_provider: changes.targetProvider,
    priority: changes.priority,
    is_enabled: writeFlag(changes.isEnabled),
    is_strict: writeFlag(changes.isStrict),
    description: changes.description,
    capabilities: writeJson(changes.capabilities),
  }
  return toModelRoute(await updateVersioned(db, 'model_route', id, columns, options))
}

/** The route as it was. Throws `not_found`, `version_conflict`. */
export async function removeModelRoute(
  db: Db,
  id: string,
  options?: RemoveOptions,
): Promise<ModelRouteRecord> {
  return toModelRoute(await removeVersioned(db, 'model_route', id, options))
}

/** Throws where a column does not hold what it should. */
export function toModelRoute(row: ModelRouteRow): ModelRouteRecord {
  return {
    id: row.id,
    sourceModel: row.source_model,
    targetModel: row.target_model,
    targetProvider: row.target_provider,
    priority: row.priority,
    isEnabled: row.is_enabled === 1,
    isStrict: row.is_strict === 1,
    description: row.description,
    capabilities: readObject('capabilities', row.capabilities),
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    version: row.version,
  }
}
