import type { AccountConfig } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import { readOAuthSettings } from '../oauth/settings.ts'
import { PROVIDERS } from '../providers/index.ts'
import {
  type AccountChanges,
  type AccountRecord,
  getAccount,
  insertAccount,
  listAccounts,
  newAccountId,
  removeAccount,
  updateAccount,
} from '../store/accounts.ts'
import type { Db } from '../store/database.ts'
import type { PageRequest } from '../store/page.ts'
import { credentialIdentity } from '../vault/identity.ts'
import { seal, type Vault } from '../vault/vault.ts'
import { refusePrivateAddresses } from './account-addresses.ts'
import { hintOfCredential, splitCredential } from './account-credential.ts'
import {
  type AccountChangesInput,
  type AccountView,
  type NewAccountInput,
  viewAccount,
  viewDeclaredAccount,
} from './account-shapes.ts'
import { refuseDeclared } from './declared.ts'
import { audited, type Desk } from './desk.ts'
import { refuseMovedCredential } from './moved-credential.ts'
import { type ListView, pageWithDeclared } from './page-with-declared.ts'
import { openSecrets, toAccountConfig } from './stored-account.ts'

/** Throws `conflict` where the name is taken, `unknown_provider`, `invalid_request` with the path of the field at fault. */
export async function addAccount(desk: Desk, input: NewAccountInput): Promise<AccountView> {
  refuseDeclared('account', input.name, desk.config.accounts)
  requireProvider(input)
  await refusePrivateAddresses(desk, { ...input, base_url: input.base_url ?? null }, input.provider)
  const id = newAccountId()
  const type = input.type ?? 'api-key'
  if (type === 'api-key' && input.api_key === undefined) {
    const message = '"api_key" is missing; send an empty one for an upstream that wants none.'
    throw new GatewayError('invalid_request', message, { path: 'api_key' })
  }
  const vault = hasSecrets(input) ? await desk.vault() : undefined
  const credential = sealCredential(desk, { id, input, vault })
  return await audited(desk, 'create', async (tx) => {
    const fields = {
      ...toFields(input),
      ...credential,
      id,
      name: input.name,
      provider: input.provider,
      type,
    }
    const record = await insertAccount(tx, fields, desk.now())
    checkUsable(record, vault)
    const account = viewAccount(record)
    return { subject: subjectOf(account), after: account, result: account }
  })
}

/** Accounts of the store, newest first; behind the last of them those from files and environment. */
export async function pageAccounts(
  desk: Desk,
  request: PageRequest & { readonly provider?: string | undefined },
): Promise<ListView<AccountView>> {
  const declared = desk.config.accounts.filter(
    ({ provider }) => request.provider === undefined || provider === request.provider,
  )
  return await pageWithDeclared(request, (page) => listAccounts(desk.db, { ...request, ...page }), {
    view: viewAccount,
    declared: declared.map(viewDeclaredAccount),
  })
}

/** Throws `not_found`. */
export async function showAccount(desk: Desk, idOrName: string): Promise<AccountView> {
  const stored = await getAccount(desk.db, idOrName)
  if (stored !== undefined) return viewAccount(stored)
  const declared = desk.config.accounts.find(({ id, name }) => id === idOrName || name === idOrName)
  if (declared === undefined) throw noSuchAccount(idOrName)
  return viewDeclaredAccount(declared)
}

/** An account as requests use it, with its secrets. Throws `not_found`, `vault_locked`, `invalid_request` where it cannot be used. */
export async function openAccount(desk: Desk, idOrName: string): Promise<AccountConfig> {
  const stored = await getAccount(desk.db, idOrName)
  if (stored !== undefined) {
    const hasSecrets = stored.sealedCredential !== null
    return toAccountConfig(stored, hasSecrets ? openSecrets(stored, await desk.vault()) : {})
  }
  const declared = desk.config.accounts.find(({ id, name }) => id === idOrName || name === idOrName)
  if (declared === undefined) throw noSuchAccount(idOrName)
  return declared
}

