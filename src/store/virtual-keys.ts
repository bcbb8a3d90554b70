import type { JsonObject } from '../core/json.ts'
import { readObject, readTexts, writeFlag, writeJson } from './columns.ts'
import type { Db, VirtualKeyRow } from './database.ts'
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

/** A key that we issued. Of its secret there are only the SHA-256 and the last four characters. */
export interface VirtualKeyRecord {
  readonly id: string
  /** Unique. */
  readonly name: string
  readonly secretSha256: string
  readonly secretHint: string
  /** The secret before the last rotation, which works until `previousUntilMs`. */
  readonly previousSecretSha256: string | null
  readonly previousUntilMs: number | null
  readonly teamId: string | null
  /** The only account it uses, from the store or from the configuration; null lets the model decide. */
  readonly accountId: string | null
  readonly permissions: readonly string[]
  /** Models it may call, `prefix*` allowed; null is all. */
  readonly models: readonly string[] | null
  /** Endpoints it may call; null is all. */
  readonly endpoints: readonly string[] | null
  readonly expiresAtMs: number | null
  readonly status: VirtualKeyRow['status']
  readonly isStrict: boolean
  readonly isPassthrough: boolean
  /** Null is no limit. */
  readonly quotaPerHour: number | null
  readonly metadata: JsonObject | null
  readonly modelRoutes: JsonObject | null
  readonly lastUsedAtMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

type Secret = Pick<VirtualKeyRecord, 'secretSha256' | 'secretHint'>
type Fields = Omit<
  VirtualKeyRecord,
  | keyof Secret
  | 'id'
  | 'previousSecretSha256'
  | 'previousUntilMs'
  | 'lastUsedAtMs'
  | 'createdAtMs'
  | 'updatedAtMs'
  | 'version'
>
/** What is left out stays as it is. A secret is changed by {@link rotateVirtualKey}. */
export type VirtualKeyChanges = { readonly [Name in keyof Fields]?: Fields[Name] | undefined }
export type NewVirtualKey = VirtualKeyChanges & Pick<Fields, 'name' | 'permissions'> & Secret

export interface VirtualKeyFilter {
  readonly status?: VirtualKeyRecord['status'] | undefined
  readonly teamId?: string | undefined
  readonly accountId?: string | undefined
}

export interface Rotation {
  readonly newHash: string
  readonly newHint: string
  /** How long the secret so far still works; null ends it at once. */
  readonly previousUntilMs: number | null
}

/** The new key. Throws `conflict` where the name is taken, `not_found` where the team does not exist. */
export async function insertVirtualKey(
  db: Db,
  key: NewVirtualKey,
  nowMs: number = Date.now(),
): Promise<VirtualKeyRecord> {
  const row: VirtualKeyRow = {
    id: newId('key'),
    name: key.name,
    secret_sha256: key.secretSha256,
    secret_hint: key.secretHint,
    previous_secret_sha256: null,
    previous_until_ms: null,
    team_id: key.teamId ?? null,
    account_id: key.accountId ?? null,
    permissions: writeJson(key.permissions),
    models: writeJson(key.models ?? null),
    endpoints: writeJson(key.endpoints ?? null),
    expires_at_ms: key.expiresAtMs ?? null,
    status: key.status ?? 'active',
    is_strict: writeFlag(key.isStrict ?? false),
    is_passthrough: writeFlag(key.isPassthrough ?? false),
    quota_per_hour: key.quotaPerHour ?? null,
    metadata: writeJson(key.metadata ?? null),
    model_routes: writeJson(key.modelRoutes ?? null),
    last_used_at_ms: null,
    ...firstVersion(nowMs),
  }
  await inChange(db, (tx) => tx.insertInto('virtual_key').values(row).execute())
  return toVirtualKey(row)
}

/**
 * The key whose secret has this SHA-256 (lower-case hexadecimal), now or before its last rotation and within the grace
 * period. Whatever its status and expiry: those are the caller's to judge.
 */
export async function findVirtualKeyByHash(
  db: Db,
  hash: string,
  nowMs: number,
): Promise<VirtualKeyRecord | undefined> {
  const row = await db
    .selectFrom('virtual_key')
    .selectAll()
    .where((key) =>
      key.or([
        key('secret_sha256', '=', hash),
        key.and([key('previous_secret_sha256', '=', hash), key('previous_until_ms', '>', nowMs)]),
      ]),
    )
    .executeTakeFirst()
  return row && toVirtualKey(row)
}

/** The key of this id, else the one of this name. */
export async function getVirtualKey(db: Db, idOrName: string): Promise<VirtualKeyRecord | undefined> {
  const row = await findVersioned(db, 'virtual_key', idOrName)
  return row && toVirtualKey(row)
}

/** Newest first. */
export async function listVirtualKeys(
  db: Db,
  request: PageRequest & VirtualKeyFilter,
): Promise<Page<VirtualKeyRecord>> {
  const values = { status: request.status, team_id: request.teamId, account_id: request.accountId }
  return await listVersioned(db, 'virtual_key', request, { values, toItem: toVirtualKey })
}

/** The key as it is after the change. Throws `not_found`, `version_conflict`, `conflict`. */
export async function updateVirtualKey(
  db: Db,
  id: string,
  changes: VirtualKeyChanges,
  options?: UpdateOptions,
): Promise<VirtualKeyRecord> {
  const columns = {
    name: changes.name,
    team_id: changes.teamId,
    account_id: changes.accountId,
    permissions: writeJson(changes.permissions),
    models: writeJson(changes.models),
    endpoints: writeJson(changes.endpoints),
    expires_at_ms: changes.expiresAtMs,
    status: changes.status,
    is_strict: writeFlag(changes.isStrict),
    is_passthrough: writeFlag(changes.isPassthrough),
    quota_per_hour: changes.quotaPerHour,
    metadata: writeJson(changes.metadata),
    model_routes: writeJson(changes.modelRoutes),
  }
  return toVirtualKey(await updateVersioned(db, 'virtual_key', id, columns, options))
}

/** The key with its new secret. Throws `not_found`, `version_conflict`. */
export async function rotateVirtualKey(
  db: Db,
  id: string,
  { newHash, newHint, previousUntilMs }: Rotation,
  options: UpdateOptions = {},
): Promise<VirtualKeyRecord> {
  return await inChange(db, async (tx) => {
    const key = await getVirtualKey(tx, id)
    const columns = {
      secret_sha256: newHash,
      secret_hint: newHint,
      previous_secret_sha256: previousUntilMs === null ? null : key?.secretSha256,
      previous_until_ms: previousUntilMs,
    }
    // without a version of the caller's own, two rotations at once would lose one of the two grace periods
    const expectedVersion = options.expectedVersion ?? key?.version
    const row = await updateVersioned(tx, 'virtual_key', id, columns, { ...options, expectedVersion })
    return toVirtualKey(row)
  })
}

/** The key as it was. Throws `not_found`, `version_conflict`. */
export async function removeVirtualKey(
  db: Db,
  id: string,
  options?: RemoveOptions,
): Promise<VirtualKeyRecord> {
  return toVirtualKey(await removeVersioned(db, 'virtual_key', id, options))
}

/** Throws where a column does not hold what it should. */
export function toVirtualKey(row: VirtualKeyRow): VirtualKeyRecord {
  return {
    id: row.id,
    name: row.name,
    secretSha256: row.secret_sha256,
    secretHint: row.secret_hint,
    previousSecretSha256: row.previous_secret_sha256,
    previousUntilMs: row.previous_until_ms,
    teamId: row.team_id,
    accountId: row.account_id,
    permissions: readTexts('permissions', row.permissions) ?? [],
    models: readTexts('models', row.models),
    endpoints: readTexts('endpoints', row.endpoints),
    expiresAtMs: row.expires_at_ms,
    status: row.status,
    isStrict: row.is_strict === 1,
    isPassthrough: row.is_passthrough === 1,
    quotaPerHour: row.quota_per_hour,
    metadata: readObject('metadata', row.metadata),
    modelRoutes: readObject('model_routes', row.model_routes),
    lastUsedAtMs: row.last_used_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    version: row.version,
  }
}
