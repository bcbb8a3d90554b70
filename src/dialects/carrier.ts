import { type DialectId, UPSTREAM_DIALECT_IDS } from '../core/dialect-id.ts'
import { isJsonObject } from '../core/json.ts'
import type { Carrier } from '../ir/part.ts'

/** What base64 of `{"gw":1,` begins with: by it we know our own wrapping among signatures of every origin. */
const MARK = 'eyJndyI6MSwi'
const MARK_BYTES = Buffer.from(MARK)

/** Marks reasoning of an origin that proves nothing, so that nobody takes it for the reasoning of the client's own provider. */
export const NO_PROOF: Carrier = { origin: 'openai-chat', kind: 'signature', payload: '' }

const KINDS = ['signature', 'redacted', 'encrypted', 'thought-signature'] as const

/**
 * A carrier as text for another dialect's slot: its own payload where the slot is at home, else wrapped so that it survives the
 * round trip through a client. The wrapping is base64, which every slot accepts.
 */
export function wrapCarrier(carrier: Carrier, slot: DialectId): string {
  if (carrier.origin === slot && carrier.itemId === undefined && carrier.payload !== '')
    return carrier.payload
  const { origin, kind, payload, itemId } = carrier
  return Buffer.from(JSON.stringify({ gw: 1, origin, kind, payload, itemId })).toString('base64')
}

/** What a client sent back in one of its slots: what we wrapped, or the slot's own kind of proof. */
export function unwrapCarrier(text: string, slot: DialectId, kind: Carrier['kind']): Carrier {
  if (!text.startsWith(MARK)) return { origin: slot, kind, payload: text }
  return readWrapped(text) ?? { origin: slot, kind, payload: text }
}

/** True for a proof that we wrapped: the slot's own upstream knows nothing of it. */
export function isWrapped(text: unknown): boolean {
  return typeof text === 'string' && text.startsWith(MARK)
}

/** Whether a body may hold such a proof. Looks at bytes alone, so that megabytes cost next to nothing. */
export function mayHoldWrapped(body: Buffer): boolean {
  return body.includes(MARK_BYTES)
}

function readWrapped(text: string): Carrier | undefined {
  let wrapped: unknown
  try {
    wrapped = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
  } catch {
    return undefined
  }
  if (!isJsonObject(wrapped) || typeof wrapped.payload !== 'string') return undefined
  const origin = UPSTREAM_DIALECT_IDS.find((id) => id === wrapped.origin)
  const kind = KINDS.find((name) => name === wrapped.kind)
  if (origin === undefined || kind === undefined) return undefined
  const { payload, itemId } = wrapped
  return { origin, kind, payload, ...(typeof itemId === 'string' && { itemId }) }
}
