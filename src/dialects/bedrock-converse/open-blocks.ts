import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Carrier } from '../../ir/part.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { DROPPED_CITATIONS, decodeCitation, decodeImage, signed } from './content.ts'
import { ID } from './id.ts'

type Block =
  | { readonly type: 'text'; readonly id: string }
  | {
      readonly type: 'reasoning'
      readonly id: string
      carrier: Carrier | undefined
      readonly redacted: Buffer[]
    }
  | { readonly type: 'tool'; readonly id: string; hasInput: boolean }
  | { readonly type: 'image'; readonly format: unknown; readonly chunks: Buffer[] }

/** The blocks of a stream, by their index on the wire, as the events of our parts. Only some announce themselves: most begin with a delta. */
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

  function start(index: unknown, { toolUse, image }: JsonObject): StreamEvent[] {
    if (isJsonObject(image)) {
      const ended = stop(index)
      open.set(index, { type: 'image', format: image.format, chunks: [] })
      return ended
    }
    if (!isJsonObject(toolUse)) return []
    const ended = stop(index)
    const id = `c${partCount++}`
    hasCalls = true
    open.set(index, { type: 'tool', id, hasInput: false })
    const { toolUseId, name } = toolUse
    return [
      ...ended,
      { type: 'tool-call-start', id, callId: textOf(toolUseId), name: textOf(name), kind: 'function' },
    ]
  }

  function add(index: unknown, delta: JsonObject): StreamEvent[] {
    if (typeof delta.text === 'string') return addText(index, delta.text)
    if (isJsonObject(delta.reasoningContent)) return addReasoning(index, delta.reasoningContent)
    if (isJsonObject(delta.toolUse)) return addInput(index, delta.toolUse)
    if (isJsonObject(delta.citation)) return addCitation(index, delta.citation)
    if (isJsonObject(delta.image)) return addImage(index, delta.image)
    return []
  }

  function addText(index: unknown, text: string): StreamEvent[] {
    if (text === '') return []
    const { block, begun } = textAt(index)
    return [...begun, { type: 'text-delta', id: block.id, text }]
  }

  function textAt(index: unknown) {
    const known = open.get(index)
    if (known?.type === 'text') return { block: known, begun: [] }
    const ended = stop(index)
    const block = { type: 'text', id: `t${partCount++}` } as const
    open.set(index, block)
    return { block, begun: [...ended, { type: 'text-start', id: block.id } as const] }
  }

  function addReasoning(index: unknown, { text, signature, redactedContent }: JsonObject): StreamEvent[] {
    const { block, begun } = reasoningAt(index)
    block.carrier = signed(signature) ?? block.carrier
    if (typeof redactedContent === 'string') block.redacted.push(Buffer.from(redactedContent, 'base64'))
    if (typeof text !== 'string' || text === '') return begun
    return [...begun, { type: 'reasoning-delta', id: block.id, text }]
  }

  function reasoningAt(index: unknown) {
    const known = open.get(index)
    if (known?.type === 'reasoning') return { block: known, begun: [] }
    const ended = stop(index)
    const id = `r${partCount++}`
    const block: Block & { type: 'reasoning' } = { type: 'reasoning', id, carrier: undefined, redacted: [] }
    open.set(index, block)
    return { block, begun: [...ended, { type: 'reasoning-start', id } as const] }
  }

  function addInput(index: unknown, { input }: JsonObject): StreamEvent[] {
    const block = open.get(index)
    if (block?.type !== 'tool' || typeof input !== 'string' || input === '') return []
    block.hasInput = true
    return [{ type: 'tool-call-delta', id: block.id, input }]
  }

  function addCitation(index: unknown, wire: JsonObject): StreamEvent[] {
    const citation = decodeCitation(wire)
    if (citation !== undefined) {
      const { block, begun } = textAt(index)
      return [...begun, { type: 'text-citation', id: block.id, citation }]
    }
    if (hasDroppedCitations) return []
    hasDroppedCitations = true
    return [{ type: 'dropped', dropped: DROPPED_CITATIONS }]
  }

  function addImage(index: unknown, { source }: JsonObject): StreamEvent[] {
    const block = open.get(index)
    const bytes = isJsonObject(source) ? source.bytes : undefined
    if (block?.type === 'image' && typeof bytes === 'string') block.chunks.push(Buffer.from(bytes, 'base64'))
    return []
  }

  function stop(index: unknown): StreamEvent[] {
    const block = open.get(index)
    open.delete(index)
    return block === undefined ? [] : endOf(block)
  }

  return {
    start,
    add,
    stop,
    stopAll: () => [...open.keys()].flatMap(stop),
    get hasCalls() {
      return hasCalls
    },
  }
}

function endOf(block: Block): StreamEvent[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text-end', id: block.id }]
    case 'reasoning': {
      const carrier = block.redacted.length === 0 ? block.carrier : redacted(block.redacted)
      return [{ type: 'reasoning-end', id: block.id, ...(carrier && { carrier }) }]
    }
    case 'tool': {
      const end: StreamEvent = { type: 'tool-call-end', id: block.id }
      return block.hasInput ? [end] : [{ type: 'tool-call-delta', id: block.id, input: '{}' }, end]
    }
    case 'image': {
      const data = Buffer.concat(block.chunks).toString('base64')
      const part = decodeImage({ format: block.format, source: { bytes: data } })
      return part === undefined || data === '' ? [] : [{ type: 'media', part }]
    }
    default:
      return block satisfies never
  }
}

function redacted(chunks: readonly Buffer[]): Carrier {
  return { origin: ID, kind: 'redacted', payload: Buffer.concat(chunks).toString('base64') }
}
