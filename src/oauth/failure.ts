import { GatewayError } from '../core/errors.ts'

/** Answers of a token endpoint that asking again with the same tokens cannot change (RFC 6749, 5.2). */
const REFUSALS = new Set([
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
])
const MAX_DESCRIPTION = 200

/** The part of a library's error that says what an authorization server answered. */
interface ServerAnswer {
  readonly error?: unknown
  readonly error_description?: unknown
  readonly status?: unknown
  readonly response?: unknown
  readonly code?: unknown
}

/** The OAuth error code in an answer, such as `authorization_pending`; undefined where the failure is another. */
export function oauthErrorOf(thrown: unknown): string | undefined {
  const { error } = answerOf(thrown)
  return typeof error === 'string' ? error : undefined
}

/**
 * A failed token request as an error of ours: `upstream_credentials_rejected` where the server refused for good, else
 * `upstream_rate_limited`, `upstream_timeout`, `upstream_unreachable`, `upstream_malformed` or `upstream_error`. `secrets` are kept
 * out of the message, and the library's error, which may hold whole answers, is not the cause.
 */
export function toOAuthFailure(thrown: unknown, secrets: readonly (string | undefined)[]): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const { status, response } = answerOf(thrown)
  const error = oauthErrorOf(thrown)
  const what = error === undefined ? statusText(status) : `: ${describe(thrown, error, secrets)}`
  if (error !== undefined && REFUSALS.has(error)) {
    return new GatewayError('upstream_credentials_rejected', `The authorization server refused${what}.`)
  }
  const retryAfterMs = retryAfterOf(response)
  const options = retryAfterMs === undefined ? {} : { retryAfterMs }
  if (status === 429 || error === 'slow_down') {
    return new GatewayError('upstream_rate_limited', `The authorization server asks to wait${what}.`, options)
  }
  if (typeof status === 'number') {
    return new GatewayError('upstream_error', `The authorization server failed${what}.`, options)
  }
  return toConnectionFailure(thrown)
}

function toConnectionFailure(thrown: unknown): GatewayError {
  const ours = causeOf(thrown, (cause) => cause instanceof GatewayError)
  if (ours instanceof GatewayError) return ours
  if (causeOf(thrown, ({ name }) => name === 'TimeoutError') !== undefined) {
    return new GatewayError('upstream_timeout', 'The authorization server did not answer in time.')
  }
  const { code } = answerOf(thrown)
  if (typeof code === 'string' && /^OAUTH_(INVALID|PARSE|RESPONSE|UNSUPPORTED|JSON|JWT)/.test(code)) {
    return new GatewayError('upstream_malformed', 'The answer of the authorization server cannot be used.')
  }
  return new GatewayError('upstream_unreachable', 'The authorization server cannot be reached.')
}

function describe(thrown: unknown, error: string, secrets: readonly (string | undefined)[]): string {
  const { error_description: description } = answerOf(thrown)
  const text = typeof description === 'string' && description !== '' ? `${error} (${description})` : error
  const scrubbed = secrets.reduce<string>(
    (left, secret) => (secret ? left.replaceAll(secret, '[secret]') : left),
    text,
  )
  return scrubbed.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_DESCRIPTION)
}

function statusText(status: unknown): string {
  return typeof status === 'number' ? ` with status ${status}` : ''
}

/** The answer hangs on the error itself, or is the HTTP response that an error is about. */
function answerOf(thrown: unknown): ServerAnswer {
  if (!(thrown instanceof Error)) return {}
  if ('error' in thrown || !(thrown.cause instanceof Response)) return thrown as ServerAnswer
  return { status: thrown.cause.status, response: thrown.cause }
}

function retryAfterOf(response: unknown): number | undefined {
  const written = response instanceof Response ? response.headers.get('retry-after') : null
  const seconds = written === null ? Number.NaN : Number(written)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}

function causeOf(thrown: unknown, isIt: (cause: Error) => boolean): Error | undefined {
  if (!(thrown instanceof Error)) return undefined
  return isIt(thrown) ? thrown : causeOf(thrown.cause, isIt)
}
