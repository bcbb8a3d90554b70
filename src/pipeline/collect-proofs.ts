import type { Part, ReasoningPart, ToolCallPart } from '../ir/part.ts'
import type { StreamEvent } from '../ir/stream-event.ts'
import { MAX_ENTRY_BYTES } from './signature-memory.ts'

type Open<Kind extends Part> = { -readonly [Key in keyof Kind]: Kind[Key] }

/**
 * Watches a stream for what `SignatureMemory` keeps of an answer: reasoning, calls with their carriers, and that something was said.
 * Returns the parts with the event that ends the stream, undefined before.
 */
export function createProofCollector(): (event: StreamEvent) => readonly Part[] | undefined {
  const parts: Part[] = []
  // most streams neither reason nor call: nothing is made for them
  let reasoning: Map<string, { part: Open<ReasoningPart>; chunks: string[] }> | undefined
  let calls: Map<string, Open<ToolCallPart>> | undefined
  let length = 0
  return (event) => {
    // other answers to the same request: what a client goes on with is nearly always the first
    if (event.choice !== undefined) return undefined
    switch (event.type) {
      case 'reasoning-start': {
        const part = { type: 'reasoning' as const, text: '', ...isSummary(event.isSummary) }
        reasoning ??= new Map()
        reasoning.set(event.id, { part, chunks: [] })
        parts.push(part)
        return undefined
      }
      case 'reasoning-delta':
        length += event.text.length
        // too long to be kept: there is no use in holding it
        if (length <= MAX_ENTRY_BYTES) reasoning?.get(event.id)?.chunks.push(event.text)
        return undefined
      case 'reasoning-end': {
        const open = reasoning?.get(event.id)
        if (open === undefined) return undefined
        open.part.text = open.chunks.join('')
        if (event.carrier !== undefined) open.part.carrier = event.carrier
        return undefined
      }
      case 'text-start':
        parts.push({ type: 'text', text: '' })
        return undefined
      case 'tool-call-start': {
        const { callId, name, kind } = event
        const part = { type: 'tool-call' as const, callId, name, kind, input: '' }
        calls ??= new Map()
        calls.set(event.id, part)
        parts.push(part)
        return undefined
      }
      case 'tool-call-end': {
        const part = calls?.get(event.id)
        if (part !== undefined && event.carrier !== undefined) part.carrier = event.carrier
        return undefined
      }
      case 'finish':
        return length <= MAX_ENTRY_BYTES ? parts : undefined
      default:
        return undefined
    }
  }
}

function isSummary(value: boolean | undefined): { isSummary?: boolean } {
  return value === undefined ? {} : { isSummary: value }
}
