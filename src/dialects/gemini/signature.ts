import type { Carrier } from '../../ir/part.ts'
import { unwrapCarrier } from '../carrier.ts'
import { type ProtoMessage, textIn } from './proto-json.ts'

/**
 * Accepted by Gemini in place of a signature, for function calls in history that it did not make itself.
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const SENTINEL = 'skip_thought_signature_validator'

/** The signature that a client sent back on a part. The sentinel proves nothing, so it counts as none. */
export function signatureIn(part: ProtoMessage): Carrier | undefined {
  const text = textIn(part, 'thoughtSignature')
  if (text === undefined || text === '' || text === SENTINEL) return undefined
  return unwrapCarrier(text, 'gemini', 'thought-signature')
}

/** A signature as Gemini itself sent it. */
export function ownSignature(text: unknown): Carrier | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  return { origin: 'gemini', kind: 'thought-signature', payload: text }
}

/** True for a signature that may go back to Gemini. */
export function isOwn(carrier: Carrier | undefined): carrier is Carrier {
  return carrier?.origin === 'gemini' && carrier.payload !== ''
}
