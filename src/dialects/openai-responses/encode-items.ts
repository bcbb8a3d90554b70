import type { JsonObject } from '../../core/json.ts'
import type { Part, RefusalPart, TextPart, ToolCallPart } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'
import { keepPlace, placeOf } from '../places.ts'
import { encodeCallId } from './call-id.ts'
import { encodeCitation } from './citation.ts'
import { encodeInputPart, encodeText } from './encode-content.ts'
import {
  approximateOnce,
  dropOnce,
  type Encoding,
  loseBreakpoint,
  tellHarmlessOnce,
} from './encode-context.ts'
import { encodeResult } from './encode-result.ts'
import { refusalPart, textPart } from './output-parts.ts'

/** Messages as the items of `input`. @see https://platform.openai.com/docs/api-reference/responses/create (`input`) */
export function encodeItems(encoding: Encoding, messages: readonly Message[]): JsonObject[] {
  const items = messages.map((message) => encodeMessage(encoding, message))
  const last = messages.at(-1)
  if (last?.role === 'user' && items.at(-1)?.length === 0)
    encoding.report.refuse(placeOf(encoding.request, last), 'the last message is empty')
  return keepPairs(encoding, items.flat())
}

function encodeMessage(encoding: Encoding, message: Message): JsonObject[] {
  switch (message.role) {
    case 'system': {
      const content = message.parts.map((part) => encodeText(encoding, part))
      return content.length === 0 ? [] : [{ type: 'message', role: message.authority ?? 'system', content }]
    }
    case 'user':
      dropName(encoding, message)
      return encodeUser(encoding, message.parts)
    case 'assistant':
      dropName(encoding, message)
      return encodeAssistant(encoding, message.parts)
    default:
      return message satisfies never
  }
}

function dropName(encoding: Encoding, message: Message & { readonly name?: string }): void {
  if (message.name === undefined) return
  const path = placeOf(encoding.request, message, 'name')
  dropOnce(encoding, path, 'openai-responses has no names of participants')
}

/** Results are items of their own; what stands between them is a message. */
function encodeUser(encoding: Encoding, parts: readonly Part[]): JsonObject[] {
  const items: JsonObject[] = []
  let content: JsonObject[] = []
  const flush = () => {
    if (content.length > 0) items.push({ type: 'message', role: 'user', content })
    content = []
  }
  for (const part of parts) {
    if (part.type !== 'tool-result' && part.type !== 'hosted') {
      content.push(...encodeInputPart(encoding, part))
      continue
    }
    flush()
    if (part.type === 'tool-result') items.push(encodeResult(encoding, part))
    else items.push(...encodeHosted(encoding, part))
  }
  flush()
  return items
}

/** What is said in one go and one phase is one message. */
function encodeAssistant(encoding: Encoding, parts: readonly Part[]): JsonObject[] {
  const items: JsonObject[] = []
  let said: (TextPart | RefusalPart)[] = []
  const flush = () => {
    if (said.length > 0) items.push(encodeSaid(encoding, said, said[0]?.phase))
    said = []
  }
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') {
      if (said.length > 0 && said[0]?.phase !== part.phase) flush()
      said.push(part)
      continue
    }
    flush()
    items.push(...encodeDone(encoding, part))
  }
  flush()
  return items
}

function encodeSaid(
  encoding: Encoding,
  parts: readonly (TextPart | RefusalPart)[],
  phase: string | undefined,
): JsonObject {
  let offset = 0
  const content = parts.map((part) => {
    if (part.type === 'refusal') return refusalPart(part.text)
    loseBreakpoint(encoding, part.cache, 'what the assistant said')
    const before = offset
    offset += part.text.length
    const annotations = (part.citations ?? []).map((citation) =>
      encodeCitation(citation, before, part.text.length),
    )
    return textPart(part.text, annotations)
  })
  return { type: 'message', role: 'assistant', content, ...(phase !== undefined && { phase }) }
}

/** What the assistant did other than speak. */
function encodeDone(encoding: Encoding, part: Part): JsonObject[] {
  switch (part.type) {
    case 'reasoning':
      return encodeReasoning(encoding, part)
    case 'tool-call':
      return [encodeCall(encoding, part)]
    case 'hosted':
      return encodeHosted(encoding, part)
    default:
      return encoding.report.refuse(
        placeOf(encoding.request, part),
        `openai-responses takes no ${part.type} in what the assistant said`,
      )
  }
}

/** Only what this API sealed itself goes back: it refuses everybody else's, and has no use for a text without its seal. */
function encodeReasoning(encoding: Encoding, part: Extract<Part, { type: 'reasoning' }>): JsonObject[] {
  const { carrier, text } = part
  if (carrier?.origin !== 'openai-responses' || carrier.payload === '') {
    const reason = 'reasoning that the upstream did not make itself is left out'
    tellHarmlessOnce(encoding, placeOf(encoding.request, part), reason)
    return []
  }
  const summary = text === '' ? [] : [{ type: 'summary_text', text }]
  const id = carrier.itemId === undefined ? {} : { id: carrier.itemId }
  const item: JsonObject = { type: 'reasoning', ...id, summary, encrypted_content: carrier.payload }
  return [keepPlace(encoding.request, item, part)]
}

function encodeCall(encoding: Encoding, part: ToolCallPart): JsonObject {
  loseBreakpoint(encoding, part.cache, 'tool calls')
  const head = { call_id: encodeCallId(part.callId), name: encoding.names.encode(part.name) }
  const group = part.namespace === undefined ? {} : { namespace: part.namespace }
  if (part.kind === 'custom') return { type: 'custom_tool_call', ...head, ...group, input: part.input }
  return { type: 'function_call', ...head, ...group, arguments: part.input || '{}' }
}

/** A block of the upstream's own tools goes back as it was; nobody else's can be understood. */
function encodeHosted(encoding: Encoding, part: Extract<Part, { type: 'hosted' }>): JsonObject[] {
  if (part.dialect === 'openai-responses') return [part.wire]
  const reason = `openai-responses does not understand the work of the tools of ${part.dialect}`
  dropOnce(encoding, placeOf(encoding.request, part), reason)
  return []
}

/** A reasoning item that nothing follows is refused upstream, so it goes with what it led to. */
function keepPairs(encoding: Encoding, items: readonly JsonObject[]): JsonObject[] {
  const kept: JsonObject[] = []
  for (const item of items.toReversed()) {
    if (item.type === 'reasoning' && !isOfAssistant(kept.at(-1))) {
      const reason = 'reasoning that led to nothing which is sent is left out'
      approximateOnce(encoding, placeOf(encoding.request, item), reason)
      continue
    }
    kept.push(item)
  }
  return kept.reverse()
}

function isOfAssistant(item: JsonObject | undefined): boolean {
  if (item === undefined) return false
  if (item.type === 'message') return item.role === 'assistant'
  return typeof item.type === 'string' && (item.type === 'reasoning' || item.type.endsWith('_call'))
}
