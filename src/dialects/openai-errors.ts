import type { ErrorCode, GatewayError } from '../core/errors.ts'
import { GatewayError as Failure } from '../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../core/json.ts'
import type { EncodedError } from './dialect.ts'
import { rejectedAccount } from './rejected-account.ts'
import { isTooLong } from './too-long.ts'

/**
 * Status, type and code of each error as OpenAI's clients know them. Where OpenAI has a code of its own that programs test for,
 * it stands here; everywhere else the code is ours.
 * @see https://platform.openai.com/docs/guides/error-codes/api-errors
 */
const ON_THE_WIRE = {
  invalid_request: [400, 'invalid_request_error', null],
  invalid_json: [400, 'invalid_request_error', null],
  conversion_unavailable: [400, 'invalid_request_error', null],
  unsupported_parameter: [400, 'invalid_request_error', null],
  unknown_provider: [400, 'invalid_request_error', null],
  model_not_found: [404, 'invalid_request_error', null],
  key_malformed: [400, 'invalid_request_error', 'invalid_api_key'],
  key_missing: [401, 'invalid_request_error', 'invalid_api_key'],
  key_unknown: [401, 'invalid_request_error', 'invalid_api_key'],
  key_disabled: [401, 'invalid_request_error', 'invalid_api_key'],
  key_expired: [401, 'invalid_request_error', 'invalid_api_key'],
  permission_denied: [403, 'permission_error', null],
  model_not_allowed: [403, 'permission_error', null],
  not_found: [404, 'invalid_request_error', null],
  method_not_allowed: [405, 'invalid_request_error', null],
  websocket_unsupported: [426, 'invalid_request_error', null],
  request_too_large: [413, 'invalid_request_error', null],
  unsupported_encoding: [415, 'invalid_request_error', null],
  conflict: [409, 'invalid_request_error', null],
  version_conflict: [412, 'invalid_request_error', null],
  read_only: [409, 'invalid_request_error', null],
  quota_exceeded: [429, 'rate_limit_error', 'rate_limit_exceeded'],
  client_gone: [499, 'invalid_request_error', null],
  upstream_unreachable: [502, 'server_error', null],
  upstream_timeout: [504, 'server_error', null],
  upstream_credentials_rejected: [502, 'server_error', null],
  upstream_malformed: [502, 'server_error', null],
  upstream_cut: [502, 'server_error', null],
  upstream_error: [502, 'server_error', null],
  upstream_rate_limited: [429, 'rate_limit_error', 'rate_limit_exceeded'],
  upstream_quota_exceeded: [429, 'insufficient_quota', 'insufficient_quota'],
  upstream_overloaded: [503, 'server_error', null],
  context_length_exceeded: [400, 'invalid_request_error', null],
  content_filtered: [400, 'invalid_request_error', 'content_policy_violation'],
  store_unavailable: [503, 'server_error', null],
  overloaded: [503, 'server_error', null],
  vault_locked: [503, 'server_error', null],
  vault_corrupt: [500, 'server_error', null],
  shutting_down: [503, 'server_error', null],
  internal: [500, 'server_error', null],
} as const satisfies Record<ErrorCode, readonly [status: number, type: string, code: string | null]>

/** The error as `{"error": {message, type, param, code}}`, which Chat, Completions and Responses share. */
export function encodeOpenAiError(error: GatewayError): EncodedError {
  const [status, name, code] = ON_THE_WIRE[error.code]
  const httpStatus = statusFor(error, status)
  // an upstream's own refusal is no failure of a server
  const type = error.code === 'upstream_error' && httpStatus < 500 ? 'invalid_request_error' : name
  const body = {
    error: { message: error.message, type, param: error.path ?? null, code: code ?? error.code },
  }
  return { status: httpStatus, body }
}

/** An upstream's status is kept, but for 529, which only Anthropic's clients know. */
function statusFor(error: GatewayError, status: number): number {
  if (error.code !== 'upstream_error' || error.upstreamStatus === undefined) return status
  return error.upstreamStatus === 529 ? 503 : error.upstreamStatus
}

const CODES = new Map<unknown, ErrorCode>(
  Object.entries({
    rate_limit_exceeded: 'upstream_rate_limited',
    insufficient_quota: 'upstream_quota_exceeded',
    context_length_exceeded: 'context_length_exceeded',
    model_not_found: 'model_not_found',
    content_policy_violation: 'content_filtered',
    // Azure's
    content_filter: 'content_filtered',
    invalid_prompt: 'content_filtered',
    bio_policy: 'content_filtered',
    misalignment_policy_violation: 'content_filtered',
    image_content_policy_violation: 'content_filtered',
    overloaded: 'upstream_overloaded',
    server_is_overloaded: 'upstream_overloaded',
    invalid_api_key: 'upstream_credentials_rejected',
    authentication_error: 'upstream_credentials_rejected',
  } satisfies Record<string, ErrorCode>),
)

/** Where only a status says it. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'upstream_credentials_rejected',
  402: 'upstream_credentials_rejected',
  403: 'upstream_credentials_rejected',
  429: 'upstream_rate_limited',
  503: 'upstream_overloaded',
  529: 'upstream_overloaded',
}

/** The error in a body or an event; undefined where there is none. Mistral and others have it at the top, as `object: "error"`. */
export function openAiErrorIn(json: JsonObject): GatewayError | undefined {
  return decodeOpenAiError(json.object === 'error' ? json : json.error)
}

/** An `error` object; undefined where there is none. Upstreams send strings here, and numbers for `code`. */
export function decodeOpenAiError(error: unknown): GatewayError | undefined {
  if (typeof error === 'string' && error !== '') return failure('upstream_error', error, undefined)
  if (!isJsonObject(error)) return undefined
  const message = typeof error.message === 'string' ? error.message : 'The provider reported an error.'
  const status = statusOf(error.code) ?? statusOf(error.status)
  const byStatus = status === undefined ? undefined : CODE_OF_STATUS[status]
  const code = CODES.get(error.code) ?? CODES.get(error.type) ?? byStatus ?? 'upstream_error'
  return failure(code, message, status ?? (isClientsFault(error) ? 400 : undefined))
}

function failure(known: ErrorCode, message: string, status: number | undefined): GatewayError {
  if (known === 'upstream_credentials_rejected') return rejectedAccount(status ?? 401)
  const code = known === 'upstream_error' && isTooLong(message) ? 'context_length_exceeded' : known
  return new Failure(code, message, status === undefined ? {} : { upstreamStatus: status })
}

/** In a stream no status says so. @see https://platform.openai.com/docs/api-reference/responses/object (`error.code`) */
function isClientsFault({ type, code }: JsonObject): boolean {
  return type === 'invalid_request_error' || /^(invalid|image|unsupported|empty)_/.test(textOf(code))
}

/** Some servers put the HTTP status into `code`, as a number or as text. */
function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined
}
