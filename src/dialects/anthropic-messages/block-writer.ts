import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Carrier, Citation } from '../../ir/part.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { lose, losePhase, loseShape } from '../answer-losses.ts'
import { inputObject } from '../call-input.ts'
import { emptyText, showsThinking, signature, thinkingBlock, toolUse } from './answer-blocks.ts'
import { encodeCitation } from './citations.ts'
import { wireEvent } from './wire-event.ts'

/** An event of one part. */
export type PartEvent = Exclude<
  StreamEvent,
  { type: 'start' | 'usage' | 'ping' | 'dropped' | 'finish' | 'error' | 'media' }
>

/** Writes one part after the other as blocks; the turnstile sees to it that no two come at once. */
export interface BlockWriter {
  write(event: PartEvent): SseEvent[]
  /** The id of the part that has begun and not ended, and whether it is plain text, which may be cut anywhere. */
  readonly current: { readonly id: string; readonly isText: boolean } | undefined
  /** Ends the current part. */
  close(): SseEvent[]
  readonly hasCalls: boolean
  /** No block has ended yet. */
  readonly isEmpty: boolean
  readonly refusal: string
}

interface Open {
  readonly id: string
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'function' | 'custom'
  /** A block was started on the wire. */
  isShown: boolean
  /** Text: white space that waits for words. Calls: input that is no object, or none yet, and becomes one only at its end. */
  readonly chunks: string[]
  /** Calls: whether the input began like an object; undefined before it did. */
  isObject?: boolean
}

export function createBlockWriter(context: AnswerContext): BlockWriter {
  let nextIndex = 0
  let calls = 0
  let open: Open | undefined
  const refusals: string[] = []

  function begin(id: string, kind: Open['kind']): Open {
    open = { id, kind, isShown: false, chunks: [] }
    return open
  }

  function show(part: Open, content_block: JsonObject): SseEvent[] {
    if (part.isShown) return []
    part.isShown = true
    return [wireEvent('content_block_start', { index: nextIndex, content_block })]
  }

  function delta(fields: JsonObject): SseEvent {
    return wireEvent('content_block_delta', { index: nextIndex, delta: fields })
  }

  function end(part: Open): SseEvent[] {
    open = undefined
    return part.isShown ? [wireEvent('content_block_stop', { index: nextIndex++ })] : []
  }

  function text(id: string, kind: 'text' | 'refusal', chunk: string): SseEvent[] {
    if (chunk === '') return []
    if (kind === 'refusal') refusals.push(chunk)
    const part = open ?? begin(id, kind)
    if (!part.isShown && chunk.trim() === '') {
      part.chunks.push(chunk)
      return []
    }
    const said = part.isShown ? chunk : part.chunks.join('') + chunk
    return [...show(part, emptyText()), delta({ type: 'text_delta', text: said })]
  }

  /** A citation of text that was closed already comes too late; others stand for the whole block, which has been sent. */
  function cite(id: string, citation: Citation): SseEvent[] {
    if (open?.id !== id) {
      lose(context, 'dropped', 'sources were named after their text had ended')
      return []
    }
    if (citation.start !== undefined)
      lose(context, 'approximated', 'a streamed source stands for its whole block of text')
    return [
      ...show(open, emptyText()),
      delta({ type: 'citations_delta', citation: encodeCitation(citation) }),
    ]
  }

  function reason(chunk: string): SseEvent[] {
    if (open === undefined || chunk === '' || !showsThinking(context)) return []
    const start = show(open, { type: 'thinking', thinking: '', signature: '' })
    return [...start, delta({ type: 'thinking_delta', thinking: chunk })]
  }

  function endReasoning(carrier: Carrier | undefined): SseEvent[] {
    if (open === undefined) return []
    if (!open.isShown) {
      const block = thinkingBlock({ type: 'reasoning', text: '', ...(carrier && { carrier }) }, context)
      if (block === undefined) return end(open)
      if (block.type === 'redacted_thinking') return [...show(open, block), ...end(open)]
    }
    const start = show(open, { type: 'thinking', thinking: '', signature: '' })
    return [...start, delta({ type: 'signature_delta', signature: signature(carrier) }), ...end(open)]
  }

  function call(event: PartEvent & { type: 'tool-call-start' }): SseEvent[] {
    return show(begin(event.id, event.kind), toolUse(event, calls++, context))
  }

  function input(chunk: string): SseEvent[] {
    if (open === undefined || chunk === '') return []
    open.chunks.push(chunk)
    if (open.kind === 'custom') return []
    const [first] = chunk.trimStart()
    if (first !== undefined) open.isObject ??= first === '{'
    if (open.isObject !== true) return []
    const partial_json = open.chunks.splice(0).join('')
    return [delta({ type: 'input_json_delta', partial_json })]
  }

  function endCall(): SseEvent[] {
    if (open === undefined) return []
    const held = open.chunks.join('')
    if (open.kind !== 'custom' && held.trim() === '') return end(open)
    const input = open.kind === 'custom' ? { input: held } : inputObject(held).input
    if (open.kind !== 'custom') loseShape(context)
    return [delta({ type: 'input_json_delta', partial_json: JSON.stringify(input) }), ...end(open)]
  }

  function close(): SseEvent[] {
    if (open === undefined) return []
    if (open.kind === 'reasoning') return endReasoning(undefined)
    return open.kind === 'function' || open.kind === 'custom' ? endCall() : end(open)
  }

  /** The origin's proof of a call has no slot here: it goes into thinking of its own, right after the call. */
  function proveCall(id: string, carrier: Carrier | undefined): SseEvent[] {
    if (carrier === undefined) return []
    begin(id, 'reasoning')
    return endReasoning(carrier)
  }

  function hosted({ part }: PartEvent & { type: 'hosted' }): SseEvent[] {
    const block = begin('', 'function')
    return [...show(block, part.wire), ...end(block)]
  }

  function write(event: PartEvent): SseEvent[] {
    switch (event.type) {
      case 'text-start':
      case 'refusal-start':
        losePhase(context, event.phase)
        begin(event.id, event.type === 'text-start' ? 'text' : 'refusal')
        return []
      case 'reasoning-start':
        begin(event.id, 'reasoning')
        return []
      case 'text-delta':
        return text(event.id, 'text', event.text)
      case 'refusal-delta':
        return text(event.id, 'refusal', event.text)
      case 'text-citation':
        return cite(event.id, event.citation)
      case 'reasoning-delta':
        return reason(event.text)
      case 'reasoning-end':
        return endReasoning(event.carrier)
      case 'tool-call-start':
        return call(event)
      case 'tool-call-delta':
        return input(event.input)
      case 'text-end':
      case 'refusal-end':
        return close()
      case 'tool-call-end':
        return [...close(), ...proveCall(event.id, event.carrier)]
      case 'hosted':
        return hosted(event)
      default:
        return event satisfies never
    }
  }

  return {
    write,
    close,
    get current() {
      return open && { id: open.id, isText: open.kind === 'text' || open.kind === 'refusal' }
    },
    get hasCalls() {
      return calls > 0
    },
    get isEmpty() {
      return nextIndex === 0
    },
    get refusal() {
      return refusals.join('')
    },
  }
}
