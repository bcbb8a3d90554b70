import { readModelRoutes } from '../config/stored-entries.ts'
import { GatewayError } from '../core/errors.ts'
import { createSecret, hashSecret, hintOf } from '../keys/secret.ts'
import { getAccount } from '../store/accounts.ts'
import type { Db } from '../store/database.ts'
import type { PageRequest } from '../store/page.ts'
import { getTeam } from '../store/teams.ts'
import {
  getVirtualKey,
  insertVirtualKey,
  listVirtualKeys,
  removeVirtualKey,
  rotateVirtualKey,
  updateVirtualKey,
  type VirtualKeyChanges,
  type VirtualKeyRecord,
} from '../store/virtual-keys.ts'
import { refuseDeclared } from './declared.ts'
import { audited, type Desk } from './desk.ts'
import { fromInstant } from './fields.ts'
import {
  type KeyChangesInput,
  type KeyView,
  type NewKeyInput,
  viewDeclaredKey,
  viewKey,
} from './key-shapes.ts'
import { type ListView, pageWithDeclared } from './page-with-declared.ts'
import { requireRouteProvider } from './route-provider.ts'

export type IssuedKey = KeyView & { readonly secret: string }

/** A new key with its secret, which nobody can see again. Throws `conflict` where the name is taken. */
export async function issueKey(desk: Desk, input: NewKeyInput): Promise<IssuedKey> {
  refuseDeclared('virtual key', input.name, declaredKeys(desk))
  const secret = createSecret()
  return await audited(desk, 'create', async (tx) => {
    const fields = await toFields(desk, tx, input)
    const record = await insertVirtualKey(
      tx,
      {
        ...fields,
        name: input.name,
        permissions: input.permissions ?? ['read', 'write'],
        secretSha256: hashSecret(secret),
        secretHint: hintOf(secret),
      },
      desk.now(),
    )
    const key = viewKey(record)
    return { subject: subjectOf(key), after: key, result: { ...key, secret } }
  })
}

/** Keys of the store, newest first; behind the last of them those that files declare. */
export async function pageKeys(
  desk: Desk,
  request: PageRequest & { readonly team?: string | undefined },
): Promise<ListView<KeyView>> {
  const { team } = request
  const teamId = team === undefined ? undefined : await teamIdOf(desk.db, team)
  return await pageWithDeclared(request, (page) => listVirtualKeys(desk.db, { ...page, teamId }), {
    view: viewKey,
    declared: teamId === undefined ? desk.config.virtualKeys.map(viewDeclaredKey) : [],
  })
}

/** Throws `not_found`. */
export async function showKey(desk: Desk, idOrName: string): Promise<KeyView> {
  const stored = await getVirtualKey(desk.db, idOrName)
  if (stored !== undefined) return viewKey(stored)
  const declared = declaredKeys(desk).find(({ id, name }) => id === idOrName || name === idOrName)
  if (declared === undefined) throw noSuchKey(idOrName)
  return viewDeclaredKey(declared)
}

/** Throws `not_found`, `read_only`, `version_conflict`, `conflict`. */
export async function editKey(
  desk: Desk,
  idOrName: string,
  changes: KeyChangesInput,
  expectedVersion?: number,
): Promise<KeyView> {
  return await audited(desk, 'update', async (tx) => {
    const before = viewKey(await requireKey(desk, tx, idOrName))
    const fields = await toFields(desk, tx, changes)
    const options = { expectedVersion, nowMs: desk.now() }
    const after = viewKey(await updateVirtualKey(tx, before.id, fields, options))
    return { subject: subjectOf(after), before, after, result: after }
  })
}

/** A new secret; the old one works for `graceSeconds` more. Throws `not_found`, `read_only`, `version_conflict`. */
export async function rotateKey(
  desk: Desk,
  idOrName: string,
  {
    graceSeconds,
    expectedVersion,
  }: { readonly graceSeconds: number; readonly expectedVersion?: number | undefined },
): Promise<IssuedKey> {
  const secret = createSecret()
  return await audited(desk, 'rotate', async (tx) => {
    const before = viewKey(await requireKey(desk, tx, idOrName))
    const rotation = {
      newHash: hashSecret(secret),
      newHint: hintOf(secret),
      previousUntilMs: graceSeconds === 0 ? null : desk.now() + graceSeconds * 1000,
    }
    const options = { expectedVersion, nowMs: desk.now() }
    const after = viewKey(await rotateVirtualKey(tx, before.id, rotation, options))
    return { subject: subjectOf(after), before, after, result: { ...after, secret } }
  })
}

/** Gone for good. Throws `not_found`, `read_only`, `version_conflict`. */
export async function deleteKey(desk: Desk, idOrName: string, expectedVersion?: number): Promise<KeyView> {
  return await audited(desk, 'delete', async (tx) => {
    const { id } = await requireKey(desk, tx, idOrName)
    const before = viewKey(await removeVirtualKey(tx, id, { expectedVersion }))
    return { subject: subjectOf(before), before, result: before }
  })
}

async function toFields(desk: Desk, tx: Db, input: KeyChangesInput): Promise<VirtualKeyChanges> {
  const { team, account, strict, passthrough } = input
  if (input.model_routes != null) await checkRoutes(desk, tx, input.model_routes)
  return {
    name: input.name,
    status: input.status,
    teamId: typeof team === 'string' ? await teamIdOf(tx, team) : team,
    accountId: typeof account === 'string' ? await accountIdOf(desk, tx, account) : account,
    permissions: input.permissions,
    models: input.models,
    endpoints: input.endpoints,
    expiresAtMs: fromInstant(input.expires_at),
    isStrict: strict,
    isPassthrough: passthrough,
    quotaPerHour: input.quota_per_hour,
    metadata: input.metadata,
    modelRoutes: input.model_routes,
  }
}

/** Throws where a running gateway could not read them, or one leads nowhere. */
async function checkRoutes(desk: Desk, tx: Db, entry: object): Promise<void> {
  for (const [index, { targetProvider: name }] of readModelRoutes(entry).routes.entries()) {
    const path = `model_routes.routes[${index}].target_provider`
    if (name !== undefined) await requireRouteProvider(desk, tx, { name, path })
  }
}

async function teamIdOf(db: Db, idOrName: string): Promise<string> {
  const team = await getTeam(db, idOrName)
  if (team !== undefined) return team.id
  throw new GatewayError('not_found', `There is no team "${idOrName}".`, { path: 'team' })
}

/** An account of the store or of a file. */
async function accountIdOf(desk: Desk, tx: Db, idOrName: string): Promise<string> {
  const stored = await getAccount(tx, idOrName)
  const found = stored ?? desk.config.accounts.find(({ id, name }) => id === idOrName || name === idOrName)
  if (found !== undefined) return found.id
  throw new GatewayError('not_found', `There is no account "${idOrName}".`, { path: 'account' })
}

async function requireKey(desk: Desk, tx: Db, idOrName: string): Promise<VirtualKeyRecord> {
  const key = await getVirtualKey(tx, idOrName)
  if (key !== undefined) return key
  refuseDeclared('virtual key', idOrName, declaredKeys(desk))
  throw noSuchKey(idOrName)
}

function declaredKeys({ config }: Desk) {
  return config.virtualKeys
}

function noSuchKey(idOrName: string): GatewayError {
  return new GatewayError('not_found', `There is no virtual key "${idOrName}".`)
}

function subjectOf({ id, name }: KeyView) {
  return { type: 'virtual_key', id, name } as const
}
