import { type GatewayError, toGatewayError } from '../core/errors.ts'
import type { UpstreamRequest } from '../upstream/connections.ts'
import type { AuthHeaders, Credential } from '../upstream/credential.ts'
import { readTokens, refreshTokens } from './refresh-tokens.ts'
import type { OAuthAccount } from './sign-in.ts'
import type { TokenSet } from './token-set.ts'
import { backoffMs, isUsable, refreshAtMs } from './token-timing.ts'

/** Tokens this young are not replaced after a 401: the refused ones were likely those before, and an upstream that refuses all is asked in vain. */
const RENEWAL_PAUSE_MS = 30_000
/** How long what the store said of an account that nobody is signed in to is believed. */
const RECHECK_MS = 1000

/** The tokens of one account that somebody signed in to, as requests need them. */
export class TokenSource implements Credential {
  readonly #account: OAuthAccount
  #tokens: TokenSet | undefined
  #before: TokenSet | undefined
  /** The access token that an upstream refused. */
  #refused: string | undefined
  #flight: Promise<TokenSet> | undefined
  #refreshAtMs = 0
  /** Counts what was adopted and forgotten, so that a look at the store from before is not taken for news. */
  #changes = 0
  #failures = 0
  #failure: { readonly error: GatewayError; readonly untilMs: number } | undefined

  constructor(account: OAuthAccount) {
    this.#account = account
  }

  /**
   * `authorization`, and what else the provider wants. Immediately while the token is good; a promise where it has to be fetched first.
   * Rejects with `upstream_credentials_rejected` where somebody has to sign in, else with what kept us from refreshing.
   */
  authorise(request: UpstreamRequest): AuthHeaders | Promise<AuthHeaders> {
    const tokens = this.#tokens
    const nowMs = this.#account.now()
    if (tokens === undefined || !this.#isGood(tokens, nowMs)) {
      return this.#obtain(nowMs).then((obtained) => this.#headers(obtained, request))
    }
    if (nowMs >= this.#refreshAtMs && !this.#isBackingOff(nowMs)) {
      this.#obtain(nowMs).catch(() => {}) // this token is still good; the failure is remembered
    }
    return this.#headers(tokens, request)
  }

  /** After a 401: refreshes, once however many ask, and not again at once. True where there is another token to try with. */
  async renew(): Promise<boolean> {
    const nowMs = this.#account.now()
    if (this.#flight === undefined && this.#tokens !== undefined) {
      if (nowMs - this.#tokens.obtainedAtMs < RENEWAL_PAUSE_MS) return true
      this.#refused = this.#tokens.accessToken
    }
    return await this.#obtain(nowMs).then(
      () => true,
      () => false,
    )
  }

  /** The tokens in use and those before, with which requests may still be under way. */
  secrets(): readonly string[] {
    const all = [this.#tokens, this.#before].flatMap((set) => [set?.accessToken, set?.refreshToken])
    return [...new Set(all.flatMap((secret) => secret || []))]
  }

  /** Takes up what the store says now: call it when the store has changed. What cannot be read now is read when it is needed. */
  async reload(): Promise<void> {
    const changes = this.#changes
    const isOutdated = () => this.#changes !== changes || this.#flight !== undefined // that one reads the store itself
    try {
      const tokens = await readTokens(this.#account)
      // the same tokens are no reason to ask a failing server sooner
      if (!isOutdated() && tokens.version !== this.#tokens?.version) this.#adopt(tokens)
    } catch (error) {
      const failure = toGatewayError(error)
      if (!isOutdated() && failure.code === 'upstream_credentials_rejected') this.#forget(failure)
    }
  }

  #obtain(nowMs: number): Promise<TokenSet> {
    if (this.#flight === undefined && this.#failure !== undefined && nowMs < this.#failure.untilMs) {
      return Promise.reject(this.#failure.error)
    }
    this.#flight ??= this.#fetch().finally(() => {
      this.#flight = undefined
    })
    return this.#flight
  }

  async #fetch(): Promise<TokenSet> {
    try {
      const isFine = (tokens: TokenSet) => this.#isGood(tokens, this.#account.now()) && !this.#isDue(tokens)
      const tokens = await refreshTokens(this.#account, isFine)
      this.#adopt(tokens)
      return tokens
    } catch (thrown) {
      const error = toGatewayError(thrown)
      if (error.code === 'upstream_credentials_rejected') throw this.#forget(error)
      throw this.#backOff(error)
    }
  }

  #adopt(tokens: TokenSet): void {
    this.#changes += 1
    this.#failure = undefined
    this.#failures = 0
    if (tokens.version === this.#tokens?.version) return
    if (tokens.accessToken !== this.#tokens?.accessToken) this.#before = this.#tokens
    this.#refused = undefined
    this.#tokens = tokens
    this.#refreshAtMs = refreshAtMs(tokens, Math.random())
  }

  /** Nobody is signed in, or not any more: the server is not asked again, the store after a moment. */
  #forget(error: GatewayError): GatewayError {
    this.#changes += 1
    this.#before = this.#tokens ?? this.#before
    this.#tokens = undefined
    this.#failure = { error, untilMs: this.#account.now() + RECHECK_MS }
    return error
  }

  #backOff(error: GatewayError): GatewayError {
    this.#failures += 1
    const waitMs = backoffMs(this.#failures, Math.random(), error.retryAfterMs)
    this.#failure = { error, untilMs: this.#account.now() + waitMs }
    return error
  }

  #isBackingOff(nowMs: number): boolean {
    return this.#failure !== undefined && nowMs < this.#failure.untilMs
  }

  #isGood(tokens: TokenSet, nowMs: number): boolean {
    return tokens.accessToken !== this.#refused && isUsable(tokens, nowMs)
  }

  /** Tokens that are new to us are not: whoever stored them has just refreshed. */
  #isDue({ version }: TokenSet): boolean {
    return version === this.#tokens?.version && this.#account.now() >= this.#refreshAtMs
  }

  #headers({ accessToken }: TokenSet, { headers }: UpstreamRequest): AuthHeaders {
    const authorised: Record<string, string> = { authorization: `Bearer ${accessToken}` }
    for (const [name, value] of Object.entries(this.#account.server.settings.listHeaders)) {
      authorised[name] = withValue(headers[name], value)
    }
    return authorised
  }
}

/** A list header with our value in it, and the client's own ones. */
function withValue(given: string | string[] | undefined, value: string): string {
  const values = [given ?? []].flat().flatMap((list) => list.split(',').map((each) => each.trim()))
  return [...new Set([...values, value])].filter((each) => each !== '').join(',')
}
