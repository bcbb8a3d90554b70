/**
 * Every way a request can fail, by permanent code. Clients, dashboards and tests rely on these names: add, never rename.
 * The HTTP status and the wording of each belong to the dialects (`dialects/<id>/errors.ts`).
 */
export const ERROR_CODES = [
  // the client's doing
  'invalid_request',
  'invalid_json',
  'conversion_unavailable',
  'unsupported_parameter',
  'unknown_provider',
  'model_not_found',
  'key_malformed',
  'key_missing',
  'key_unknown',
  'key_disabled',
  'key_expired',
  'permission_denied',
  'model_not_allowed',
  'not_found',
  'method_not_allowed',
  'websocket_unsupported',
  'request_too_large',
  'unsupported_encoding',
  'conflict',
  'version_conflict',
  'read_only',
  'quota_exceeded',
  'client_gone',
  // an upstream's doing
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_credentials_rejected',
  'upstream_malformed',
  'upstream_cut',
  'upstream_error',
  'upstream_rate_limited',
  'upstream_quota_exceeded',
  'upstream_overloaded',
  'context_length_exceeded',
  'content_filtered',
  // ours
  'store_unavailable',
  'overloaded',
  'vault_locked',
  'vault_corrupt',
  'shutting_down',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export interface GatewayErrorOptions {
  readonly cause?: unknown
  /** Path of the offending field in the client's own spelling, such as `messages[2].content`. */
  readonly path?: string
  /** How long the client should wait before it tries again. */
  readonly retryAfterMs?: number
  /** The upstream's HTTP status, where one was received. */
  readonly upstreamStatus?: number
}

/** The one error class. Callers test `code`, never `message`; the message is written for the person who called the API. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly retryAfterMs: number | undefined
  readonly upstreamStatus: number | undefined

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.path = options.path
    this.retryAfterMs = options.retryAfterMs
    this.upstreamStatus = options.upstreamStatus
  }
}

/** Any thrown value as a GatewayError; what we did not foresee becomes `internal`, with the original as its cause. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  return new GatewayError('internal', 'The gateway failed to handle this request; its log has the details.', {
    cause: thrown,
  })
}
