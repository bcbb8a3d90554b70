import { type ErrorCode, GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import { writeSseEvent } from '../../wire/sse-event.ts'
import type { EncodedError } from '../dialect.ts'
import { rejectedAccount } from '../rejected-account.ts'
import { isTooLong } from '../too-long.ts'

/** @see https://docs.anthropic.com/en/api/errors */
const ON_THE_WIRE = {
  invalid_request: [400, 'invalid_request_error'],
  invalid_json: [400, 'invalid_request_error'],
  conversion_unavailable: [400, 'invalid_request_error'],
  unsupported_parameter: [400, 'invalid_request_error'],
  unknown_provider: [400, 'invalid_request_error'],
  model_not_found: [404, 'not_found_error'],
  key_malformed: [400, 'invalid_request_error'],
  key_missing: [401, 'authentication_error'],
  key_unknown: [401, 'authentication_error'],
  key_disabled: [401, 'authentication_error'],
  key_expired: [401, 'authentication_error'],
  permission_denied: [403, 'permission_error'],
  model_not_allowed: [403, 'permission_error'],
  not_found: [404, 'not_found_error'],
  method_not_allowed: [405, 'invalid_request_error'],
  websocket_unsupported: [426, 'invalid_request_error'],
  request_too_large: [413, 'request_too_large'],
  unsupported_encoding: [415, 'invalid_request_error'],
  conflict: [409, 'conflict_error'],
  version_conflict: [412, 'invalid_request_error'],
  read_only: [409, 'invalid_request_error'],
  quota_exceeded: [429, 'rate_limit_error'],
  client_gone: [499, 'invalid_request_error'],
  upstream_unreachable: [502, 'api_error'],
  upstream_timeout: [504, 'timeout_error'],
  upstream_credentials_rejected: [502, 'api_error'],
  upstream_malformed: [502, 'api_error'],
  upstream_cut: [502, 'api_error'],
  upstream_error: [502, 'api_error'],
  upstream_rate_limited: [429, 'rate_limit_error'],
  upstream_quota_exceeded: [429, 'rate_limit_error'],
  upstream_overloaded: [529, 'overloaded_error'],
  context_length_exceeded: [400, 'invalid_request_error'],
  content_filtered: [400, 'invalid_request_error'],
  store_unavailable: [503, 'overloaded_error'],
  overloaded: [503, 'overloaded_error'],
  vault_locked: [503, 'api_error'],
  vault_corrupt: [500, 'api_error'],
  shutting_down: [503, 'overloaded_error'],
  internal: [500, 'api_error'],
} as const satisfies Record<ErrorCode, readonly [status: number, type: string]>

const TOO_LONG = 'prompt is too long'

/** Our code stands in `details.error_code`, where the SDK looks for one. */
export function encodeError(error: GatewayError, requestId: string): EncodedError {
  const [status, name] = ON_THE_WIRE[error.code]
  const upstreamStatus = error.code === 'upstream_error' ? error.upstreamStatus : undefined
  const type = upstreamStatus === undefined ? name : typeOf(upstreamStatus)
  const details = { error_code: error.code, ...(error.path === undefined ? {} : { path: error.path }) }
  const body = { type: 'error', error: { type, message: messageOf(error), details }, request_id: requestId }
  return { status: upstreamStatus ?? status, body }
}

/** Agents shorten their history when they read these words, whoever says them in which way. */
function messageOf({ code, message }: GatewayError): string {
  const isRecognised = code !== 'context_length_exceeded' || message.startsWith(TOO_LONG)
  return isRecognised ? message : `${TOO_LONG}: ${message}`
}

/** What an upstream's own status is called here. */
const TYPES: Readonly<Record<number, string>> = {
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

function typeOf(upstreamStatus: number): string {
  return TYPES[upstreamStatus] ?? (upstreamStatus < 500 ? 'invalid_request_error' : 'api_error')
}

export function encodeStreamError(error: GatewayError, requestId: string): string {
  return writeSseEvent({ event: 'error', data: JSON.stringify(encodeError(error, requestId).body) })
}

const CODES = new Map<unknown, readonly [ErrorCode, status: number]>([
  ['invalid_request_error', ['upstream_error', 400]],
  ['not_found_error', ['upstream_error', 404]],
  ['request_too_large', ['upstream_error', 413]],
  ['rate_limit_error', ['upstream_rate_limited', 429]],
  ['overloaded_error', ['upstream_overloaded', 529]],
  ['timeout_error', ['upstream_timeout', 504]],
  ['authentication_error', ['upstream_credentials_rejected', 401]],
  ['permission_error', ['upstream_credentials_rejected', 403]],
  ['api_error', ['upstream_error', 500]],
  ['conflict_error', ['upstream_error', 409]],
  // the operator's account, not the client's
  ['billing_error', ['upstream_credentials_rejected', 402]],
])

/** `{"type":"error","error":{type,message}}`, whole or as an event of a stream. */
export function decodeError(json: JsonObject): GatewayError {
  const error = isJsonObject(json.error) ? json.error : {}
  const message = withDetail(error, textOf(error.message) || 'The provider reported an error.')
  const [known, upstreamStatus] = CODES.get(error.type) ?? ['upstream_error', 502]
  const code = known === 'upstream_error' ? codeOf(upstreamStatus, message) : known
  if (code === 'upstream_credentials_rejected')
    return rejectedAccount(upstreamStatus === 400 ? 402 : upstreamStatus)
  return new GatewayError(code, message, { upstreamStatus })
}

/** What is said in words only. @see https://docs.anthropic.com/en/api/errors */
function codeOf(status: number, message: string): ErrorCode {
  if (status === 400 && isTooLong(message)) return 'context_length_exceeded'
  if (status === 400 && message.startsWith('Your credit balance')) return 'upstream_credentials_rejected'
  return status === 404 && message.startsWith('model:') ? 'model_not_found' : 'upstream_error'
}

/** Programs may test for the finer code, which other formats have no place for. */
function withDetail({ details }: JsonObject, message: string): string {
  const code = isJsonObject(details) ? textOf(details.error_code) : ''
  return code === '' ? message : `${message} (${code})`
}
