import { isJsonObject, textOf } from '../core/json.ts'
import type { OAuthTokenRecord } from '../store/oauth-tokens.ts'
import { oauthTokenIdentity } from '../vault/identity.ts'
import { open, seal, type Vault } from '../vault/vault.ts'

/** What a token endpoint gives out. */
export interface TokenGrant {
  readonly accessToken: string
  /** Undefined where the one we have stays good. */
  readonly refreshToken: string | undefined
  /** Undefined where the server did not say. */
  readonly expiresInMs: number | undefined
  /** Where these tokens are to be used, as some providers say (`portal.example`). */
  readonly resourceUrl: string | undefined
}

/** The tokens of an account as they are used. */
export interface TokenSet {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** Null where the provider did not say. */
  readonly expiresAtMs: number | null
  readonly obtainedAtMs: number
  /** Of the record that they came from. */
  readonly version: number
}

/** The tokens of a record. Throws `vault_locked`, `vault_corrupt`. */
export function openTokens(vault: Vault, record: OAuthTokenRecord): TokenSet {
  const { accountId, sealed, expiresAtMs, refreshedAtMs, createdAtMs, version } = record
  const parsed: unknown = JSON.parse(open(vault, oauthTokenIdentity(accountId), sealed))
  const tokens = isJsonObject(parsed) ? parsed : {}
  return {
    accessToken: textOf(tokens.access_token),
    refreshToken: textOf(tokens.refresh_token) || undefined,
    expiresAtMs,
    obtainedAtMs: refreshedAtMs ?? createdAtMs,
    version,
  }
}

/** A grant as the store keeps it. `refreshToken` is the one in use, for servers that do not send it again. */
export function sealTokens(
  vault: Vault,
  accountId: string,
  grant: TokenGrant,
  { nowMs, refreshToken }: { readonly nowMs: number; readonly refreshToken?: string | undefined },
): { accountId: string; sealed: string; expiresAtMs: number | null } {
  const tokens = { access_token: grant.accessToken, refresh_token: grant.refreshToken ?? refreshToken }
  return {
    accountId,
    sealed: seal(vault, oauthTokenIdentity(accountId), JSON.stringify(tokens)),
    expiresAtMs: grant.expiresInMs === undefined ? null : nowMs + grant.expiresInMs,
  }
}
