import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { GatewayError } from '../core/errors.ts'
import type { MasterKey } from './master-key.ts'

const FORMAT = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const SEALED = /^v1\.([0-9a-f]{16})\.([\w-]{16})\.([\w-]{22,})$/

/** The key that seals, and while a rotation is under way the one before it, which still opens. */
export interface KeyRing {
  readonly current: MasterKey
  readonly previous?: MasterKey
  /** The current key is one that a gateway made for itself; nobody chose it. */
  readonly isGenerated?: boolean
}

/** Seals and opens records. The keys are asked for at each use, since their files may change while a server runs. */
export interface Vault {
  readonly keys: () => KeyRing
}

/** A vault whose keys do not change. */
export function createVault(current: MasterKey, previous?: MasterKey): Vault {
  const ring = previous === undefined ? { current } : { current, previous }
  return { keys: () => ring }
}

/**
 * Plaintext to `v1.<key id>.<nonce>.<ciphertext and tag>`, sealed with AES-256-GCM under the current key and a nonce of its own.
 * `identity` names the record (see `identity.ts`): the text opens only under the same one, so it cannot be moved to another row.
 */
export function seal(vault: Vault, identity: string, plaintext: string): string {
  return sealWith(vault.keys().current, identity, plaintext)
}

/** {@link seal} under a given key. */
export function sealWith(key: MasterKey, identity: string, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.dataKey, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(boundTo(key.id, identity))
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return [FORMAT, key.id, nonce.toString('base64url'), ciphertext.toString('base64url')].join('.')
}

/**
 * The plaintext of what {@link seal} made for this identity. Throws `vault_locked` where it was sealed with a key that is not
 * at hand, `vault_corrupt` where the text was altered, cut, or belongs to another record.
 */
export function open(vault: Vault, identity: string, sealed: string): string {
  const { keyId, nonce, ciphertext } = readSealed(identity, sealed)
  const key = keyFor(vault.keys(), identity, keyId)
  const tagAt = ciphertext.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key.dataKey, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(boundTo(key.id, identity))
  decipher.setAuthTag(ciphertext.subarray(tagAt))
  try {
    return decipher.update(ciphertext.subarray(0, tagAt), undefined, 'utf8') + decipher.final('utf8')
  } catch (cause) {
    throw corrupt(identity, 'it was altered, or belongs to another record', cause)
  }
}

/** The fingerprint of the key that sealed this text; undefined for text that is no sealed record. */
export function sealedKeyId(sealed: string): string | undefined {
  return SEALED.exec(sealed)?.[1]
}

function readSealed(identity: string, sealed: string): { keyId: string; nonce: Buffer; ciphertext: Buffer } {
  const [, keyId, ...encoded] = SEALED.exec(sealed) ?? []
  const [nonce, ciphertext] = encoded.map(decode)
  if (keyId === undefined || nonce === undefined || ciphertext === undefined) {
    throw corrupt(identity, 'it is not in a form that this version reads')
  }
  return { keyId, nonce, ciphertext }
}

/** Undefined for text that spells its bytes in another way than {@link seal} does. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

function keyFor({ current, previous }: KeyRing, identity: string, keyId: string): MasterKey {
  if (current.id === keyId) return current
  if (previous?.id === keyId) return previous
  const atHand = `at hand is ${current.id} (${current.origin})`
  throw new GatewayError('vault_locked', `${identity} is sealed with the master key ${keyId}; ${atHand}.`)
}

/** The identity is the record's; the key's fingerprint keeps a text from claiming another key. */
function boundTo(keyId: string, identity: string): Buffer {
  return Buffer.from(`${FORMAT}.${keyId}.${identity}`, 'utf8')
}

function corrupt(identity: string, why: string, cause?: unknown): GatewayError {
  return new GatewayError('vault_corrupt', `The sealed record ${identity} cannot be opened: ${why}.`, {
    cause,
  })
}
