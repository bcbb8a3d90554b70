import type { JsonObject } from '../core/json.ts'
import { readObject, readTexts, writeJson } from './columns.ts'
import type { AccountRow, Db } from './database.ts'
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

/** An account at a provider: where requests can be sent, and with what. */
export interface AccountRecord {
  readonly id: string
  /** Unique. */
  readonly name: string
  readonly provider: string
  readonly type: AccountRow['type']
  readonly baseUrl: string | null
  /** The one format it speaks; null is every format of its provider. */
  readonly dialect: string | null
  /** Models it may be used for, `prefix*` allowed; null is all. */
  readonly models: readonly string[] | null
  readonly capabilities: JsonObject | null
  /** What a cloud wants to know and is no secret: region, project, tenant. */
  readonly settings: JsonObject | null
  readonly weight: number
  readonly priority: number
  readonly region: string | null
  readonly status: AccountRow['status']
  /** As the vault sealed it; null for an account that needs none or is signed in by OAuth. */
  readonly sealedCredential: string | null
  /** The last four characters of an API key longer than twelve. */
  readonly credentialHint: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

type Fields = Omit<AccountRecord, 'id' | 'createdAtMs' | 'updatedAtMs' | 'version'>
/** What is left out stays as it is. */
export type AccountChanges = { readonly [Name in keyof Fields]?: Fields[Name] | undefined }
/** `id` for whoever needs it before, to seal the credential for this account alone; see `newAccountId`. */
export type NewAccount = AccountChanges &
  Pick<Fields, 'name' | 'provider' | 'type'> & { readonly id?: string | undefined }

export interface AccountFilter {
  readonly status?: AccountRecord['status'] | undefined
  readonly provider?: string | undefined
}

export function newAccountId(): string {
  return newId('upstream')
}

/** The new account, of weight 1 and priority 0 unless given. Throws `conflict` where the name is taken. */
export async function insertAccount(
  db: Db,
  account: NewAccount,
  nowMs: number = Date.now(),
): Promise<AccountRecord> {
  const row: AccountRow = {
    id: account.id ?? newAccountId(),
    name: account.name,
    provider: account.provider,
    type: account.type,
    base_url: account.baseUrl ?? null,
    dialect: account.dialect ?? null,
    models: writeJson(account.models ?? null),
    capabilities: writeJson(account.capabilities ?? null),
    settings: writeJson(account.settings ?? null),
    weight: account.weight ?? 1,
    priority: account.priority ?? 0,
    region: account.region ?? null,
    status: account.status ?? 'active',
    sealed_credential: account.sealedCredential ?? null,
    credential_hint: account.credentialHint ?? null,
    ...firstVersion(nowMs),
  }
  await inChange(db, (tx) => tx.insertInto('account').values(row).execute())
  return toAccount(row)
}

/** The account of this id, else the one of this name. */
export async function getAccount(db: Db, idOrName: string): Promise<AccountRecord | undefined> {
  const row = await findVersioned(db, 'account', idOrName)
  return row && toAccount(row)
}

/** Newest first. */
export async function listAccounts(
  db: Db,
  request: PageRequest & AccountFilter,
): Promise<Page<AccountRecord>> {
  const values = { status: request.status, provider: request.provider }
  return await listVersioned(db, 'account', request, { values, toItem: toAccount })
}

/** Every account, oldest first: what routing chooses from. */
export async function loadAccounts(db: Db): Promise<AccountRecord[]> {
  const query = db.selectFrom('account').selectAll().orderBy('created_at_ms').orderBy('id')
  return (await query.execute()).map(toAccount)
}

/** The account as it is after the change. Throws `not_found`, `version_conflict`, `conflict`. */
export async function updateAccount(
  db: Db,
  id: string,
  changes: AccountChanges,
  options?: UpdateOptions,
): Promise<AccountRecord> {
  const columns = {
    name: changes.name,
    provider: changes.provider,
    type: changes.type,
    base_url: changes.baseUrl,
    dialect: changes.dialect,
    models: writeJson(changes.models),
    capabilities: writeJson(changes.capabilities),
    settings: writeJson(changes.settings),
    weight: changes.weight,
    priority: changes.priority,
    region: changes.region,
    status: changes.status,
    sealed_credential: changes.sealedCredential,
    credential_hint: changes.credentialHint,
  }
  return toAccount(await updateVersioned(db, 'account', id, columns, options))
}

/** The account as it was; its OAuth tokens and flows go with it. Throws `not_found`, `version_conflict`. */
export async function removeAccount(db: Db, id: string, options?: RemoveOptions): Promise<AccountRecord> {
  return await inChange(db, async (tx) => {
    const account = toAccount(await removeVersioned(tx, 'account', id, options))
    await tx.deleteFrom('oauth_token').where('account_id', '=', id).execute()
    await tx.deleteFrom('oauth_flow').where('account_id', '=', id).execute()
    return account
  })
}

/** Throws where a column does not hold what it should. */
export function toAccount(row: AccountRow): AccountRecord {
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    type: row.type,
    baseUrl: row.base_url,
    dialect: row.dialect,
    models: readTexts('models', row.models),
    capabilities: readObject('capabilities', row.capabilities),
    settings: readObject('settings', row.settings),
    weight: row.weight,
    priority: row.priority,
    region: row.region,
    status: row.status,
    sealedCredential: row.sealed_credential,
    credentialHint: row.credential_hint,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    version: row.version,
  }
}
