import type { JsonObject } from '../../core/json.ts'
import type { Carrier, Citation } from '../../ir/part.ts'
import { encodeCitation } from './citation.ts'
import { TEXT_OWNER } from './decode-reasoning.ts'
import { refusalPart, textPart } from './output-parts.ts'
import { flushCall } from './write-call.ts'
import {
  addCarrierItem,
  addItem,
  finishItem,
  type OpenMessage,
  type OpenText,
  type WriterState,
} from './writer-state.ts'

/** One message holds a run of texts; each text is a content part of it. */
export function writeText(state: WriterState, part: OpenText, delta: string): void {
  if (delta === '') return
  const { message, contentIndex } = placeOf(state, part)
  part.chunks.push(delta)
  if (part.kind === 'text') state.textLength += delta.length
  const logprobs = part.kind === 'text' ? { logprobs: [] } : {}
  state.emit(`${nameOf(part)}.delta`, { ...placeFields(message, contentIndex), delta, ...logprobs })
}

export function writeCitation(state: WriterState, part: OpenText, citation: Citation): void {
  placeOf(state, part)
  part.citations.push(citation)
}

export function endText(state: WriterState, part: OpenText, carrier?: Carrier): void {
  if (part.place !== undefined) finishPart(state, part, part.place)
  if (carrier === undefined) return
  endMessage(state)
  addCarrierItem(state, carrier, TEXT_OWNER)
}

function finishPart(state: WriterState, part: OpenText, place: NonNullable<OpenText['place']>): void {
  const { message, contentIndex, textBefore } = place
  const text = part.chunks.join('')
  const fields = placeFields(message, contentIndex)
  const annotations = part.citations.map((citation) => encodeCitation(citation, textBefore, text.length))
  for (const [annotation_index, annotation] of annotations.entries())
    state.emit('response.output_text.annotation.added', { ...fields, annotation_index, annotation })
  const content =
    part.kind === 'refusal' ? refusalPart(text) : textPart(text, annotations, takeLogprobs(state))
  const said = part.kind === 'refusal' ? { refusal: text } : { text, logprobs: content.logprobs }
  state.emit(`${nameOf(part)}.done`, { ...fields, ...said })
  state.emit('response.content_part.done', { ...fields, part: content })
  message.content[contentIndex] = content
  message.openParts--
  if (message.isOver && message.openParts === 0) finishMessage(state, message, 'completed')
}

function takeLogprobs(state: WriterState): readonly unknown[] {
  const { logprobs } = state
  state.logprobs = []
  return logprobs
}

function nameOf({ kind }: OpenText): string {
  return kind === 'refusal' ? 'response.refusal' : 'response.output_text'
}

function placeFields({ id, index }: OpenMessage, content_index: number): JsonObject {
  return { item_id: id, output_index: index, content_index }
}

function placeOf(state: WriterState, part: OpenText): NonNullable<OpenText['place']> {
  if (part.place !== undefined) return part.place
  flushCall(state, 'completed')
  const message = openMessage(state)
  const contentIndex = message.content.length
  const empty = part.kind === 'refusal' ? refusalPart('') : textPart('')
  message.content.push(empty)
  message.openParts++
  state.emit('response.content_part.added', { ...placeFields(message, contentIndex), part: empty })
  part.place = { message, contentIndex, textBefore: state.textLength }
  return part.place
}

function openMessage(state: WriterState): OpenMessage {
  if (state.message !== undefined) return state.message
  const place = addItem(state, 'msg', (id) => messageItem(id, 'in_progress', []))
  state.message = { ...place, content: [], openParts: 0, isOver: false }
  return state.message
}

function messageItem(id: string, status: string, content: readonly JsonObject[]): JsonObject {
  return { id, type: 'message', role: 'assistant', status, content }
}

/** Something other than text begins: the message is done as soon as all of its texts are. */
export function endMessage(state: WriterState, status: 'completed' | 'incomplete' = 'completed'): void {
  const { message } = state
  if (message === undefined) return
  state.message = undefined
  message.isOver = true
  if (message.openParts === 0) finishMessage(state, message, status)
}

function finishMessage(state: WriterState, message: OpenMessage, status: string): void {
  finishItem(state, message.index, messageItem(message.id, status, message.content))
}
