import type { IncomingHttpHeaders } from 'node:http'
import type { UpstreamFamily } from '../core/dialect-id.ts'

export type Headers = Record<string, string | string[]>

/** Between two neighbours only. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]

/** A client's own affairs, or things by which it could choose who pays, who answers, or whom the provider sees. */
const NOT_FORWARDED = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'content-encoding',
  'expect',
  // we read the answers, so we ask for them plain
  'accept-encoding',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-goog-user-project',
  'x-goog-iam-authorization-token',
  'chatgpt-account-id',
  'cookie',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
  'x-request-id',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method-override',
])

/** Intermediaries' affairs and our own. */
const NOT_FORWARDED_PREFIXES = ['x-forwarded-', 'x-gateway-', 'sec-', 'cf-', 'x-amz-', 'x-ms-', 'proxy-']
/** Versions, betas and accounts of one API: no other provider's business. */
const OWN_PREFIX: Readonly<Record<UpstreamFamily, string>> = {
  openai: 'openai-',
  anthropic: 'anthropic-',
  gemini: 'x-goog-',
  bedrock: 'x-amzn-bedrock-',
}

/** One test per header, whatever its name: requests have a dozen. */
const WITHHELD: Readonly<Record<UpstreamFamily, RegExp>> = {
  openai: withheldFrom('openai'),
  anthropic: withheldFrom('anthropic'),
  gemini: withheldFrom('gemini'),
  bedrock: withheldFrom('bedrock'),
}

function withheldFrom(family: UpstreamFamily): RegExp {
  const others = Object.values(OWN_PREFIX).filter((prefix) => prefix !== OWN_PREFIX[family])
  return new RegExp(`^(${[...NOT_FORWARDED_PREFIXES, ...others].join('|')})`)
}

/** A client's headers as an upstream may see them: everything but credentials, hop-by-hop headers, other APIs' own and where it came from. */
export function forwardableRequestHeaders(headers: IncomingHttpHeaders, family: UpstreamFamily): Headers {
  const forwarded: Headers = {}
  const named = connectionHeaders(headers)
  const withheld = WITHHELD[family]
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || NOT_FORWARDED.has(name) || named.includes(name)) continue
    if (withheld.test(name)) continue
    forwarded[name] = value
  }
  return forwarded
}

/** Besides framing: cookies, which belong to us and not to our client, and the names of the operator's organisation. */
const NOT_RETURNED = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
  'openai-organization',
  'openai-project',
  'anthropic-organization-id',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
])

/** An upstream's headers as a client may see them. Its `x-request-id` is kept under another name, since ours is what finds the log. */
export function returnableResponseHeaders(headers: IncomingHttpHeaders): Headers {
  const returned: Headers = {}
  const named = connectionHeaders(headers)
  for (const name in headers) {
    const value = headers[name]
    if (
      value === undefined ||
      NOT_RETURNED.has(name) ||
      named.includes(name) ||
      name.startsWith('x-gateway-')
    )
      continue
    returned[name === 'x-request-id' ? 'x-upstream-request-id' : name] = value
  }
  return returned
}

const NONE: readonly string[] = []

/** Headers that `connection` itself declares to be hop-by-hop. */
function connectionHeaders(headers: IncomingHttpHeaders): readonly string[] {
  const connection = headers.connection
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return NONE
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}