/** A credential that is given replaces the one before. Throws `not_found`, `read_only`, `version_conflict`, `conflict`, `invalid_request`. */
export async function editAccount(
  desk: Desk,
  idOrName: string,
  changes: AccountChangesInput,
  expectedVersion?: number,
): Promise<AccountView> {
  const { id, provider, sealedCredential } = await requireAccount(desk, desk.db, idOrName)
  await refusePrivateAddresses(desk, changes, provider)
  // before the transaction: starting a vault asks the store
  const vault = sealedCredential !== null || hasSecrets(changes) ? await desk.vault() : undefined
  return await audited(desk, 'update', async (tx) => {
    const record = await requireAccount(desk, tx, id)
    refuseMovedCredential(desk, record, changes, vault)
    const before = viewAccount(record)
    const credential = sealCredential(desk, { id, input: changes, vault, record })
    const fields = { ...toFields(changes), ...credential }
    const options = { expectedVersion, nowMs: desk.now() }
    const changed = await updateAccount(tx, id, fields, options)
    checkUsable(changed, vault)
    const after = viewAccount(changed)
    return { subject: subjectOf(after), before, after, result: after }
  })
}

/** Throws `not_found`, `read_only`, `version_conflict`. Keys that are pinned to it stay, and are refused until they are given another. */
export async function deleteAccount(
  desk: Desk,
  idOrName: string,
  expectedVersion?: number,
): Promise<AccountView> {
  return await audited(desk, 'delete', async (tx) => {
    const { id } = await requireAccount(desk, tx, idOrName)
    const before = viewAccount(await removeAccount(tx, id, { expectedVersion }))
    return { subject: subjectOf(before), before, result: before }
  })
}

/** The stored account of this id or name. Throws `not_found`, `read_only`. */
export async function requireAccount(desk: Desk, db: Db, idOrName: string): Promise<AccountRecord> {
  const account = await getAccount(db, idOrName)
  if (account !== undefined) return account
  refuseDeclared('account', idOrName, desk.config.accounts)
  throw noSuchAccount(idOrName)
}

function toFields(input: AccountChangesInput): AccountChanges {
  return {
    name: input.name,
    status: input.status,
    baseUrl: input.base_url,
    dialect: input.dialect,
    models: input.models,
    capabilities: input.capabilities,
    weight: input.weight,
    priority: input.priority,
    region: input.region,
  }
}

type Sealed = Pick<AccountChanges, 'settings' | 'sealedCredential' | 'credentialHint'>

interface Sealing {
  readonly id: string
  readonly input: AccountChangesInput
  /** There wherever something is sealed, or has to be. */
  readonly vault: Vault | undefined
  readonly record?: AccountRecord
}

/** What is to be stored of a credential. Nothing where none is given: then the one before stays. */
function sealCredential(desk: Desk, { id, input, vault, record }: Sealing): Sealed {
  const { public_only: wasPublicOnly, ...known } = record?.settings ?? {}
  // who says where it is reached also says whether that may be a private address; other changes leave that as it is
  const isMoved = record === undefined || input.base_url !== undefined || input.oauth !== undefined
  const isPublicOnly = isMoved ? !desk.mayUsePrivateAddresses : wasPublicOnly === true
  const mark = isPublicOnly ? { public_only: true } : {}
  const split = splitCredential(input)
  const settings = { ...known, ...mark, ...split.settings }
  if (vault === undefined || !hasSecrets(input)) return { settings }
  const kept = record === undefined ? {} : openSecrets(record, vault)
  const secrets: Record<string, unknown> = { ...kept, ...split.secrets }
  // an empty key is how one says that the upstream wants none
  if (input.api_key === '') delete secrets.api_key
  const isEmpty = Object.keys(secrets).length === 0
  return {
    settings,
    sealedCredential: isEmpty ? null : seal(vault, credentialIdentity(id), JSON.stringify(secrets)),
    credentialHint: hintOfCredential({ settings, secrets }),
  }
}

function hasSecrets(input: AccountChangesInput): boolean {
  return input.api_key === '' || Object.keys(splitCredential(input).secrets).length > 0
}

/** Throws where a running gateway could not use it. */
function checkUsable(record: AccountRecord, vault: Vault | undefined): void {
  const account = toAccountConfig(record, vault === undefined ? {} : openSecrets(record, vault))
  if (account.type === 'oauth') readOAuthSettings(account.provider, account.oauth)
}

function requireProvider({ provider, base_url }: NewAccountInput): void {
  if (PROVIDERS.has(provider.toLowerCase()) || typeof base_url === 'string') return
  const nearest = nearestName(provider, [...PROVIDERS.keys()])
  const hint = nearest === undefined ? 'give its "base_url"' : `did you mean "${nearest}"?`
  throw new GatewayError('unknown_provider', `There is no provider "${provider}" (${hint}).`, {
    path: 'provider',
  })
}

function noSuchAccount(idOrName: string): GatewayError {
  return new GatewayError('not_found', `There is no account "${idOrName}".`)
}

function subjectOf({ id, name }: AccountView) {
  return { type: 'account', id, name } as const
}
