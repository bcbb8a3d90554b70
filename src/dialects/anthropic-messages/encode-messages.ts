import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { placeOf, placeOfPhase } from '../places.ts'
import { CONTINUED, meansPrefill } from '../prefill.ts'
import {
  encodeAssistantPart,
  encodeParts,
  encodeSystemPart,
  encodeUserPart,
  isBlank,
  isOwn,
} from './content.ts'
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
    .flatMap(({ parts }) => encodeParts(parts, encoding, encodeSystemPart))
  const turns = encodeTurns(messages, lead, encoding)
  if (turns.length === 0) return systemAlone(system, encoding)
  beginWithUser(turns, encoding)
  endLegally(turns, encoding)
  return { system, messages: turns.map(({ role, blocks }) => ({ role, content: resultsFirst(blocks) })) }
}

function encodeTurns(messages: readonly Message[], lead: number, encoding: Encoding): Turn[] {
  const { request, report } = encoding
  const turns: Turn[] = []
  /** Images of an assistant's message, which may only stand in a user's. */
  let moved: { readonly from: Message; readonly blocks: readonly JsonObject[] }[] = []
  for (const [index, message] of messages.entries()) {
    if (index < lead) continue
    if (message.role === 'system') {
      addSystem(turns, { messages, message, index }, encoding)
      continue
    }
    if (message.name !== undefined)
      dropOnce(encoding, placeOf(request, message, 'name'), 'Anthropic has no names for speakers')
    if (message.role === 'assistant') {
      const { blocks, media } = encodeAssistant(message, encoding)
      addTurn(turns, 'assistant', blocks)
      if (media.length > 0) moved.push({ from: message, blocks: media })
      continue
    }
    const blocks = encodeParts(message.parts, encoding, encodeUserPart)
    if (blocks.length === 0 && index === messages.length - 1)
      report.refuse(placeOf(request, message), 'the last message is empty')
    addTurn(turns, 'user', [...moved.flatMap((media) => media.blocks), ...blocks])
    moved = []
  }
  const [unshown] = moved
  if (unshown !== undefined)
    report.refuse(placeOf(request, mediaOf(unshown.from)[0] ?? unshown.from), 'an answer may not hold images')
  return turns
}

function encodeAssistant(message: Message, encoding: Encoding) {
  const { request } = encoding
  const phased = message.parts.find((part) => 'phase' in part && part.phase !== undefined)
  if (phased !== undefined) dropOnce(encoding, placeOfPhase(request, phased), 'Anthropic has no phases')
  const shown = mediaOf(message)
  const [first] = shown
  if (first !== undefined) {
    const reason = 'images and documents of an answer were moved to the next user message'
    approximateOnce(encoding, placeOf(request, first), reason)
  }
  const spoken = message.parts.filter((part) => !shown.some((each) => each === part))
  return {
    blocks: encodeParts(spoken, encoding, encodeAssistantPart),
    media: encodeParts(shown, encoding, encodeUserPart),
  }
}

function mediaOf({ parts }: Message): Part[] {
  return (parts as readonly Part[]).filter(({ type }) => type === 'image' || type === 'document')
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
  readonly message: Message
  readonly index: number
}

/**
 * A system message in the middle. It may stand behind a user turn, or behind what the provider's own tools did, and only before an
 * answer; elsewhere, and for models that know no such thing, the user's turn says it.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/mid-conversation-system-messages
 */
function addSystem(turns: Turn[], { messages, message, index }: SystemPlace, encoding: Encoding): void {
  const blocks = encodeParts(message.parts, encoding, encodeSystemPart)
  const before = turns.at(-1)
  const next = messages.slice(index).find((each) => each.role !== 'system' && isSent(each))
  const mayStandHere =
    before !== undefined &&
    (before.role !== 'assistant' || endsInHostedResult(before)) &&
    next?.role !== 'user'
  if (encoding.target.capabilities.midSystem && mayStandHere) {
    addTurn(turns, 'system', blocks)
    return
  }
  const reason = "a system message in the middle became a marked text of the user's"
  approximateOnce(encoding, placeOf(encoding.request, message), reason)
  addTurn(turns, 'user', blocks.map(marked))
}

/** False for a message that nothing is left of. */
function isSent({ parts }: Message): boolean {
  return parts.some((part: Part) => (part.type === 'reasoning' ? isOwn(part) : !isBlank(part)))
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
  const { request, report } = encoding
  const last = system.at(-1)
  if (last === undefined)
    return report.refuse(clientPath(request.source, 'messages'), 'there is no message with anything in it')
  report.approximate(placeOf(request, request.messages.at(-1)), "the last system message became the user's")
  return { system: system.slice(0, -1), messages: [{ role: 'user', content: [last] }] }
}

function beginWithUser(turns: Turn[], encoding: Encoding): void {
  if (turns[0]?.role !== 'assistant') return
  const first = encoding.request.messages.find(({ role }) => role === 'assistant')
  const path = placeOf(encoding.request, first)
  encoding.report.approximate(path, 'a conversation must begin with the user: a note of that was put first')
  turns.unshift({ role: 'user', blocks: [{ type: 'text', text: NO_BEGINNING }] })
}

/** An answer that comes last is continued by older models, and refused by newer ones. */
function endLegally(turns: Turn[], encoding: Encoding): void {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  const { request, report, target } = encoding
  const message = request.messages.findLast(({ role }) => role === 'assistant')
  if (!target.capabilities.prefill)
    report.refuse(
      placeOf(request, message),
      'this model does not continue an assistant message that comes last',
    )
  if (!meansPrefill(request)) report.approximate(placeOf(request, message), CONTINUED)
  const block = last.blocks.at(-1)
  if (block?.type !== 'text' || typeof block.text !== 'string') return
  const text = block.text.trimEnd()
  if (text === block.text) return
  report.approximate(
    placeOf(request, message),
    'white space at the end of the message to continue was removed',
  )
  last.blocks[last.blocks.length - 1] = { ...block, text }
}
