import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { type ErrorCode, GatewayError, toGatewayError } from '../core/errors.ts'

/** The status of every error, should it reach an administrator. */
const STATUS = {
  invalid_request: 400,
  invalid_json: 400,
  conversion_unavailable: 400,
  unsupported_parameter: 400,
  unknown_provider: 400,
  model_not_found: 404,
  key_malformed: 401,
  key_missing: 401,
  key_unknown: 401,
  key_disabled: 401,
  key_expired: 401,
  permission_denied: 403,
  model_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  websocket_unsupported: 426,
  request_too_large: 413,
  unsupported_encoding: 415,
  conflict: 409,
  version_conflict: 412,
  read_only: 409,
  quota_exceeded: 429,
  client_gone: 499,
  upstream_unreachable: 502,
  upstream_timeout: 504,
  upstream_credentials_rejected: 502,
  upstream_malformed: 502,
  upstream_cut: 502,
  upstream_error: 502,
  upstream_rate_limited: 502,
  upstream_quota_exceeded: 502,
  upstream_overloaded: 502,
  context_length_exceeded: 400,
  content_filtered: 400,
  store_unavailable: 503,
  overloaded: 503,
  vault_locked: 503,
  vault_corrupt: 500,
  shutting_down: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

/** What every refusal looks like. */
export const errorShape = z
  .strictObject({
    error: z.strictObject({
      code: z.string().meta({ description: 'Permanent; programs may rely on it.' }),
      message: z.string(),
      path: z.string().optional().meta({ description: 'The field at fault, such as `models[2]`.' }),
      request_id: z.string(),
    }),
  })
  .meta({ id: 'Error', description: 'Why a request was refused.' })

/** A missing thing that a field refers to is that field's fault: 400, where a missing thing in the path is 404. */
export function statusOf({ code, path }: GatewayError): number {
  return code === 'not_found' && path !== undefined ? 400 : STATUS[code]
}

export function encodeError(error: GatewayError, requestId: string): z.output<typeof errorShape> {
  const { code, message, path } = error
  return { error: { code, message, ...(path !== undefined && { path }), request_id: requestId } }
}

/** What a handler, a schema or the HTTP layer threw, as an error of ours. */
export function toAdminError(thrown: unknown): GatewayError {
  if (hasZodFastifySchemaValidationErrors(thrown)) return invalidInput(thrown.validation)
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GatewayError('request_too_large', 'The body is larger than 1 MiB.', { cause: thrown })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GatewayError('unsupported_encoding', 'Send JSON, with "content-type: application/json".')
    case 'FST_ERR_BAD_URL':
      return new GatewayError('invalid_request', 'The path is not percent-encoded correctly.')
  }
  if (typeof code === 'string' && code.startsWith('FST_ERR_CTP_'))
    return new GatewayError('invalid_request', 'The body of the request cannot be read.', { cause: thrown })
  return toGatewayError(thrown)
}

interface Issue {
  readonly instancePath: string
  readonly message?: string | undefined
  readonly params: Readonly<Record<string, unknown>>
}

/** Names the first fault, and each field that there is not: the one that is missing is often one of those, misspelt. */
function invalidInput(issues: readonly Issue[]): GatewayError {
  const faults = issues.flatMap(faultsOf)
  const [first] = faults.toSorted((one, other) => Number(one.isUnknown) - Number(other.isUnknown))
  const told = [first, ...faults.filter((fault) => fault.isUnknown && fault !== first)]
  const path = first?.path ?? ''
  return new GatewayError(
    'invalid_request',
    told.map((fault) => fault?.text).join(' '),
    path === '' ? {} : { path },
  )
}

/** Of a thousand unknown fields, that many are named. */
const MOST_NAMED = 5

interface Fault {
  readonly path: string
  readonly text: string
  readonly isUnknown: boolean
}

function faultsOf({ instancePath, message = 'This is not valid.', params }: Issue): Fault[] {
  const steps = instancePath.split('/').filter(Boolean)
  if (Array.isArray(params.keys))
    return params.keys.slice(0, MOST_NAMED).map((key) => {
      const path = [...steps, String(key)].reduce(append, '')
      return { path, text: `"${path}": There is no such field.`, isUnknown: true }
    })
  const path = steps.reduce(append, '')
  return [{ path, text: textOf(path, message), isUnknown: false }]
}

function textOf(path: string, message: string): string {
  if (path === '') return message
  // zod's words for what is not there speak of types
  return message.endsWith('received undefined') ? `"${path}" is required.` : `"${path}": ${message}`
}

/** As in JavaScript: `models[2].name`. */
function append(path: string, step: string): string {
  if (/^\d+$/.test(step)) return `${path}[${step}]`
  return path === '' ? step : `${path}.${step}`
}
