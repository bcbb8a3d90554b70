import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { GatewayError } from '../core/errors.ts'

const KEY_BYTES = 32
const FINGERPRINT_BYTES = 8
const NO_SALT = Buffer.alloc(0)
const HEXADECIMAL = /^[0-9a-f]{64}$/i
const BASE64 = /^[\w+/-]{43}=?$/

/** A master key as the vault uses it. The 256 bits themselves are not kept; neither inspecting nor serialising shows a secret. */
export interface MasterKey {
  /** Sixteen hexadecimal digits that tell keys apart and say nothing of them. */
  readonly id: string
  /** What records are sealed with; derived, so that the fingerprint and the data never share a key. */
  readonly dataKey: KeyObject
  /** The variable or file that it was read from. */
  readonly origin: string
}

/**
 * A master key as people write it: 32 random bytes in base64, base64url or hexadecimal. `origin` names the variable or file.
 * Throws `vault_locked` for anything else; the message says how to make one and does not repeat what was written.
 */
export function parseMasterKey(written: string, origin: string): MasterKey {
  const bytes = decodeKey(written.trim())
  if (bytes === undefined) {
    const hint = 'It is 32 random bytes in base64 or hexadecimal; `openssl rand -base64 32` makes one.'
    throw new GatewayError('vault_locked', `${origin} does not hold a master key. ${hint}`)
  }
  return {
    id: derive(bytes, 'llm-gateway vault v1 key id', FINGERPRINT_BYTES).toString('hex'),
    dataKey: createSecretKey(derive(bytes, 'llm-gateway vault v1 data key', KEY_BYTES)),
    origin,
  }
}

/** A new master key in the form that {@link parseMasterKey} reads: 43 characters of base64url. */
export function generateMasterKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url')
}

function decodeKey(text: string): Buffer | undefined {
  if (HEXADECIMAL.test(text)) return Buffer.from(text, 'hex')
  if (!BASE64.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64') // reads base64url as well
  return bytes.length === KEY_BYTES ? bytes : undefined
}

function derive(master: Buffer, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', master, NO_SALT, purpose, length))
}
