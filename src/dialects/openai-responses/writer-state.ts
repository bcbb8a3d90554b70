import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { TokenLogprob } from '../../ir/logprobs.ts'
import type { Carrier, Citation } from '../../ir/part.ts'
import type { Usage } from '../../ir/usage.ts'
import { wrapCarrier } from '../carrier.ts'
import { idToken, type ResponseHead } from './response-object.ts'

/** Takes the events of an answer in their order; whoever wants the whole answer only ignores them. */
export type Emit = (type: string, fields: JsonObject) => void

/** A message whose texts are being written. */
export interface OpenMessage {
  readonly id: string
  readonly index: number
  readonly content: JsonObject[]
  readonly phase: string | undefined
  openParts: number
  /** Something else has begun: the next text belongs to a message of its own. */
  isOver: boolean
}

export interface OpenText {
  readonly kind: 'text' | 'refusal'
  readonly phase: string | undefined
  readonly chunks: string[]
  readonly citations: Citation[]
  readonly logprobs: TokenLogprob[]
  /** Set with the first word: a text that says nothing makes no message. */
  place?: TextPlace
}

export interface TextPlace {
  readonly message: OpenMessage
  readonly contentIndex: number
  readonly textBefore: number
}

/** A text that is over, as far as sources that are named later need it. */
export interface EndedText {
  readonly place: TextPlace
  readonly length: number
}

export interface OpenReasoning {
  readonly kind: 'reasoning'
  readonly chunks: string[]
  place?: ItemPlace
}

export interface OpenCall {
  readonly kind: 'call'
  readonly place: ItemPlace
  readonly base: JsonObject
  readonly isCustom: boolean
  readonly chunks: string[]
}

export interface ItemPlace {
  readonly id: string
  readonly index: number
}

export type OpenPart = OpenText | OpenReasoning | OpenCall

export interface WriterState {
  readonly context: AnswerContext
  readonly emit: Emit
  head: ResponseHead | undefined
  isOver: boolean
  /** By output index; an item that is not done stands there as it was announced. */
  readonly output: JsonObject[]
  readonly open: Map<string, OpenPart>
  readonly ended: Map<string, EndedText>
  message: OpenMessage | undefined
  /** A call whose text is complete, but which the end of the answer may yet declare cut. */
  endedCall: OpenCall | undefined
  /** UTF-16 code units of all texts so far. */
  textLength: number
  usage: Usage | undefined
}

export function createWriterState(context: AnswerContext, emit: Emit): WriterState {
  return {
    context,
    emit,
    head: undefined,
    isOver: false,
    output: [],
    open: new Map(),
    ended: new Map(),
    message: undefined,
    endedCall: undefined,
    textLength: 0,
    usage: undefined,
  }
}

/** Announces an item at the next output index. */
export function addItem(state: WriterState, prefix: string, fields: (id: string) => JsonObject): ItemPlace {
  const index = state.output.length
  const id = `${prefix}_${idToken(state.context)}${index.toString(36).padStart(3, '0')}`
  const item = fields(id)
  state.output.push(item)
  state.emit('response.output_item.added', { output_index: index, item })
  return { id, index }
}

export function finishItem(state: WriterState, index: number, item: JsonObject): void {
  state.output[index] = item
  state.emit('response.output_item.done', { output_index: index, item })
}

/** A reasoning item without text, which brings back to us what another part's origin signed. */
export function addCarrierItem(state: WriterState, carrier: Carrier, owner: string): void {
  const place = addItem(state, 'rs', (id) => ({ id, type: 'reasoning', summary: [] }))
  const encrypted_content = wrapCarrier({ ...carrier, itemId: owner }, 'openai-responses')
  finishItem(state, place.index, { id: place.id, type: 'reasoning', summary: [], encrypted_content })
}
