import { GatewayError } from '../core/errors.ts'

const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])

/**
 * What went wrong on the way to an upstream, as an error of ours. `hasResponse` says whether its headers had arrived: a connection
 * that breaks before that is unreachable, after that a cut answer. The message names the cause, never an address or a credential.
 */
export function toUpstreamFailure(cause: Error, hasResponse: boolean): GatewayError {
  if (cause instanceof GatewayError) return cause
  const code = codeOf(cause)
  if (TIMEOUTS.has(code))
    return new GatewayError('upstream_timeout', 'The provider did not accept a connection in time.', {
      cause,
    })
  if (code.startsWith('HPE_')) {
    return new GatewayError('upstream_malformed', 'The provider sent something that is not HTTP.', { cause })
  }
  if (hasResponse) return new GatewayError('upstream_cut', 'The provider broke off its answer.', { cause })
  return new GatewayError(
    'upstream_unreachable',
    `The provider could not be reached (${code || 'connection failed'}).`,
    { cause },
  )
}

/** An `AggregateError` is several addresses tried in vain; the first one's code will do. */
function codeOf(error: Error): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code
  return error.cause instanceof Error ? codeOf(error.cause) : ''
}
