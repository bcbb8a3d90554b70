import { type ErrorCode, GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { EncodedError } from '../dialect.ts'
import { rejectedAccount } from '../rejected-account.ts'
import { isTooLong } from '../too-long.ts'

/** @see https://ai.google.dev/gemini-api/docs/troubleshooting and https://google.aip.dev/193 */
const ON_THE_WIRE = {
  invalid_request: [400, 'INVALID_ARGUMENT'],
  invalid_json: [400, 'INVALID_ARGUMENT'],
  conversion_unavailable: [400, 'FAILED_PRECONDITION'],
  unsupported_parameter: [400, 'INVALID_ARGUMENT'],
  unknown_provider: [400, 'FAILED_PRECONDITION'],
  model_not_found: [404, 'NOT_FOUND'],
  key_malformed: [400, 'INVALID_ARGUMENT'],
  key_missing: [401, 'UNAUTHENTICATED'],
  key_unknown: [401, 'UNAUTHENTICATED'],
  key_disabled: [401, 'UNAUTHENTICATED'],
  key_expired: [401, 'UNAUTHENTICATED'],
  permission_denied: [403, 'PERMISSION_DENIED'],
  model_not_allowed: [403, 'PERMISSION_DENIED'],
  not_found: [404, 'NOT_FOUND'],
  method_not_allowed: [405, 'UNIMPLEMENTED'],
  websocket_unsupported: [426, 'UNIMPLEMENTED'],
  request_too_large: [413, 'INVALID_ARGUMENT'],
  unsupported_encoding: [415, 'INVALID_ARGUMENT'],
  conflict: [409, 'ALREADY_EXISTS'],
  version_conflict: [412, 'FAILED_PRECONDITION'],
  read_only: [409, 'FAILED_PRECONDITION'],
  quota_exceeded: [429, 'RESOURCE_EXHAUSTED'],
  client_gone: [499, 'CANCELLED'],
  upstream_unreachable: [502, 'UNAVAILABLE'],
  upstream_timeout: [504, 'DEADLINE_EXCEEDED'],
  upstream_credentials_rejected: [502, 'UNAVAILABLE'],
  upstream_malformed: [502, 'INTERNAL'],
  upstream_cut: [502, 'UNAVAILABLE'],
  upstream_error: [502, 'UNAVAILABLE'],
  upstream_rate_limited: [429, 'RESOURCE_EXHAUSTED'],
  upstream_quota_exceeded: [429, 'RESOURCE_EXHAUSTED'],
  upstream_overloaded: [503, 'UNAVAILABLE'],
  context_length_exceeded: [400, 'INVALID_ARGUMENT'],
  content_filtered: [400, 'FAILED_PRECONDITION'],
  store_unavailable: [503, 'UNAVAILABLE'],
  overloaded: [503, 'UNAVAILABLE'],
  vault_locked: [503, 'UNAVAILABLE'],
  vault_corrupt: [500, 'INTERNAL'],
  shutting_down: [503, 'UNAVAILABLE'],
  internal: [500, 'INTERNAL'],
} as const satisfies Record<ErrorCode, readonly [httpStatus: number, status: string]>

/** Our code is the `reason` of an `ErrorInfo`, Google's place for machine-readable causes. */
export function encodeError(error: GatewayError): EncodedError {
  const [tableStatus, tableName] = ON_THE_WIRE[error.code]
  const upstreamStatus = error.code === 'upstream_error' ? error.upstreamStatus : undefined
  const status = upstreamStatus === 529 ? 503 : (upstreamStatus ?? tableStatus)
  const name = upstreamStatus === undefined ? tableName : nameOf(status)
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: error.code.toUpperCase(),
    domain: 'llm-gateway',
    ...(error.path === undefined ? {} : { metadata: { field: error.path } }),
  }
  return { status, body: { error: { code: status, message: error.message, status: name, details: [info] } } }
}

/** What an upstream's own status is called here. @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const NAMES: Readonly<Record<number, string>> = {
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  504: 'DEADLINE_EXCEEDED',
}

function nameOf(status: number): string {
  return NAMES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE')
}

const STATUS_OF: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

const CODE_OF: Readonly<Record<number, ErrorCode>> = {
  401: 'upstream_credentials_rejected',
  402: 'upstream_credentials_rejected',
  403: 'upstream_credentials_rejected',
  429: 'upstream_rate_limited',
  503: 'upstream_overloaded',
  504: 'upstream_timeout',
}

/** The `error` object of a body or chunk; undefined where there is none. The numeric code may be missing from it. */
export function decodeError(error: unknown): GatewayError | undefined {
  if (!isJsonObject(error)) return undefined
  const message = typeof error.message === 'string' ? error.message : 'The provider reported an error.'
  const upstreamStatus = statusOf(error)
  const code = codeOf(upstreamStatus, message, error.details)
  if (code === 'upstream_credentials_rejected') return rejectedAccount(upstreamStatus)
  const retryAfterMs = retryDelayMs(error.details)
  return new GatewayError(code, message, {
    upstreamStatus,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** Some servers put a number of gRPC's into `code`. */
function statusOf({ code, status }: JsonObject): number {
  const isHttp = typeof code === 'number' && code >= 400 && code <= 599
  return isHttp ? code : (STATUS_OF[String(status)] ?? 502)
}

function codeOf(status: number, message: string, details: unknown): ErrorCode {
  // a key that is wrong or has expired is a 400 there
  if (status === 400 && reasonIn(details).startsWith('API_KEY_')) return 'upstream_credentials_rejected'
  if (status === 400 && isTooLong(message)) return 'context_length_exceeded'
  if (status === 404 && /\bmodels\/\S+ is not found/.test(message)) return 'model_not_found'
  return CODE_OF[status] ?? 'upstream_error'
}

/** Of an `ErrorInfo`. @see https://google.aip.dev/193#errorinfo */
function reasonIn(details: unknown): string {
  const info: unknown = Array.isArray(details)
    ? details.find((entry) => isJsonObject(entry) && typeof entry.reason === 'string')
    : undefined
  return isJsonObject(info) ? textOf(info.reason) : ''
}

/** `RetryInfo` says it in seconds, as `"1.5s"`. @see https://google.aip.dev/193#error_model */
function retryDelayMs(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined
  const info: unknown = details.find((entry) => isJsonObject(entry) && typeof entry.retryDelay === 'string')
  const delay = isJsonObject(info) ? /^(\d+(?:\.\d+)?)s$/.exec(String(info.retryDelay)) : null
  return delay === null ? undefined : Math.ceil(Number(delay[1]) * 1000)
}
