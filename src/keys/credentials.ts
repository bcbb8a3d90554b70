import type { IncomingHttpHeaders } from 'node:http'

/**
 * The secret that a client presented, from whichever of the five places it used. Where several are filled, the most specific
 * header wins, as it does with Anthropic: SDKs send an `authorization` of their own beside an `x-api-key` that was configured.
 */
export function readCredential(
  headers: IncomingHttpHeaders,
  queryKey: string | undefined,
): string | undefined {
  return (
    single(headers['x-api-key']) ??
    single(headers['api-key']) ??
    single(headers['x-goog-api-key']) ??
    readBearer(headers.authorization) ??
    single(queryKey)
  )
}

/** The token of `Authorization: Bearer <token>`; undefined for any other scheme or a missing token. */
export function readBearer(authorization: string | undefined): string | undefined {
  return single(/^Bearer[ \t]+(\S+)[ \t]*$/i.exec(authorization ?? '')?.[1])
}

function single(value: string | string[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value
  return first === undefined || first.trim() === '' ? undefined : first.trim()
}
