import { type JsonObject, textOf } from '../../core/json.ts'
import { decodeTokens } from '../openai-logprobs.ts'
import { decodeCitation, PARAGRAPH } from './decode-output.ts'
import {
  itemKey,
  itemOf,
  nextId,
  type ReadCall,
  type ReaderState,
  type ReadMessage,
  type ReadReasoning,
  type ReadText,
} from './reader-state.ts'
import { DROPPED_CITATION } from './response.ts'

/** A piece of a text, of reasoning or of a call's input. */
export function addDelta(state: ReaderState, event: JsonObject): void {
  append(state, event, textOf(event.delta), 'piece')
}

/** The whole of one; what has come in pieces is not said again. */
export function addText(state: ReaderState, event: JsonObject): void {
  const whole = [event.text, event.refusal, event.arguments, event.input].find(
    (each) => typeof each === 'string',
  )
  append(state, event, textOf(whole), 'whole')
}

function append(state: ReaderState, event: JsonObject, text: string, extent: 'piece' | 'whole'): void {
  const key = itemKey(event)
  const type = textOf(event.type)
  if (type.startsWith('response.output_text') || type.startsWith('response.refusal')) {
    const kind = type.startsWith('response.refusal') ? 'refusal' : 'text'
    const part = textAt(state, messageAt(state, key), indexOf(event.content_index), kind)
    appendText(state, part, text, extent, event.logprobs)
  } else if (type.startsWith('response.reasoning_summary_text'))
    appendReasoning(state, reasoningAt(state, key), `s${indexOf(event.summary_index)}`, text, extent)
  else if (type.startsWith('response.reasoning_text'))
    appendReasoning(state, reasoningAt(state, key), `c${indexOf(event.content_index)}`, text, extent)
  else {
    const call = itemOf(state, key, 'call')
    if (call !== undefined) appendCall(state, call, text, extent)
  }
}

function indexOf(index: unknown): number {
  return typeof index === 'number' ? index : 0
}

/** Servers that forget to announce an item do send its texts. */
export function messageAt(state: ReaderState, key: string, phase?: string): ReadMessage {
  const known = itemOf(state, key, 'message')
  if (known !== undefined) return known
  const message: ReadMessage = { kind: 'message', phase, texts: new Map() }
  state.items.set(key, message)
  return message
}

export function reasoningAt(state: ReaderState, key: string): ReadReasoning {
  const known = itemOf(state, key, 'reasoning')
  if (known !== undefined) return known
  const reasoning: ReadReasoning = {
    kind: 'reasoning',
    id: undefined,
    lengths: new Map(),
    current: undefined,
  }
  state.items.set(key, reasoning)
  return reasoning
}

/** A content part; those before it are over where their server forgot to say so. */
export function textAt(
  state: ReaderState,
  { texts, phase }: ReadMessage,
  index: number,
  kind: ReadText['kind'],
): ReadText {
  const known = texts.get(index)
  if (known !== undefined) return known
  for (const other of texts.values()) closeText(state, other)
  const text: ReadText = {
    kind,
    phase,
    id: undefined,
    lastId: undefined,
    length: 0,
    tokens: 0,
    textBefore: 0,
    annotations: 0,
  }
  texts.set(index, text)
  return text
}

export function closeText(state: ReaderState, text: ReadText): void {
  if (text.id !== undefined) state.events.push({ type: `${text.kind}-end`, id: text.id })
  text.id = undefined
}

/** What of the text is still to be said: all of a piece, the rest of a whole. */
function restOf(text: string, length: number, extent: 'piece' | 'whole'): string {
  return extent === 'piece' ? text : text.slice(length)
}

export function appendText(
  state: ReaderState,
  part: ReadText,
  text: string,
  extent: 'piece' | 'whole',
  wireTokens: unknown,
): void {
  const rest = restOf(text, part.length, extent)
  if (rest === '' && part.id === undefined) return
  const tokens = decodeTokens(wireTokens)
  const logprobs = extent === 'piece' ? tokens : tokens?.slice(part.tokens)
  const hasTokens = logprobs !== undefined && logprobs.length > 0
  if (rest === '' && !hasTokens) return
  const id = part.id ?? openText(state, part)
  part.tokens += logprobs?.length ?? 0
  part.length += rest.length
  if (part.kind === 'text') state.textLength += rest.length
  else state.held = { ...state.held, hasRefusal: true }
  state.events.push({ type: `${part.kind}-delta`, id, text: rest, ...(hasTokens && { logprobs }) })
}

function openText(state: ReaderState, part: ReadText): string {
  const id = nextId(state, 't')
  part.id = id
  part.lastId = id
  part.textBefore = state.textLength
  state.events.push({
    type: `${part.kind}-start`,
    id,
    ...(part.phase !== undefined && { phase: part.phase }),
  })
  return id
}

export function appendReasoning(
  state: ReaderState,
  part: ReadReasoning,
  section: string,
  text: string,
  extent: 'piece' | 'whole',
): void {
  const length = part.lengths.get(section) ?? 0
  const rest = restOf(text, length, extent)
  if (rest === '') return
  const isNewParagraph = part.current !== undefined && part.current !== section
  const id = part.id ?? openReasoning(state, part, section.startsWith('s'))
  part.current = section
  part.lengths.set(section, length + rest.length)
  state.events.push({ type: 'reasoning-delta', id, text: isNewParagraph ? PARAGRAPH + rest : rest })
}

export function openReasoning(state: ReaderState, part: ReadReasoning, isSummary: boolean): string {
  const id = nextId(state, 'r')
  part.id = id
  state.events.push({ type: 'reasoning-start', id, ...(isSummary && { isSummary }) })
  return id
}

export function appendCall(
  state: ReaderState,
  call: ReadCall,
  text: string,
  extent: 'piece' | 'whole',
): void {
  const rest = restOf(text, call.length, extent)
  if (rest === '' || call.id === undefined) return
  call.length += rest.length
  state.events.push({ type: 'tool-call-delta', id: call.id, input: rest })
}

/** A summary of another number begins a paragraph even where it turns out to be the first to say something. */
export function addSummaryBreak(state: ReaderState, event: JsonObject): void {
  const part = event.part
  if (typeof part !== 'object' || part === null || !('text' in part)) return
  const section = `s${indexOf(event.summary_index)}`
  appendReasoning(state, reasoningAt(state, itemKey(event)), section, textOf(part.text), 'whole')
}

export function addAnnotation(state: ReaderState, event: JsonObject): void {
  const text = itemOf(state, itemKey(event), 'message')?.texts.get(indexOf(event.content_index))
  const annotation = event.annotation
  if (text === undefined || typeof annotation !== 'object' || annotation === null) return
  citeOnce(state, text, [annotation as JsonObject], text.annotations)
}

/** Passes on the annotations from `from` on; earlier ones have been. */
export function citeOnce(
  state: ReaderState,
  text: ReadText,
  annotations: readonly JsonObject[],
  from: number,
): void {
  for (const [index, annotation] of annotations.entries()) {
    if (from + index < text.annotations) continue
    text.annotations++
    const citation = decodeCitation(annotation, text.textBefore)
    if (citation !== undefined && text.lastId !== undefined)
      state.events.push({ type: 'text-citation', id: text.lastId, citation })
    else noteDropped(state)
  }
}

function noteDropped(state: ReaderState): void {
  if (state.hasDroppedCitation) return
  state.hasDroppedCitation = true
  state.events.push({ type: 'dropped', dropped: DROPPED_CITATION })
}
