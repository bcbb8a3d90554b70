import type { JsonObject } from '../../core/json.ts'
import type { Carrier } from '../../ir/part.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'
import { flushCall } from './write-call.ts'
import { endMessage } from './write-message.ts'
import { addItem, finishItem, type ItemPlace, type OpenReasoning, type WriterState } from './writer-state.ts'

/** What may be shown of reasoning is one summary; its proof goes where OpenAI seals its own. */
export function writeReasoning(state: WriterState, part: OpenReasoning, delta: string): void {
  if (delta === '') return
  const isFirst = part.chunks.length === 0
  const place = placeOf(state, part)
  if (isFirst)
    state.emit('response.reasoning_summary_part.added', { ...placeFields(place), part: summaryPart('') })
  part.chunks.push(delta)
  state.emit('response.reasoning_summary_text.delta', { ...placeFields(place), delta })
}

export function endReasoning(state: WriterState, part: OpenReasoning, carrier?: Carrier): void {
  const isEmpty = part.chunks.length === 0
  if (isEmpty && carrier === undefined) return
  const place = placeOf(state, part)
  const text = part.chunks.join('')
  if (!isEmpty) {
    state.emit('response.reasoning_summary_text.done', { ...placeFields(place), text })
    state.emit('response.reasoning_summary_part.done', { ...placeFields(place), part: summaryPart(text) })
  }
  finishItem(state, place.index, {
    id: place.id,
    type: 'reasoning',
    summary: isEmpty ? [] : [summaryPart(text)],
    // OpenAI looks up an item without it, and does not find ours
    encrypted_content: wrapCarrier(carrier ?? NO_PROOF, 'openai-responses'),
  })
}

function placeOf(state: WriterState, part: OpenReasoning): ItemPlace {
  if (part.place !== undefined) return part.place
  flushCall(state, 'completed')
  endMessage(state)
  part.place = addItem(state, 'rs', (id) => ({ id, type: 'reasoning', summary: [] }))
  return part.place
}

function placeFields({ id, index }: ItemPlace): JsonObject {
  return { item_id: id, output_index: index, summary_index: 0 }
}

function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text }
}
