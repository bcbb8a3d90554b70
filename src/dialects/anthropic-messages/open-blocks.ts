import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Carrier } from '../../ir/part.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { DROPPED_CITATIONS, decodeCitation } from './citations.ts'
import { createHostedBlock, type HostedBlock } from './hosted-block.ts'
import { ID } from './id.ts'

type Block =
  | { readonly type: 'text'; readonly id: string }
  | { readonly type: 'reasoning'; readonly id: string; carrier: Carrier | undefined }
  | { readonly type: 'tool'; readonly id: string; readonly initialInput: string; hasInput: boolean }
  | { readonly type: 'hosted'; readonly hosted: HostedBlock }

/** The blocks of a stream, by their index on the wire, as the events of our parts. Unknown indexes and deltas are skipped. */
export interface OpenBlocks {
  start(index: unknown, wire: JsonObject): StreamEvent[]
  add(index: unknown, delta: JsonObject): StreamEvent[]
  stop(index: unknown): StreamEvent[]
  stopAll(): StreamEvent[]
  /** True once a call of the client's was among them. */
  readonly hasCalls: boolean
}

export function createOpenBlocks(): OpenBlocks {
  const open = new Map<unknown, Block>()
  let partCount = 0
  let hasCalls = false
  let hasDroppedCitations = false

  function begin(wire: JsonObject, number: number): readonly [Block, ...StreamEvent[]] {
    switch (wire.type) {
      case 'text':
        return beginText(wire, `t${number}`)
      case 'thinking': {
        const id = `r${number}`
        const block: Block = { type: 'reasoning', id, carrier: signed(wire.signature) }
        return [block, { type: 'reasoning-start', id }, ...reasoningDelta(id, wire.thinking)]
      }
      case 'redacted_thinking': {
        const id = `r${number}`
        const carrier = { origin: ID, kind: 'redacted', payload: textOf(wire.data) } as const
        return [
          { type: 'reasoning', id, carrier },
          { type: 'reasoning-start', id },
        ]
      }
      case 'tool_use':
        hasCalls = true
        return beginTool(wire, `c${number}`)
      default:
        return [{ type: 'hosted', hosted: createHostedBlock(wire) }]
    }
  }

  function beginText(wire: JsonObject, id: string): readonly [Block, ...StreamEvent[]] {
    const citations: readonly unknown[] = Array.isArray(wire.citations) ? wire.citations : []
    const cited = citations.flatMap((citation) => cite(id, citation))
    return [{ type: 'text', id }, { type: 'text-start', id }, ...textDelta(id, wire.text), ...cited]
  }

  function cite(id: string, wire: unknown): StreamEvent[] {
    const citation = decodeCitation(wire)
    if (citation !== undefined) return [{ type: 'text-citation', id, citation }]
    if (hasDroppedCitations) return []
    hasDroppedCitations = true
    return [{ type: 'dropped', dropped: DROPPED_CITATIONS }]
  }

  function add(index: unknown, delta: JsonObject): StreamEvent[] {
    const block = open.get(index)
    const spoken = SPOKEN.get(delta.type)
    if (spoken !== undefined && block?.type !== spoken && block?.type !== 'hosted')
      return addMisplaced(index, spoken, delta)
    switch (block?.type) {
      case undefined:
        return []
      case 'text':
        if (delta.type === 'citations_delta') return cite(block.id, delta.citation)
        return textDelta(block.id, delta.text)
      case 'reasoning':
        // some servers put the signature into a delta of another type
        block.carrier = signed(delta.signature) ?? block.carrier
        return reasoningDelta(block.id, delta.thinking)
      case 'tool': {
        const input = textOf(delta.partial_json)
        if (input === '') return []
        block.hasInput = true
        return [{ type: 'tool-call-delta', id: block.id, input }]
      }
      case 'hosted':
        block.hosted.add(delta)
        return []
      default:
        return block satisfies never
    }
  }

  /** Words in a block that was never begun, or is of another kind, are a part of their own: SDKs would lose them. */
  function addMisplaced(index: unknown, type: 'text' | 'reasoning', delta: JsonObject): StreamEvent[] {
    const key = misplaced(type, index)
    const begun: StreamEvent[] = []
    if (!open.has(key)) {
      const [block, ...events] = begin({ type: type === 'text' ? 'text' : 'thinking' }, partCount++)
      open.set(key, block)
      begun.push(...events)
    }
    return [...begun, ...add(key, delta)]
  }

  function stop(index: unknown): StreamEvent[] {
    return [index, misplaced('text', index), misplaced('reasoning', index)].flatMap((key) => {
      const block = open.get(key)
      open.delete(key)
      return block === undefined ? [] : endOf(block)
    })
  }

  return {
    start(index, wire) {
      const events = stop(index)
      const [block, ...begun] = begin(wire, partCount++)
      open.set(index, block)
      return [...events, ...begun]
    },
    add,
    stop,
    stopAll: () => [...open.keys()].flatMap(stop),
    get hasCalls() {
      return hasCalls
    },
  }
}

/** Deltas that carry words, by the kind of part that the words are. */
const SPOKEN = new Map<unknown, 'text' | 'reasoning'>([
  ['text_delta', 'text'],
  ['thinking_delta', 'reasoning'],
])

function misplaced(type: 'text' | 'reasoning', index: unknown): string {
  return `${type} in ${String(index)}`
}

/** The input usually starts as {} and comes in deltas; a server may also send it at once. */
function beginTool(wire: JsonObject, id: string): readonly [Block, ...StreamEvent[]] {
  const isGiven = isJsonObject(wire.input) && Object.keys(wire.input).length > 0
  const initialInput = isGiven ? JSON.stringify(wire.input) : '{}'
  return [
    { type: 'tool', id, initialInput, hasInput: false },
    { type: 'tool-call-start', id, callId: textOf(wire.id), name: textOf(wire.name), kind: 'function' },
  ]
}

function endOf(block: Block): StreamEvent[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text-end', id: block.id }]
    case 'reasoning':
      return [{ type: 'reasoning-end', id: block.id, ...(block.carrier && { carrier: block.carrier }) }]
    case 'tool': {
      const end: StreamEvent = { type: 'tool-call-end', id: block.id }
      return block.hasInput
        ? [end]
        : [{ type: 'tool-call-delta', id: block.id, input: block.initialInput }, end]
    }
    case 'hosted':
      return [{ type: 'hosted', part: { type: 'hosted', dialect: ID, wire: block.hosted.whole() } }]
    default:
      return block satisfies never
  }
}

function textDelta(id: string, text: unknown): StreamEvent[] {
  return typeof text === 'string' && text !== '' ? [{ type: 'text-delta', id, text }] : []
}

function reasoningDelta(id: string, text: unknown): StreamEvent[] {
  return typeof text === 'string' && text !== '' ? [{ type: 'reasoning-delta', id, text }] : []
}

function signed(signature: unknown): Carrier | undefined {
  if (typeof signature !== 'string' || signature === '') return undefined
  return { origin: ID, kind: 'signature', payload: signature }
}
