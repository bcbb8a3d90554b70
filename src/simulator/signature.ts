import { createHmac } from 'node:crypto'

/** What a seal vouches for. A seal of one kind is not accepted as another. */
export type SealKind = 'thinking' | 'redacted-thinking' | 'encrypted-reasoning' | 'thought-signature'

// nothing is protected by this key; it is fixed so that seals outlive a restart
const KEY = 'simulator'
const NONCE_LENGTH = 12

/** An opaque base64 seal over a text, as providers put on reasoning that they want back unchanged. */
export function sealText(kind: SealKind, text: string, number: number): string {
  const nonce = number.toString(36).padStart(NONCE_LENGTH, '0')
  return Buffer.from(nonce + digest(kind, text, nonce)).toString('base64')
}

/** Whether a seal was issued by this simulator (any run of it) for exactly this text. */
export function isSealed(kind: SealKind, text: string, seal: unknown): boolean {
  if (typeof seal !== 'string') return false
  const opened = Buffer.from(seal, 'base64').toString('latin1')
  const nonce = opened.slice(0, NONCE_LENGTH)
  return opened === nonce + digest(kind, text, nonce)
}

/** The number that a seal was made with; meaningless for a seal of somebody else. */
export function numberOfSeal(seal: string): number {
  return Number.parseInt(Buffer.from(seal, 'base64').toString('latin1').slice(0, NONCE_LENGTH), 36)
}

function digest(kind: SealKind, text: string, nonce: string): string {
  return createHmac('sha256', KEY).update(`${kind}\n${nonce}\n${text}`).digest('hex')
}
