import { GatewayError } from '../core/errors.ts'

/** Path of a URL as it stands in a request line, without its query. */
export function pathOf(url: string): string {
  const mark = url.indexOf('?')
  return mark === -1 ? url : url.slice(0, mark)
}

/** A path as servers may read it, its percent-encoding undone. Throws `invalid_request` where that is broken. */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The path is not percent-encoded correctly.', { cause })
  }
}

/** The query with its question mark, as the client wrote it but for a credential in it; empty where nothing is left. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?')
  if (mark === -1) return ''
  const kept = url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => pair !== '' && !new URLSearchParams(pair).has('key'))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** Value of `?key=`, which is how some of Google's clients authenticate. */
export function queryKeyOf(url: string): string | undefined {
  const mark = url.indexOf('?')
  if (mark === -1 || !url.includes('key=', mark)) return undefined
  return new URLSearchParams(url.slice(mark)).get('key') ?? undefined
}

/**
 * SDKs add a version of their own to whatever base URL they are given: with `…/v1` as base that makes `/v1/v1/messages` or
 * `/v1/v1beta/models/…`. Both mean what they would mean without the first one.
 */
export function withoutDoubleVersion(url: string): string {
  return /^\/v1(beta)?\/v1(beta)?\//.test(url) ? url.slice(url.indexOf('/', 1)) : url
}
