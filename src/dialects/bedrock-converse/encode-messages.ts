import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { keepPlace, placeOf, placeOfPhase } from '../places.ts'
import { CONTINUED, meansPrefill } from '../prefill.ts'
import { encodeParts } from './encode-content.ts'
import { approximateOnce, dropOnce, type Encoding } from './encoding.ts'

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: JsonObject[]
}

const NO_WORDS = '(A document is attached.)'
const NO_BEGINNING = '(The conversation begins with an earlier answer.)'

/** The system prompt as blocks, and the rest as turns that alternate, beginning with the user's. */
export function encodeMessages(encoding: Encoding): { system: JsonObject[]; messages: JsonObject[] } {
  const messages = moveMedia(encoding)
  const first = messages.findIndex(({ role }) => role !== 'system')
  const lead = first === -1 ? messages.length : first
  const system = messages.slice(0, lead).flatMap(({ parts }) => encodeParts(parts, encoding))
  const turns: Turn[] = []
  messages.forEach((message, index) => {
    if (index >= lead) addMessage(turns, message, index, encoding)
  })
  if (turns.length === 0) return systemAlone(system, encoding)
  beginWithUser(turns, encoding)
  endLegally(turns, encoding)
  speakOfDocuments(turns, encoding)
  return { system, messages: turns.map(({ role, content }) => ({ role, content: resultsFirst(content) })) }
}

/** What an answer showed may stand in a user's message only: the next one begins with it. */
function moveMedia(encoding: Encoding): readonly Message[] {
  const { request, report } = encoding
  let moved: Part[] = []
  const messages = request.messages.map((message): Message => {
    if (message.role === 'system') return message
    const said = message.parts.filter((part) => message.role === 'user' || !isMedia(part))
    const shown = message.parts.filter((part) => !said.includes(part))
    const parts = message.role === 'user' ? [...moved, ...said] : said
    moved = message.role === 'user' ? [] : [...moved, ...shown]
    const [first] = shown
    if (first !== undefined) {
      const reason = 'what an answer showed was moved to the next user message'
      approximateOnce(encoding, placeOf(request, first), reason)
    }
    return parts.length === message.parts.length
      ? message
      : keepPlace(request, { ...message, parts }, message)
  })
  const [unshown] = moved
  if (unshown !== undefined)
    report.refuse(placeOf(request, unshown), 'an answer may not hold images or documents')
  return messages
}

function isMedia({ type }: Part): boolean {
  return type === 'image' || type === 'document' || type === 'audio' || type === 'video'
}

function addMessage(turns: Turn[], message: Message, index: number, encoding: Encoding): void {
  const { request, report } = encoding
  const content = encodeParts(message.parts, encoding)
  if (message.role === 'system') {
    const reason = "a system message in the middle became a marked text of the user's"
    approximateOnce(encoding, placeOf(request, message), reason)
    addTurn(turns, 'user', content.map(marked))
    return
  }
  if (message.name !== undefined)
    dropOnce(encoding, placeOf(request, message, 'name'), 'Bedrock has no names for speakers')
  const phased = message.parts.find((part) => 'phase' in part && part.phase !== undefined)
  if (phased !== undefined) dropOnce(encoding, placeOfPhase(request, phased), 'Bedrock has no phases')
  if (content.length === 0 && message.role === 'user' && index === request.messages.length - 1)
    report.refuse(placeOf(request, message), 'the last message is empty')
  addTurn(turns, message.role, content)
}

/** One turn per speaker: results of one turn's calls must stand in a single message. */
function addTurn(turns: Turn[], role: Turn['role'], content: readonly JsonObject[]): void {
  if (content.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.content.push(...content)
  else turns.push({ role, content: [...content] })
}

function marked(block: JsonObject): JsonObject {
  if (typeof block.text !== 'string') return block
  return { text: `<system-message>\n${block.text}\n</system-message>` }
}

/** Where there are results they come first; a cache point stays behind what it stood behind. */
function resultsFirst(content: readonly JsonObject[]): JsonObject[] {
  const results: JsonObject[] = []
  const others: JsonObject[] = []
  let last = others
  for (const block of content) {
    if (!('cachePoint' in block)) last = 'toolResult' in block ? results : others
    last.push(block)
  }
  return [...results, ...others]
}

/** A prompt of nothing but instructions: Chat takes it, this format wants a user. */
function systemAlone(
  system: JsonObject[],
  encoding: Encoding,
): { system: JsonObject[]; messages: JsonObject[] } {
  const { request, report } = encoding
  if (system.length === 0)
    return report.refuse(clientPath(request.source, 'messages'), 'there is no message with anything in it')
  report.approximate(placeOf(request, request.messages[0]), "the system messages became the user's")
  return { system: [], messages: [{ role: 'user', content: system }] }
}

function beginWithUser(turns: Turn[], encoding: Encoding): void {
  if (turns[0]?.role !== 'assistant') return
  const first = encoding.request.messages.find(({ role }) => role === 'assistant')
  const path = placeOf(encoding.request, first)
  encoding.report.approximate(path, 'a conversation must begin with the user: a note of that was put first')
  turns.unshift({ role: 'user', content: [{ text: NO_BEGINNING }] })
}

/** A document needs words beside it. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
function speakOfDocuments(turns: readonly Turn[], encoding: Encoding): void {
  const { request } = encoding
  const silent = turns.filter(({ content }) => has(content, 'document') && !has(content, 'text'))
  for (const { content } of silent) content.push({ text: NO_WORDS })
  if (silent.length === 0) return
  const parts = request.messages.flatMap((message): readonly Part[] => message.parts)
  const document = parts.find(({ type }) => type === 'document')
  approximateOnce(encoding, placeOf(request, document), 'a document without words got a note beside it')
}

function has(content: readonly JsonObject[], key: string): boolean {
  return content.some((block) => key in block)
}

/** An answer that comes last is continued by some models, and refused by others. */
function endLegally(turns: Turn[], { request, report, target }: Encoding): void {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  const message = request.messages.findLast(({ role }) => role === 'assistant')
  if (!target.capabilities.prefill)
    report.refuse(
      placeOf(request, message),
      'this model does not continue an assistant message that comes last',
    )
  if (!meansPrefill(request)) report.approximate(placeOf(request, message), CONTINUED)
  const block = last.content.at(-1)
  if (typeof block?.text !== 'string' || block.text.trimEnd() === block.text) return
  report.approximate(
    placeOf(request, message),
    'white space at the end of the message to continue was removed',
  )
  last.content[last.content.length - 1] = { text: block.text.trimEnd() }
}
