import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { encodeAssistantPart, encodeParts, encodeSystemPart, encodeUserPart } from './content.ts'
import { approximateOnce, dropOnce, type Encoding } from './encoding.ts'

interface Turn {
  readonly role: Message['role']
  readonly blocks: JsonObject[]
}

const NO_BEGINNING = '(The conversation begins with an earlier answer.)'

/** The system prompt as blocks, and the rest of the conversation as turns that alternate the way the format demands. */
export function encodeMessages(encoding: Encoding): { system: JsonObject[]; messages: JsonObject[] } {
  const { messages } = encoding.request
  const first = messages.findIndex((message) => message.role !== 'system')
  const lead = first === -1 ? messages.length : first
  const system = messages
    .slice(0, lead)
    .flatMap((message, index) => encodeSystem(message, pathOf(encoding, index), encoding))
  const turns = encodeTurns(messages, lead, encoding)
  if (turns.length === 0) return systemAlone(system, encoding)
  beginWithUser(turns, encoding)
  endLegally(turns, encoding)
  return { system, messages: turns.map(({ role, blocks }) => ({ role, content: resultsFirst(blocks) })) }
}

/** Anthropic and Gemini keep their system prompt outside the list of messages. */
function pathOf({ request }: Encoding, index: number): string {
  const isApart = request.source === 'anthropic-messages' || request.source === 'gemini'
  const shift = isApart && request.messages[0]?.role === 'system' ? 1 : 0
  if (index < shift) return clientPath(request.source, 'system')
  return `${clientPath(request.source, 'messages')}[${index - shift}]`
}

function partPath({ request }: Encoding, messagePath: string): (index: number) => string {
  const name = request.source === 'gemini' ? 'parts' : 'content'
  return (index) => `${messagePath}.${name}[${index}]`
}

function encodeSystem(message: Message, path: string, encoding: Encoding): JsonObject[] {
  return encodeParts(message.parts, partPath(encoding, path), encoding, encodeSystemPart)
}

function encodeTurns(messages: readonly Message[], lead: number, encoding: Encoding): Turn[] {
  const turns: Turn[] = []
  /** Images of an assistant's message, which may only stand in a user's. */
  let moved: JsonObject[] = []
  for (const [index, message] of messages.entries()) {
    if (index < lead) continue
    const path = pathOf(encoding, index)
    if (message.role === 'system') {
      addSystem(turns, { messages, index, path }, encoding)
      continue
    }
    if (message.name !== undefined) dropOnce(encoding, `${path}.name`, 'Anthropic has no names for speakers')
    if (message.role === 'assistant') {
      if (message.phase !== undefined) dropOnce(encoding, `${path}.phase`, 'Anthropic has no phases')
      const { blocks, media } = encodeAssistant(message, path, encoding)
      addTurn(turns, 'assistant', blocks)
      moved.push(...media)
      continue
    }
    const blocks = encodeParts(message.parts, partPath(encoding, path), encoding, encodeUserPart)
    if (blocks.length === 0 && index === messages.length - 1)
      encoding.report.refuse(path, 'the last message is empty')
    addTurn(turns, 'user', [...moved, ...blocks])
    moved = []
  }
  if (moved.length > 0)
    encoding.report.refuse(clientPath(encoding.request.source, 'messages'), 'an answer may not hold images')
  return turns
}

function encodeAssistant(message: Message, path: string, encoding: Encoding) {
  const pathOfPart = partPath(encoding, path)
  const isMedia = (type: string) => type === 'image' || type === 'document'
  const spoken = message.parts.filter((part) => !isMedia(part.type))
  const shown = message.parts.filter((part) => isMedia(part.type))
  if (shown.length > 0)
    approximateOnce(encoding, path, 'images and documents of an answer were moved to the next user message')
  return {
    blocks: encodeParts(spoken, pathOfPart, encoding, encodeAssistantPart),
    media: encodeParts(shown, pathOfPart, encoding, encodeUserPart),
  }
}

/** One turn per speaker: results of one turn's calls must stand in a single message. */
function addTurn(turns: Turn[], role: Turn['role'], blocks: readonly JsonObject[]): void {
  if (blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.blocks.push(...blocks)
  else turns.push({ role, blocks: [...blocks] })
}

interface SystemPlace {
  readonly messages: readonly Message[]
  readonly index: number
  readonly path: string
}

/**
 * A system message in the middle. It may stand behind a user turn, or behind what the provider's own tools did, and only before an
 * answer; elsewhere, and for models that know no such thing, the user's turn says it.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/mid-conversation-system-messages
 */
function addSystem(turns: Turn[], { messages, index, path }: SystemPlace, encoding: Encoding): void {
  const blocks = encodeSystem(messages[index] ?? { role: 'system', parts: [] }, path, encoding)
  const before = turns.at(-1)
  const next = messages.slice(index).find((message) => message.role !== 'system')
  const mayStandHere =
    before !== undefined &&
    (before.role !== 'assistant' || endsInHostedResult(before)) &&
    next?.role !== 'user'
  if (encoding.target.capabilities.midSystem && mayStandHere) {
    addTurn(turns, 'system', blocks)
    return
  }
  approximateOnce(encoding, path, "a system message in the middle became a marked text of the user's")
  addTurn(turns, 'user', blocks.map(marked))
}

function endsInHostedResult({ blocks }: Turn): boolean {
  const type = blocks.at(-1)?.type
  return typeof type === 'string' && type.endsWith('_tool_result')
}

function marked(block: JsonObject): JsonObject {
  return { ...block, text: `<system-message>\n${String(block.text)}\n</system-message>` }
}

function resultsFirst(blocks: readonly JsonObject[]): JsonObject[] {
  const isResult = (block: JsonObject) => block.type === 'tool_result'
  return [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))]
}

/** A prompt of nothing but instructions: Chat takes it, this format wants a user. */
function systemAlone(
  system: JsonObject[],
  encoding: Encoding,
): { system: JsonObject[]; messages: JsonObject[] } {
  const path = clientPath(encoding.request.source, 'messages')
  const last = system.at(-1)
  if (last === undefined) return encoding.report.refuse(path, 'there is no message with anything in it')
  encoding.report.approximate(path, "the last system message became the user's")
  return { system: system.slice(0, -1), messages: [{ role: 'user', content: [last] }] }
}

function beginWithUser(turns: Turn[], encoding: Encoding): void {
  if (turns[0]?.role !== 'assistant') return
  const path = clientPath(encoding.request.source, 'messages')
  encoding.report.approximate(path, 'a conversation must begin with the user: a note of that was put first')
  turns.unshift({ role: 'user', blocks: [{ type: 'text', text: NO_BEGINNING }] })
}

/** An answer that comes last is continued by older models, and refused by newer ones. */
function endLegally(turns: Turn[], encoding: Encoding): void {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  const path = `${clientPath(encoding.request.source, 'messages')}[${encoding.request.messages.length - 1}]`
  if (!encoding.target.capabilities.prefill)
    encoding.report.refuse(path, 'this model does not continue an assistant message that comes last')
  const block = last.blocks.at(-1)
  if (block?.type !== 'text' || typeof block.text !== 'string') return
  const text = block.text.trimEnd()
  if (text === block.text) return
  encoding.report.approximate(path, 'white space at the end of the message to continue was removed')
  last.blocks[last.blocks.length - 1] = { ...block, text }
}
