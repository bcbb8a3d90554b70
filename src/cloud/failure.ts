import { GatewayError } from '../core/errors.ts'
import { toUpstreamFailure } from '../upstream/failure.ts'

/**
 * Why a cloud gave out no credentials, as an error that tells nobody anything secret. Whatever is no trouble on the way, or of the
 * cloud's own, somebody has to act on: `upstream_credentials_rejected`. What the library said is the cause, for the log.
 */
export function toCredentialFailure(cloud: string, thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const status = statusOf(thrown)
  if (status !== undefined && (status === 429 || status >= 500)) return unreachable(cloud, status)
  if (status === undefined && isNetworkTrouble(thrown)) return toUpstreamFailure(networkError(thrown), false)
  const message = `${cloud} gave out no credentials for this account: its configuration, or the identity of this machine, has to be looked at.`
  return new GatewayError('upstream_credentials_rejected', message, {
    cause: thrown,
    ...(status !== undefined && { upstreamStatus: status }),
  })
}

/** An answer of the cloud's token endpoint that is no success. */
export function toTokenFailure(cloud: string, status: number): GatewayError {
  if (status === 429 || status >= 500) return unreachable(cloud, status)
  const message = `${cloud} refused the credentials of this account (status ${status}). Its operator has to replace them.`
  return new GatewayError('upstream_credentials_rejected', message)
}

function unreachable(cloud: string, status: number): GatewayError {
  return new GatewayError('upstream_unreachable', `${cloud} gives out no credentials now (status ${status}).`)
}

/** Where HTTP libraries keep the status of an answer that they took for a failure. */
function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('response' in thrown)) return undefined
  const { response } = thrown
  if (typeof response !== 'object' || response === null || !('status' in response)) return undefined
  return typeof response.status === 'number' ? response.status : undefined
}

const NETWORK_CODES = /^(E[A-Z]+|UND_ERR_[A-Z_]+)$/
/** These look like trouble on the way, but are about files. */
const FILE_CODES = new Set(['ENOENT', 'EACCES', 'EISDIR', 'EPERM'])

function isNetworkTrouble(thrown: unknown): boolean {
  return networkCode(thrown) !== undefined
}

function networkError(thrown: unknown): Error {
  if (isTimeout(thrown)) return Object.assign(new Error('timeout', { cause: thrown }), { code: 'ETIMEDOUT' })
  return thrown instanceof Error ? thrown : new Error('unknown')
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError')
}

function networkCode(thrown: unknown): string | undefined {
  if (isTimeout(thrown)) return 'ETIMEDOUT'
  if (!(thrown instanceof Error)) return undefined
  if ('code' in thrown && typeof thrown.code === 'string') {
    return NETWORK_CODES.test(thrown.code) && !FILE_CODES.has(thrown.code) ? thrown.code : undefined
  }
  return networkCode(thrown.cause)
}
