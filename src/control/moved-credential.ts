import type { Config } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { configuredBaseUrl } from '../providers/configured-base-url.ts'
import { PROVIDERS } from '../providers/index.ts'
import type { AccountRecord } from '../store/accounts.ts'
import type { Vault } from '../vault/vault.ts'
import { splitCredential } from './account-credential.ts'
import type { AccountChangesInput } from './account-shapes.ts'
import type { Desk } from './desk.ts'
import { openSecrets } from './stored-account.ts'

/**
 * What was given is never shown again, and nobody may learn it by having it sent elsewhere: an account that the admin API moves to
 * another origin wants its whole credential once more. Throws `invalid_request`. The command line runs where the secrets are, and may.
 */
export function refuseMovedCredential(
  { actor, config }: Desk,
  record: AccountRecord,
  changes: AccountChangesInput,
  vault: Vault | undefined,
): void {
  const path = actor.source === 'api' ? findMove(config, record, changes) : undefined
  if (path === undefined) return
  if (record.type === 'oauth') {
    const message = 'A sign-in stays where it was made: add another account for the new address.'
    throw new GatewayError('invalid_request', message, { path })
  }
  const given = new Set(Object.keys(splitCredential(changes).secrets))
  if (changes.api_key === '') given.add('api_key')
  const kept = vault === undefined ? [] : Object.keys(openSecrets(record, vault))
  const missing = kept.filter((name) => !given.has(name))
  if (missing.length === 0) return
  const message = `An account that moves to another address needs its credential again: send ${missing.join(' and ')} as well.`
  throw new GatewayError('invalid_request', message, { path })
}

/** The field that would have the account's credential sent to somebody else. */
function findMove(config: Config, record: AccountRecord, changes: AccountChangesInput): string | undefined {
  const { base_url: baseUrl, oauth } = changes
  const { provider } = record
  if (
    baseUrl !== undefined &&
    originOf(config, provider, baseUrl) !== originOf(config, provider, record.baseUrl)
  )
    return 'base_url'
  if (record.type !== 'oauth' || oauth === undefined) return undefined
  const before = isJsonObject(record.settings?.oauth) ? record.settings.oauth : {}
  const names = new Set([...Object.keys(before), ...Object.keys(oauth)])
  const moved = [...names].find((name) => name.endsWith('_endpoint') && before[name] !== oauth[name])
  return moved === undefined ? undefined : `oauth.${moved}`
}

function originOf(config: Config, id: string, baseUrl: string | null): string | undefined {
  const address = baseUrl ?? configuredBaseUrl(config, id) ?? PROVIDERS.get(id.toLowerCase())?.origin
  return address === undefined ? undefined : URL.parse(address)?.origin
}
