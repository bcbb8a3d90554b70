import type { JsonObject } from '../../core/json.ts'
import type { TokenLogprob } from '../../ir/logprobs.ts'
import type { Carrier, Citation } from '../../ir/part.ts'
import { lose, loseQuote } from '../answer-losses.ts'
import { encodeTokensWithBytes, encodeTokensWithoutBytes } from '../openai-logprobs.ts'
import { encodeCitation } from './citation.ts'
import { TEXT_OWNER } from './decode-reasoning.ts'
import { refusalPart, textPart } from './output-parts.ts'
import { flushCall } from './write-call.ts'
import {
  addCarrierItem,
  addItem,
  type EndedText,
  finishItem,
  type OpenMessage,
  type OpenText,
  type WriterState,
} from './writer-state.ts'

/** One message holds a run of texts; each text is a content part of it. */
export function writeText(
  state: WriterState,
  part: OpenText,
  delta: string,
  logprobs: readonly TokenLogprob[] = [],
): void {
  for (const token of logprobs) part.logprobs.push(token)
  if (part.kind === 'refusal' && logprobs.length > 0)
    lose(state.context, 'dropped', 'log probabilities of a refusal have no place here')
  if (delta === '') return
  const { message, contentIndex } = placeOf(state, part)
  part.chunks.push(delta)
  if (part.kind === 'text') state.textLength += delta.length
  const tokens = part.kind === 'text' ? { logprobs: encodeTokensWithoutBytes(logprobs) } : {}
  state.emit(`${nameOf(part)}.delta`, { ...placeFields(message, contentIndex), delta, ...tokens })
}

export function writeCitation(state: WriterState, part: OpenText, citation: Citation): void {
  loseQuote(state.context, citation)
  placeOf(state, part)
  part.citations.push(citation)
}

/** A source that is named when its text is done already. The answer as a whole, which comes last, has it in its place. */
export function addLateCitation(
  { context, emit }: WriterState,
  { place, length }: EndedText,
  citation: Citation,
): void {
  loseQuote(context, citation)
  const { message, contentIndex, textBefore } = place
  const part = message.content[contentIndex]
  if (part === undefined || !Array.isArray(part.annotations)) return
  const annotation = encodeCitation(citation, textBefore, length)
  const annotation_index = part.annotations.length
  message.content[contentIndex] = { ...part, annotations: [...part.annotations, annotation] }
  emit(ANNOTATION_ADDED, { ...placeFields(message, contentIndex), annotation_index, annotation })
}

const ANNOTATION_ADDED = 'response.output_text.annotation.added'

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
    state.emit(ANNOTATION_ADDED, { ...fields, annotation_index, annotation })
  const isText = part.kind === 'text'
  const content = isText
    ? textPart(text, annotations, encodeTokensWithBytes(part.logprobs))
    : refusalPart(text)
  const said = isText ? { text, logprobs: encodeTokensWithoutBytes(part.logprobs) } : { refusal: text }
  state.emit(`${nameOf(part)}.done`, { ...fields, ...said })
  state.emit('response.content_part.done', { ...fields, part: content })
  message.content[contentIndex] = content
  message.openParts--
  if (message.isOver && message.openParts === 0) finishMessage(state, message, 'completed')
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
  const message = openMessage(state, part.phase)
  const contentIndex = message.content.length
  const empty = part.kind === 'refusal' ? refusalPart('') : textPart('')
  message.content.push(empty)
  message.openParts++
  state.emit('response.content_part.added', { ...placeFields(message, contentIndex), part: empty })
  part.place = { message, contentIndex, textBefore: state.textLength }
  return part.place
}

/** A message is said in one phase. */
function openMessage(state: WriterState, phase: string | undefined): OpenMessage {
  if (state.message !== undefined && state.message.phase !== phase) endMessage(state)
  if (state.message !== undefined) return state.message
  const content: JsonObject[] = []
  const place = addItem(state, 'msg', (id) => messageItem({ id, phase, content: [] }, 'in_progress'))
  state.message = { ...place, content, phase, openParts: 0, isOver: false }
  return state.message
}

function messageItem(
  { id, phase, content }: Pick<OpenMessage, 'id' | 'phase' | 'content'>,
  status: string,
): JsonObject {
  const item = { id, type: 'message', role: 'assistant', status, content }
  return phase === undefined ? item : { ...item, phase }
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
  finishItem(state, message.index, messageItem(message, status))
}
