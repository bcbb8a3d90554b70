import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Part, ToolResultPart } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'
import { invalidField, present, readText } from '../openai-parameters.ts'
import type { MemberNames } from '../places.ts'
import { decodeAssistant } from './decode-assistant.ts'
import { decodeContent, decodeTexts } from './decode-content.ts'
import { legacyCallId } from './legacy-functions.ts'
import type { Notes } from './notes.ts'

const KNOWN_FIELDS: ReadonlySet<string> = new Set(
  `role content name refusal audio tool_calls tool_call_id function_call annotations reasoning_content reasoning reasoning_details
  thinking_blocks`.split(/\s+/),
)

const MESSAGE_NAMES: MemberNames = { name: 'name' }

interface Conversation {
  readonly messages: Message[]
  /** How each call of the conversation was made, by its id. */
  readonly kinds: Map<string, 'function' | 'custom'>
  /** The last call of each deprecated function that has no result yet, by the function's name. */
  readonly openCalls: Map<string, string>
  readonly notes: Notes
}

/**
 * Chat's messages as ours. Tool messages that stand together become one user message of results, and a user message right behind them
 * joins it. Throws `invalid_request`.
 */
export function decodeMessages(wire: readonly unknown[], notes: Notes): Message[] {
  const conversation: Conversation = { messages: [], kinds: new Map(), openCalls: new Map(), notes }
  wire.forEach((entry, index) => {
    if (!isJsonObject(entry)) throw invalidField(`messages[${index}]`, 'must be an object')
    decodeMessage(conversation, entry, index)
  })
  return conversation.messages
}

function decodeMessage(conversation: Conversation, wire: JsonObject, index: number): void {
  const { messages, notes } = conversation
  const path = `messages[${index}]`
  noteUnknownFields(wire, path, notes)
  switch (wire.role) {
    case 'system':
    case 'developer': {
      if (typeof wire.name === 'string') notes.hint(`${path}.name`, wire.name)
      const parts = decodeTexts(wire.content, `${path}.content`, notes)
      messages.push(notes.places.note({ role: 'system', parts, authority: wire.role }, path))
      return
    }
    case 'user':
      addUser(conversation, wire, path)
      return
    case 'assistant': {
      const parts = decodeTurn(conversation, wire, index)
      const message: Message = { role: 'assistant', parts, ...nameOf(wire, path) }
      messages.push(notes.places.note(message, path, MESSAGE_NAMES))
      return
    }
    case 'tool':
      addResult(conversation, decodeResult(conversation, wire, path), path)
      return
    case 'function':
      addResult(conversation, decodeFunctionResult(conversation, wire, index), path)
      return
    default:
      throw invalidField(`${path}.role`, 'must be system, developer, user, assistant, tool or function')
  }
}

function decodeTurn({ kinds, openCalls, notes }: Conversation, wire: JsonObject, index: number): Part[] {
  const legacyId = (name: string) => {
    const callId = legacyCallId(index, name)
    openCalls.set(name, callId)
    return callId
  }
  const parts = decodeAssistant(wire, `messages[${index}]`, legacyId, notes)
  for (const part of parts) if (part.type === 'tool-call') kinds.set(part.callId, part.kind)
  return parts
}

function decodeResult({ kinds, notes }: Conversation, wire: JsonObject, path: string): ToolResultPart {
  const callId = readText(wire, 'tool_call_id', `${path}.tool_call_id`)
  if (callId === undefined || callId === '')
    throw invalidField(`${path}.tool_call_id`, 'is missing: name the call that this answers')
  const kind = kinds.get(callId) ?? 'function'
  const name = typeof wire.name === 'string' && wire.name !== '' ? { name: wire.name } : {}
  return {
    type: 'tool-result',
    callId,
    ...name,
    content: resultContent(wire, path, notes),
    isError: false,
    kind,
  }
}

function decodeFunctionResult(
  { openCalls, notes }: Conversation,
  wire: JsonObject,
  index: number,
): ToolResultPart {
  const path = `messages[${index}]`
  const name = readText(wire, 'name', `${path}.name`)
  if (name === undefined) throw invalidField(`${path}.name`, 'is missing: name the function')
  const callId = openCalls.get(name) ?? legacyCallId(index, name)
  openCalls.delete(name)
  const content = resultContent(wire, path, notes)
  return { type: 'tool-result', callId, name, content, isError: false, kind: 'function' }
}

/**
 * An empty result is an empty list, not an empty text: some formats refuse those. OpenAI itself takes text only, but other formats show
 * images and files, and clients of other servers send them.
 */
function resultContent(wire: JsonObject, path: string, notes: Notes): ToolResultPart['content'] {
  if (wire.content === '') return []
  const parts = decodeContent(wire.content, `${path}.content`, notes)
  return parts.filter((part) => {
    if (part.type === 'text' || part.type === 'image' || part.type === 'document') return true
    notes.contract(notes.places.pathOf(part) ?? `${path}.content`, part.type)
    return false
  }) as ToolResultPart['content'][number][]
}

function addResult({ messages, notes }: Conversation, result: ToolResultPart, path: string): void {
  const last = messages.at(-1)
  const part = notes.places.note(result, path)
  const isJoined = last?.role === 'user' && isOnlyResults(last.parts)
  const message: Message = isJoined
    ? { ...last, parts: [...last.parts, part] }
    : { role: 'user', parts: [part] }
  messages.splice(isJoined ? -1 : messages.length, 1, notes.places.note(message, path))
}

function addUser({ messages, notes }: Conversation, wire: JsonObject, path: string): void {
  const parts = decodeContent(wire.content, `${path}.content`, notes)
  const last = messages.at(-1)
  const isJoined = last?.role === 'user' && isOnlyResults(last.parts)
  const message: Message = {
    role: 'user',
    parts: isJoined ? [...last.parts, ...parts] : parts,
    ...nameOf(wire, path),
  }
  messages.splice(isJoined ? -1 : messages.length, 1, notes.places.note(message, path, MESSAGE_NAMES))
}

function isOnlyResults(parts: readonly Part[]): boolean {
  return parts.length > 0 && parts.every((part) => part.type === 'tool-result')
}

function nameOf(wire: JsonObject, path: string): { readonly name?: string } {
  return present('name', readText(wire, 'name', `${path}.name`))
}

function noteUnknownFields(wire: JsonObject, path: string, notes: Notes): void {
  for (const [key, value] of Object.entries(wire)) {
    if (!KNOWN_FIELDS.has(key) && value !== null && value !== undefined) notes.hint(`${path}.${key}`, value)
  }
}
