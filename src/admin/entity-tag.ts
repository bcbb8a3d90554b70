import { GatewayError } from '../core/errors.ts'

/** The `ETag` of something at this version. */
export function entityTag(version: number): string {
  return `"${version}"`
}

/**
 * The version that `If-Match` asks for; undefined where any will do. Throws `invalid_request` for what is not one of our tags.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-if-match
 */
export function expectedVersion(ifMatch: string | undefined): number | undefined {
  const tag = ifMatch?.trim()
  if (tag === undefined || tag === '*') return undefined
  const [, digits] = /^"(\d{1,15})"$/.exec(tag) ?? []
  if (digits !== undefined) return Number(digits)
  const message = 'If-Match takes the ETag that an answer had, such as "3" with its quotes, or *.'
  throw new GatewayError('invalid_request', message, { path: 'if-match' })
}
