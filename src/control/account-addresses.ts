import { isIP } from 'node:net'
import type { Config } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { configuredBaseUrl } from '../providers/configured-base-url.ts'
import { PROVIDERS } from '../providers/index.ts'
import { isPublicAddress, privateAddress, refusePrivateAddress } from '../upstream/public-address.ts'
import type { AccountChangesInput } from './account-shapes.ts'
import type { Desk } from './desk.ts'

/** Kinds of Google credentials that lead to Google and nowhere else; others name addresses and files of their own. */
const GOOGLE_TYPES = ['service_account', 'authorized_user']

/**
 * For those who may not use private addresses: throws `invalid_request` where an account would be reached, or its tokens fetched, at an
 * address that is not public. A name may lead elsewhere later, so that connections of such an account are checked as well.
 */
export async function refusePrivateAddresses(
  { config, mayUsePrivateAddresses }: Desk,
  { base_url, oauth, google }: AccountChangesInput,
  provider: string,
): Promise<void> {
  if (mayUsePrivateAddresses) return
  if (typeof base_url === 'string') await refuse(base_url, 'base_url')
  if (base_url === null) refuseLocalProvider(config, provider)
  for (const [name, value] of Object.entries(oauth ?? {})) {
    if (name.endsWith('_endpoint') && typeof value === 'string') await refuse(value, `oauth.${name}`)
  }
  if (google?.credentials_json !== undefined) refuseOtherCredentials(google.credentials_json)
}

/** Some providers are at home on this machine. Where the operator's files say that they are elsewhere, that is theirs to say. */
function refuseLocalProvider(config: Config, id: string): void {
  const known = PROVIDERS.get(id.toLowerCase())
  const isOverridden = configuredBaseUrl(config, id) !== undefined
  const host = known === undefined || isOverridden ? undefined : URL.parse(known.origin)?.hostname
  if (host === undefined || isIP(host) === 0 || isPublicAddress(host)) return
  throw privateAddress('base_url')
}

async function refuse(address: string, path: string): Promise<void> {
  const url = URL.parse(address)
  if (url === null || url.hostname === '')
    throw new GatewayError('invalid_request', 'This is no URL.', { path })
  await refusePrivateAddress(url.hostname, path)
}

function refuseOtherCredentials(json: string): void {
  const type = typeIn(json)
  if (typeof type === 'string' && GOOGLE_TYPES.includes(type)) return
  const message = `Only credentials of the types ${GOOGLE_TYPES.join(' and ')} are taken here; declare an account with others in a file.`
  throw new GatewayError('invalid_request', message, { path: 'google.credentials_json' })
}

function typeIn(json: string): unknown {
  try {
    const credentials: unknown = JSON.parse(json)
    return isJsonObject(credentials) ? credentials.type : undefined
  } catch {
    return undefined
  }
}
