import type { JsonObject } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Held } from './finish.ts'

/** A text of a message, begun with its first word. */
export interface ReadText {
  readonly kind: 'text' | 'refusal'
  readonly phase: string | undefined
  id: string | undefined
  /** Stays when the text has ended: its sources may be named later. */
  lastId: string | undefined
  /** Code units that were passed on. */
  length: number
  /** Tokens whose probabilities were passed on. */
  tokens: number
  /** Code units of the answer's text before it. */
  textBefore: number
  annotations: number
}

export interface ReadMessage {
  readonly kind: 'message'
  readonly phase: string | undefined
  readonly texts: Map<number, ReadText>
}

export interface ReadReasoning {
  readonly kind: 'reasoning'
  id: string | undefined
  /** Code units passed on of each summary and each text. */
  readonly lengths: Map<string, number>
  /** The part that spoke last; another one begins a paragraph. */
  current: string | undefined
}

export interface ReadCall {
  readonly kind: 'call'
  /** Undefined until the call's name is known. */
  id: string | undefined
  readonly isCustom: boolean
  length: number
}

export interface ReadHosted {
  readonly kind: 'hosted'
}

export type ReadItem = (ReadMessage | ReadReasoning | ReadCall | ReadHosted) & { isDone?: boolean }

export interface ReaderState {
  /** What the event at hand amounts to. */
  events: StreamEvent[]
  hasStarted: boolean
  upstreamId: string
  isOver: boolean
  readonly items: Map<string, ReadItem>
  readonly usedCallIds: Set<string>
  /** Parts so far, which number the ids. */
  parts: number
  textLength: number
  held: Held
  hasDroppedCitation: boolean
}

export function createReaderState(): ReaderState {
  return {
    events: [],
    hasStarted: false,
    upstreamId: '',
    isOver: false,
    items: new Map(),
    usedCallIds: new Set(),
    parts: 0,
    textLength: 0,
    held: { hasCall: false, hasRefusal: false },
    hasDroppedCitation: false,
  }
}

/** The item's place in the output. */
export function itemKey({ output_index }: JsonObject): string {
  return String(output_index)
}

export function nextId(state: ReaderState, prefix: string): string {
  return `${prefix}${state.parts++}`
}

export function itemOf<Kind extends ReadItem['kind']>(
  state: ReaderState,
  key: string,
  kind: Kind,
): (ReadItem & { kind: Kind }) | undefined {
  const item = state.items.get(key)
  return item?.kind === kind ? (item as ReadItem & { kind: Kind }) : undefined
}
