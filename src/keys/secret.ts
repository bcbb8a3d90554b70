import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const PREFIX = 'sk-gw-'
const SECRET_BYTES = 32
const FORM = /^sk-gw-([\w-]{43})([0-9a-f]{8})$/

/** A new virtual key: `sk-gw-`, 256 random bits, and a checksum that tells a typing error from a key that nobody issued. */
export function createSecret(): string {
  const random = randomBytes(SECRET_BYTES).toString('base64url')
  return PREFIX + random + checksum(random)
}

/** Whether a secret can be one that `createSecret` made. What is not needs no looking up. */
export function hasSoundForm(secret: string): boolean {
  const [, random, sum] = FORM.exec(secret) ?? []
  return random !== undefined && checksum(random) === sum
}

/** The form in which secrets are stored and looked up: lower-case hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** What may be shown of a secret, so that people can tell theirs apart. */
export function hintOf(secret: string): string {
  return secret.slice(-4)
}

function checksum(random: string): string {
  return crc32(random).toString(16).padStart(8, '0')
}
