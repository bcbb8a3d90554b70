import type { DialectId, UpstreamDialectId } from '../../core/dialect-id.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Carrier, ReasoningPart } from '../../ir/part.ts'
import { unwrapCarrier, wrapCarrier } from '../carrier.ts'
import type { Places } from '../places.ts'

/**
 * Chat has no official place for reasoning, so proofs of it travel in `reasoning_details`, in the shape that OpenRouter made common:
 * entries of type `reasoning.text`, `reasoning.summary` or `reasoning.encrypted`. Ours say by `index` where among the answer's parts they stood;
 * an entry whose `id` is a tool call's belongs to that call, and one with the id `content` to the text.
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export interface PlacedReasoning {
  readonly part: ReasoningPart
  /** Undefined where the client does not say: then it comes first. */
  readonly position: number | undefined
}

export interface ReasoningDetails {
  readonly reasoning: readonly PlacedReasoning[]
  /** By the id of the tool call that they prove. */
  readonly callCarriers: ReadonlyMap<string, Carrier>
  readonly textCarrier: Carrier | undefined
}

export const TEXT_ENTRY_ID = 'content'

const FORMATS = {
  'anthropic-messages': 'anthropic-claude-v1',
  'openai-responses': 'openai-responses-v1',
  gemini: 'google-gemini-v1',
  'openai-chat': 'unknown',
  'openai-completions': 'unknown',
  'bedrock-converse': 'unknown',
} as const satisfies Record<UpstreamDialectId, string>

const KIND: Readonly<Record<DialectId, Carrier['kind']>> = {
  'anthropic-messages': 'redacted',
  'openai-responses': 'encrypted',
  gemini: 'thought-signature',
  'openai-chat': 'encrypted',
  'openai-completions': 'encrypted',
}

/** A reasoning part as an entry. */
export function encodeReasoningEntry({ text, isSummary, carrier }: ReasoningPart, index: number): JsonObject {
  const proof = carrier === undefined ? undefined : wrapCarrier(carrier, 'openai-chat')
  const format = carrier === undefined ? 'unknown' : FORMATS[carrier.origin]
  if (text === '' && proof !== undefined) return { type: 'reasoning.encrypted', data: proof, format, index }
  const signature = proof === undefined ? {} : { signature: proof }
  return isSummary === true
    ? { type: 'reasoning.summary', summary: text, ...signature, format, index }
    : { type: 'reasoning.text', text, ...signature, format, index }
}

/** The proof of a tool call or of text. */
export function encodeCarrierEntry(carrier: Carrier, id: string, index: number): JsonObject {
  const data = wrapCarrier(carrier, 'openai-chat')
  return { type: 'reasoning.encrypted', data, id, format: FORMATS[carrier.origin], index }
}

/** `reasoning_details` of a message that a client sends back. Entries that are none are passed over. */
export function decodeReasoningDetails(
  details: unknown,
  { path, places }: { readonly path: string; readonly places: Places },
  callIds: ReadonlySet<string>,
): ReasoningDetails {
  const callCarriers = new Map<string, Carrier>()
  const reasoning: PlacedReasoning[] = []
  let textCarrier: Carrier | undefined
  let last: { entry: JsonObject; placed: PlacedReasoning } | undefined
  for (const [index, entry] of (Array.isArray(details) ? (details as unknown[]) : []).entries()) {
    if (!isJsonObject(entry)) continue
    const carrier = carrierOf(entry)
    if (entry.type === 'reasoning.encrypted' && carrier !== undefined) {
      if (typeof entry.id === 'string' && callIds.has(entry.id)) {
        callCarriers.set(entry.id, carrier)
        continue
      }
      if (entry.id === TEXT_ENTRY_ID) {
        textCarrier = carrier
        continue
      }
    }
    const part = partOf(entry, carrier)
    if (part === undefined) continue
    const merged = last === undefined ? undefined : mergeFragments(last.entry, last.placed.part, entry, part)
    const placed = {
      part: merged ?? part,
      position: typeof entry.index === 'number' ? entry.index : undefined,
    }
    if (merged !== undefined) reasoning.pop()
    if (merged !== undefined && last !== undefined) places.keep(merged, last.placed.part)
    else places.note(part, `${path}[${index}]`)
    reasoning.push(placed)
    last = { entry, placed }
  }
  return { reasoning, callCarriers, textCarrier }
}

function partOf(entry: JsonObject, carrier: Carrier | undefined): ReasoningPart | undefined {
  const text = entry.type === 'reasoning.summary' ? entry.summary : entry.text
  if (typeof text !== 'string' && carrier === undefined) return undefined
  return {
    type: 'reasoning',
    text: typeof text === 'string' ? text : '',
    ...(entry.type === 'reasoning.summary' && { isSummary: true }),
    ...(carrier !== undefined && { carrier }),
  }
}

function carrierOf(entry: JsonObject): Carrier | undefined {
  const isEncrypted = entry.type === 'reasoning.encrypted'
  const proof = isEncrypted ? entry.data : entry.signature
  if (typeof proof !== 'string' || proof === '') return undefined
  const origin = originOf(entry.format)
  const kind = isEncrypted ? KIND[origin] : 'signature'
  const carrier = unwrapCarrier(proof, 'openai-chat', kind)
  if (carrier.payload === '') return undefined
  // not wrapped by us: an origin's own proof, which another gateway handed to the client
  return carrier.origin === 'openai-chat' ? { ...carrier, origin } : carrier
}

function originOf(format: unknown): DialectId {
  switch (format) {
    case FORMATS['anthropic-messages']:
      return 'anthropic-messages'
    case FORMATS['openai-responses']:
      return 'openai-responses'
    case FORMATS.gemini:
      return 'gemini'
    default:
      return 'openai-chat'
  }
}

/** A stream's fragments of one entry, which clients send back as they came, or a summary with its encrypted half: one part again. */
function mergeFragments(
  before: JsonObject,
  part: ReasoningPart,
  entry: JsonObject,
  next: ReasoningPart,
): ReasoningPart | undefined {
  if (part.carrier !== undefined || typeof before.index !== 'number' || before.index !== entry.index)
    return undefined
  if (typeof before.id === 'string' && typeof entry.id === 'string' && before.id !== entry.id)
    return undefined
  return {
    ...part,
    text: part.text + next.text,
    ...(next.carrier !== undefined && { carrier: next.carrier }),
  }
}
