import type { Carrier } from '../../ir/part.ts'
import { NO_PROOF, unwrapCarrier, wrapCarrier } from '../carrier.ts'
import { type ProtoMessage, textIn } from './proto-json.ts'

/**
 * Accepted by Gemini in place of a signature, for function calls in history that it did not make itself.
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const SENTINEL = 'skip_thought_signature_validator'

/**
 * Gemini signs the first call of every step. Another model's first call has this instead, by which it is known when the client takes the
 * conversation to Gemini itself.
 */
export const UNPROVEN = wrapCarrier(NO_PROOF, 'gemini')

/** What proves nothing counts as none. */
const PROVES_NOTHING: ReadonlySet<string> = new Set(['', SENTINEL, UNPROVEN])

/** The signature that a client sent back on a part. */
export function signatureIn(part: ProtoMessage): Carrier | undefined {
  const text = textIn(part, 'thoughtSignature')
  if (text === undefined || PROVES_NOTHING.has(text)) return undefined
  return unwrapCarrier(text, 'gemini', 'thought-signature')
}

/** A signature as Gemini itself sent it. */
export function ownSignature(text: unknown): Carrier | undefined {
  if (typeof text !== 'string' || PROVES_NOTHING.has(text)) return undefined
  return { origin: 'gemini', kind: 'thought-signature', payload: text }
}

/** True for a signature that may go back to Gemini. */
export function isOwn(carrier: Carrier | undefined): carrier is Carrier {
  return carrier?.origin === 'gemini' && carrier.payload !== ''
}
