import type { AccountConfig } from '../config/config.ts'
import { present } from '../config/present.ts'
import { readAccountEntry } from '../config/stored-entries.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { readOAuthSettings } from '../oauth/settings.ts'
import type { AccountRecord } from '../store/accounts.ts'
import { credentialIdentity } from '../vault/identity.ts'
import { open, type Vault } from '../vault/vault.ts'
import { joinCredential } from './account-credential.ts'

/** The secrets of a stored account. Throws `vault_locked` or `vault_corrupt` where they cannot be opened. */
export function openSecrets({ id, sealedCredential }: AccountRecord, vault: Vault): JsonObject {
  if (sealedCredential === null) return {}
  const secrets: unknown = JSON.parse(open(vault, credentialIdentity(id), sealedCredential))
  return isJsonObject(secrets) ? secrets : {}
}

/** A stored account as a running gateway uses it. Throws `invalid_request` where a field cannot be used. */
export function toAccountConfig(record: AccountRecord, secrets: JsonObject): AccountConfig {
  const { public_only: isPublicOnly, ...settings } = record.settings ?? {}
  const entry = {
    id: record.id,
    name: record.name,
    type: record.type,
    provider: record.provider,
    status: record.status,
    weight: record.weight,
    priority: record.priority,
    ...present({
      base_url: record.baseUrl ?? undefined,
      dialect: record.dialect ?? undefined,
      models: record.models ?? undefined,
      capabilities: record.capabilities ?? undefined,
      region: record.region ?? undefined,
    }),
    ...(record.type === 'api-key' ? { api_key: '' } : {}),
    ...joinCredential({ settings, secrets }),
  }
  const account = readAccountEntry(entry)
  if (record.type === 'oauth') readOAuthSettings(record.provider, account.oauth)
  return { ...account, ...(isPublicOnly === true && { isPublicOnly }) }
}
