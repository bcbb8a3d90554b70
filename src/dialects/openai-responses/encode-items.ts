import type { JsonObject } from '../../core/json.ts'
import type { Part, RefusalPart, TextPart, ToolCallPart } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'
import { encodeCallId } from './call-id.ts'
import { encodeCitation } from './citation.ts'
import { encodeInputPart, encodeText } from './encode-content.ts'
import { approximateOnce, dropOnce, type Encoding, loseBreakpoint, pathOf } from './encode-context.ts'
import { encodeResult } from './encode-result.ts'
import { refusalPart, textPart } from './output-parts.ts'

/** Messages as the items of `input`. @see https://platform.openai.com/docs/api-reference/responses/create (`input`) */
export function encodeItems(encoding: Encoding, messages: readonly Message[]): JsonObject[] {
  const items = messages.flatMap((message) => encodeMessage(encoding, message))
  return keepPairs(encoding, items)
}

function encodeMessage(encoding: Encoding, message: Message): JsonObject[] {
  switch (message.role) {
    case 'system': {
      const content = message.parts.map((part) => encodeText(encoding, part))
      return content.length === 0 ? [] : [{ type: 'message', role: message.authority ?? 'system', content }]
    }
    case 'user':
      if (message.name !== undefined) dropName(encoding)
      return encodeUser(encoding, message.parts)
    case 'assistant':
      if (message.name !== undefined) dropName(encoding)
      return encodeAssistant(encoding, message.parts, message.phase)
    default:
      return message satisfies never
  }
}

function dropName(encoding: Encoding): void {
  dropOnce(encoding, pathOf(encoding, 'messages'), 'openai-responses has no names of participants')
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

function encodeAssistant(
  encoding: Encoding,
  parts: readonly Part[],
  phase: string | undefined,
): JsonObject[] {
  const items: JsonObject[] = []
  let said: (TextPart | RefusalPart)[] = []
  const flush = () => {
    if (said.length > 0) items.push(encodeSaid(encoding, said, phase))
    said = []
  }
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') {
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
        pathOf(encoding, 'messages'),
        `openai-responses takes no ${part.type} in what the assistant said`,
      )
  }
}

/** Only what this API sealed itself goes back: it refuses everybody else's, and has no use for a text without its seal. */
function encodeReasoning(encoding: Encoding, part: Extract<Part, { type: 'reasoning' }>): JsonObject[] {
  const { carrier, text } = part
  if (carrier?.origin !== 'openai-responses' || carrier.payload === '') {
    approximateOnce(
      encoding,
      pathOf(encoding, 'messages'),
      'reasoning that the upstream did not make itself is left out',
    )
    return []
  }
  const summary = text === '' ? [] : [{ type: 'summary_text', text }]
  const id = carrier.itemId === undefined ? {} : { id: carrier.itemId }
  return [{ type: 'reasoning', ...id, summary, encrypted_content: carrier.payload }]
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
  dropOnce(encoding, pathOf(encoding, 'messages'), reason)
  return []
}

/** A reasoning item that nothing follows is refused upstream, so it goes with what it led to. */
function keepPairs(encoding: Encoding, items: readonly JsonObject[]): JsonObject[] {
  const kept: JsonObject[] = []
  for (const item of items.toReversed()) {
    if (item.type === 'reasoning' && !isOfAssistant(kept.at(-1))) {
      const reason = 'reasoning that led to nothing which is sent is left out'
      approximateOnce(encoding, pathOf(encoding, 'messages'), reason)
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
