import { type ErrorCode, GatewayError } from '../../core/errors.ts'
import { isJsonObject, textOf } from '../../core/json.ts'
import { rejectedAccount } from '../rejected-account.ts'
import { isTooLong } from '../too-long.ts'

/** By the name of the exception in lower case, without its namespace. @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html */
const CODES: Readonly<Record<string, readonly [ErrorCode, status: number]>> = {
  validationexception: ['upstream_error', 400],
  accessdeniedexception: ['upstream_credentials_rejected', 403],
  resourcenotfoundexception: ['upstream_error', 404],
  modeltimeoutexception: ['upstream_timeout', 408],
  modelerrorexception: ['upstream_error', 424],
  modelstreamerrorexception: ['upstream_error', 424],
  throttlingexception: ['upstream_rate_limited', 429],
  modelnotreadyexception: ['upstream_overloaded', 429],
  servicequotaexceededexception: ['upstream_rate_limited', 400],
  internalserverexception: ['upstream_error', 500],
  serviceunavailableexception: ['upstream_overloaded', 503],
}

/** An exception by its name: of a stream, or of `__type`. */
export function decodeException(name: string, body: unknown): GatewayError {
  const message = messageOf(body) ?? 'The provider reported an error.'
  const short = (name.split('#').at(-1) ?? name).split(':')[0] ?? name
  const [code, upstreamStatus] = CODES[short.toLowerCase()] ?? ['upstream_error', 502]
  if (code === 'upstream_credentials_rejected') return rejectedAccount(upstreamStatus)
  if (upstreamStatus === 400 && isTooLong(message))
    return new GatewayError('context_length_exceeded', message, { upstreamStatus })
  return new GatewayError(code, message, { upstreamStatus })
}

/** The body of an answer that is an error; undefined for any other. Its status, which says more than the body, is the caller's to know. */
export function decodeError(body: unknown): GatewayError | undefined {
  const message = messageOf(body)
  if (message === undefined || !isJsonObject(body)) return undefined
  if (typeof body.__type === 'string') return decodeException(body.__type, body)
  return new GatewayError(isTooLong(message) ? 'context_length_exceeded' : 'upstream_error', message)
}

function messageOf(body: unknown): string | undefined {
  if (!isJsonObject(body)) return undefined
  const text = textOf(body.message) || textOf(body.Message) || textOf(body.originalMessage)
  return text === '' ? undefined : text
}
