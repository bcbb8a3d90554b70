import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/clock.ts'
import { keepPlace } from '../dialects/places.ts'
import type { Carrier, Part, ReasoningPart, ToolCallPart } from '../ir/part.ts'
import type { ChatRequest, Message } from '../ir/request.ts'

/** What an origin wants back with a tool call of its own, and where it stood. */
interface Proof {
  readonly accountId: string
  /** The tool's name: ids of some servers are not unique. */
  readonly name: string
  /** Reasoning that the answer began with; only the first call has it. */
  readonly opening: readonly ReasoningPart[]
  /** Reasoning between what was said before, or the call before, and this call. */
  readonly before: readonly ReasoningPart[]
  readonly carrier: Carrier | undefined
}

export interface Origin {
  readonly keyId: string
  readonly accountId: string
}

const KEPT_MS = 60 * 60 * 1000
const MAX_BYTES = 32 * 1024 * 1024
/** A longer chain of thought is not remembered. */
export const MAX_ENTRY_BYTES = 2 * 1024 * 1024
/** Of what holds an entry, besides its text. */
const OVERHEAD_BYTES = 300

/**
 * Proofs of reasoning for clients that do not send them back: most Chat clients drop the fields that their format does not have. Kept
 * per virtual key by the id of a tool call, for an hour after its last use, the least used dropped first. Of one process: another one
 * knows nothing of it, and the origin's own way without proof is taken there.
 */
export class SignatureMemory {
  readonly #proofs: LRUCache<string, Proof>

  constructor(now: Clock, maxBytes: number = MAX_BYTES) {
    this.#proofs = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.min(MAX_ENTRY_BYTES, maxBytes),
      sizeCalculation: sizeOf,
      ttl: KEPT_MS,
      ttlResolution: 0,
      updateAgeOnGet: true,
      perf: { now },
    })
  }

  /** Keeps the proofs of an answer that calls tools. */
  remember({ keyId, accountId }: Origin, parts: readonly Part[]): void {
    if (!parts.some(isCall) || !parts.some(isProven)) return
    for (const { callId, ...proof } of proofsOf(parts))
      this.#proofs.set(entryKey(keyId, callId), { accountId, ...proof })
  }

  /** The request with the proofs of those tool calls that came back without any. The same object where there is nothing to add. */
  restore(origin: Origin, request: ChatRequest): ChatRequest {
    if (this.#proofs.size === 0) return request
    const messages = request.messages.map((message) => this.#restoreIn(request, message, origin))
    const isChanged = messages.some((message, index) => message !== request.messages[index])
    return isChanged ? { ...request, messages } : request
  }

  #restoreIn(request: ChatRequest, message: Message, origin: Origin): Message {
    if (message.role !== 'assistant' || !message.parts.some(isCall) || message.parts.some(isProven))
      return message
    const proofs = new Map(
      message.parts.filter(isCall).flatMap((call) => {
        const proof = this.#find(origin, call)
        return proof === undefined ? [] : [[call, proof] as const]
      }),
    )
    if (proofs.size === 0) return message
    const parts = withProofs(request, message, proofs)
    return keepPlace(request, { ...message, parts }, message)
  }

  #find({ keyId, accountId }: Origin, { callId, name }: ToolCallPart): Proof | undefined {
    const proof = this.#proofs.get(entryKey(keyId, callId))
    if (proof === undefined || proof.name !== name) return undefined
    // what is sealed for one account is an error at another
    return proof.accountId === accountId || !isSealed(proof) ? proof : undefined
  }
}

function proofsOf(parts: readonly Part[]): (Omit<Proof, 'accountId'> & { readonly callId: string })[] {
  const proofs: (Omit<Proof, 'accountId'> & { readonly callId: string })[] = []
  const first = parts.findIndex((part) => part.type !== 'reasoning')
  let opening = parts.slice(0, first).filter(isReasoning)
  let before: ReasoningPart[] = []
  for (const part of parts.slice(first)) {
    if (part.type === 'reasoning') before.push(part)
    if (part.type !== 'tool-call') continue
    const { callId, name, carrier } = part
    proofs.push({ callId, name, carrier, opening, before })
    opening = []
    before = []
  }
  return proofs
}

/** Reasoning that the client shows without proof is a copy of what is restored. */
function withProofs(request: ChatRequest, message: Message, proofs: ReadonlyMap<Part, Proof>): Part[] {
  const hasReasoning = [...proofs.values()].some(
    ({ opening, before }) => opening.length > 0 || before.length > 0,
  )
  const opening = [...proofs.values()].flatMap((proof) => proof.opening)
  const rest = (message.parts as readonly Part[]).flatMap((part): Part[] => {
    if (part.type === 'reasoning') return hasReasoning ? [] : [part]
    const proof = part.type === 'tool-call' ? proofs.get(part) : undefined
    if (proof === undefined || part.type !== 'tool-call') return [part]
    const { before, carrier } = proof
    for (const reasoning of before) keepPlace(request, reasoning, part)
    return [...before, carrier === undefined ? part : keepPlace(request, { ...part, carrier }, part)]
  })
  for (const reasoning of opening) keepPlace(request, reasoning, message)
  return [...opening, ...rest]
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call'
}

function isReasoning(part: Part): part is ReasoningPart {
  return part.type === 'reasoning'
}

/** An empty payload only marks reasoning that has no proof. */
function isProven(part: Part): boolean {
  return 'carrier' in part && part.carrier !== undefined && part.carrier.payload !== ''
}

function isSealed({ opening, before }: Proof): boolean {
  return [...opening, ...before].some(({ carrier }) => carrier?.kind === 'encrypted')
}

function entryKey(keyId: string, callId: string): string {
  return JSON.stringify([keyId, callId])
}

function sizeOf({ opening, before, carrier }: Proof, key: string): number {
  const reasoning = [...opening, ...before].reduce(
    (sum, part) => sum + part.text.length + payloadLength(part.carrier),
    0,
  )
  return OVERHEAD_BYTES + key.length + reasoning + payloadLength(carrier)
}

function payloadLength(carrier: Carrier | undefined): number {
  return carrier === undefined ? 0 : carrier.payload.length + (carrier.itemId?.length ?? 0)
}
