import type { OAuthTokenRecord } from '../store/oauth-tokens.ts'

/** How it stands with the sign-in of an account, for people. */
export interface OAuthStatus {
  /**
   * `expired`: the access token is over; the next request refreshes it. `refresh_failed`: the provider refused to, somebody has to
   * sign in again.
   */
  readonly state: 'signed_in' | 'expired' | 'refresh_failed' | 'signed_out'
  /** Null where the provider did not say, or nobody is signed in. */
  readonly expiresAtMs: number | null
  readonly refreshedAtMs: number | null
  /** What the provider said; no secrets. */
  readonly failure: string | null
}

/** What the store knows of an account's tokens; undefined where it has none. */
export function oauthStatus(record: OAuthTokenRecord | undefined, nowMs: number): OAuthStatus {
  if (record === undefined)
    return { state: 'signed_out', expiresAtMs: null, refreshedAtMs: null, failure: null }
  const { expiresAtMs, refreshedAtMs, failure } = record
  const isOver = expiresAtMs !== null && expiresAtMs <= nowMs
  const state = record.state === 'ok' ? (isOver ? 'expired' : 'signed_in') : record.state
  return { state, expiresAtMs, refreshedAtMs, failure }
}
