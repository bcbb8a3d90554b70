import type { AccountConfig } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import { readOAuthSettings } from '../oauth/settings.ts'
import type { OAuthAccount } from '../oauth/sign-in.ts'
import { fetchThrough } from '../oauth/token-fetch.ts'
import { TokenSource } from '../oauth/token-source.ts'
import type { Db } from '../store/database.ts'
import type { UpstreamConnections } from '../upstream/connections.ts'
import type { Vault } from '../vault/vault.ts'

export interface OAuthSurroundings {
  readonly db: Db
  readonly vault: Vault
  readonly now: Clock
  /** Those in force at each call: a reload may replace them. */
  readonly connections: () => Pick<UpstreamConnections, 'fetchWhole'>
}

/** A configured account as signing in and refreshing need it. Throws `invalid_request` for an account of another type, or bad settings. */
export function toOAuthAccount(
  account: AccountConfig,
  { db, vault, now, connections }: OAuthSurroundings,
): OAuthAccount {
  if (account.type !== 'oauth') {
    const message = `The account "${account.name}" is of type ${account.type}: nobody signs in to it.`
    throw new GatewayError('invalid_request', message)
  }
  const settings = readOAuthSettings(account.provider, account.oauth)
  const isPublicOnly = account.isPublicOnly === true
  const fetchWhole: UpstreamConnections['fetchWhole'] = (request, timeoutMs, reason) =>
    connections().fetchWhole(isPublicOnly ? { ...request, isPublicOnly } : request, timeoutMs, reason)
  return { accountId: account.id, server: { settings, fetch: fetchThrough({ fetchWhole }) }, db, vault, now }
}

/** The token sources of a running gateway, one per account, kept as long as the account's settings stay the same. */
export class TokenSources {
  readonly #surroundings: OAuthSurroundings
  readonly #known = new Map<string, TokenSource>()

  constructor(surroundings: OAuthSurroundings) {
    this.#surroundings = surroundings
  }

  of(account: AccountConfig): TokenSource {
    const identity = JSON.stringify([account.id, account.provider, account.oauth, account.isPublicOnly])
    const known = this.#known.get(identity)
    if (known !== undefined) return known
    const source = new TokenSource(toOAuthAccount(account, this.#surroundings))
    this.#known.set(identity, source)
    return source
  }

  /** The store has changed: somebody may have signed in or out, or another process may have refreshed. */
  async reload(): Promise<void> {
    await Promise.all([...this.#known.values()].map((source) => source.reload()))
  }
}
