import { createHash } from 'node:crypto'

/** SHA-256 of a text, in lower-case hexadecimal: the form in which virtual keys are stored and looked up. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Eight hexadecimal digits that stay the same for the same parts; prefixed, so that they are no part of any stored hash. */
export function shortId(kind: string, parts: readonly unknown[]): string {
  return sha256Hex(JSON.stringify([kind, ...parts])).slice(0, 8)
}

/** What may be printed of a literal key: its first characters, at most eight and never more than half, and `…`. */
export function abbreviate(secret: string): string {
  return `${secret.slice(0, Math.min(8, Math.floor(secret.length / 2)))}…`
}
