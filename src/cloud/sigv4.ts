import { createHash, createHmac } from 'node:crypto'
import type { UpstreamRequest } from '../upstream/connections.ts'
import type { AuthHeaders } from '../upstream/credential.ts'

/** What AWS knows a caller by; `sessionToken` comes with keys that expire. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** For whom a signature is good: one service in one region. */
export interface SigningScope {
  readonly region: string
  readonly service: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/**
 * The headers that sign a request: `authorization`, `x-amz-date`, and `x-amz-security-token` for keys that expire. A pure function of
 * its arguments; `nowMs` must be within five minutes of Amazon's clock. `host` and every `x-amz-` header are signed, and the body.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signRequest(
  request: UpstreamRequest,
  keys: AwsKeys,
  { region, service }: SigningScope,
  nowMs: number,
): AuthHeaders {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const own = {
    'x-amz-date': time,
    ...(keys.sessionToken !== undefined && { 'x-amz-security-token': keys.sessionToken }),
  }
  const signed = signedHeaders(request, own)
  const names = signed.map(([name]) => name).join(';')
  const toSign = [ALGORITHM, time, scope, sha256(canonicalRequest(request, signed, names))].join('\n')
  const signature = hmac(signingKey(keys.secretAccessKey, scope), toSign).toString('hex')
  const authorization = `${ALGORITHM} Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { ...own, authorization }
}

function signedHeaders(request: UpstreamRequest, own: Readonly<Record<string, string>>): [string, string][] {
  const others = Object.entries(request.headers).filter(([name]) => name.toLowerCase().startsWith('x-amz-'))
  const all = { ...Object.fromEntries(others), ...own, host: new URL(request.origin).host }
  return Object.entries(all)
    .map(([name, value]): [string, string] => [name.toLowerCase(), headerText(value)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function headerText(value: string | string[]): string {
  return [value].flat().join(',').trim().replace(/\s+/g, ' ')
}

function canonicalRequest(request: UpstreamRequest, headers: [string, string][], names: string): string {
  const mark = request.path.indexOf('?')
  const path = mark === -1 ? request.path : request.path.slice(0, mark)
  const query = mark === -1 ? '' : request.path.slice(mark + 1)
  return [
    request.method,
    // the path is encoded once on the wire and a second time here, as all services but S3 want it
    path.split('/').map(encodeStrictly).join('/'),
    canonicalQuery(query),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body ?? ''),
  ].join('\n')
}

function canonicalQuery(query: string): string {
  if (query === '') return ''
  const pairs = query.split('&').map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    const name = equals === -1 ? pair : pair.slice(0, equals)
    const value = equals === -1 ? '' : pair.slice(equals + 1)
    return [encodeStrictly(decoded(name)), encodeStrictly(decoded(value))]
  })
  const sorted = pairs.toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
  return sorted.map(([name, value]) => `${name}=${value}`).join('&')
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986: everything but letters, digits and `-._~`. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function signingKey(secret: string, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`))
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
