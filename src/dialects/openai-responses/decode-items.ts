import type { JsonObject } from '../../core/json.ts'
import type { Part, TextPart, ToolResultPart } from '../../ir/part.ts'
import type { Extra, Message, Tool } from '../../ir/request.ts'
import type { MemberNames, Places } from '../places.ts'
import { decodeInputContent } from './content.ts'
import { Conversation } from './conversation.ts'
import { decodeImage, decodeMessageContent, objectsOf } from './decode-output.ts'
import { decodeReasoningItem } from './decode-reasoning.ts'
import { optionalObjects, optionalText, refuseField, requireName, requireText } from './fields.ts'
import { given } from './given.ts'
import { decodeTools, namespaceOf } from './tools.ts'

export interface DecodedItems {
  readonly messages: readonly Message[]
  /** Tools that the conversation itself offers, from some item on. */
  readonly tools: readonly Tool[]
  readonly extras: readonly Extra[]
}

interface Reading {
  readonly places: Places
  readonly conversation: Conversation
  readonly tools: Tool[]
  readonly extras: Extra[]
}

const CALL_NAMES: MemberNames = { input: 'arguments' }
const CUSTOM_CALL_NAMES: MemberNames = { input: 'input' }

/** An `input` that is a text and nothing else. */
export function decodeQuestion(text: string, places: Places): DecodedItems {
  const parts: Part[] = text === '' ? [] : [places.note({ type: 'text', text }, 'input')]
  return { messages: [places.note({ role: 'user', parts }, 'input')], tools: [], extras: [] }
}

/**
 * The items of a conversation as messages: what the assistant said and did in one go is one message, results stand right behind the calls
 * that they answer. Throws `invalid_request` with the path of the item at fault.
 * @see https://platform.openai.com/docs/api-reference/responses/create (`input`)
 */
export function decodeItems(items: readonly JsonObject[], places: Places): DecodedItems {
  const reading: Reading = { places, conversation: new Conversation(places), tools: [], extras: [] }
  for (const [index, item] of items.entries()) decodeItem(reading, item, `input[${index}]`)
  return { messages: reading.conversation.messages(), tools: reading.tools, extras: reading.extras }
}

function decodeItem(reading: Reading, item: JsonObject, path: string): void {
  const { conversation, places } = reading
  noteFileDetails(reading, item, path)
  switch (item.type ?? 'message') {
    case 'message':
      decodeMessage(reading, item, path)
      return
    case 'function_call':
    case 'custom_tool_call':
      noteCaller(reading, item, path)
      conversation.addAssistant([decodeCall(item, path, places)], path)
      return
    case 'function_call_output':
    case 'custom_tool_call_output':
      noteCaller(reading, item, path)
      conversation.addResult(places.note(decodeResult(item, path, places), path))
      return
    case 'reasoning':
      decodeReasoningItem({ conversation, places }, item, path)
      return
    case 'additional_tools':
      decodeAdditionalTools(reading, item, path)
      return
    default:
      decodeOtherItem(reading, item, path)
  }
}

/** How closely to look at the pages of a file: a matter of this API alone. */
function noteFileDetails({ extras }: Reading, item: JsonObject, path: string): void {
  const key = Array.isArray(item.output) ? 'output' : 'content'
  for (const [index, part] of objectsOf(item[key]).entries()) {
    const { type, detail } = part
    if (type !== 'input_file' || typeof detail !== 'string' || detail === 'auto') continue
    const at = `${path}.${key}[${index}].detail`
    extras.push({ dialect: 'openai-responses', path: at, value: detail, weight: 'hint' })
  }
}

function decodeMessage({ conversation, extras, places }: Reading, item: JsonObject, path: string): void {
  const content = `${path}.content`
  switch (item.role) {
    case 'user':
      conversation.addUser(decodeInputContent(item, 'content', content, places), path)
      return
    case 'assistant':
      conversation.addAssistant(
        decodeSaid(item, content, places, optionalText(item, 'phase', `${path}.phase`)),
        path,
      )
      return
    case 'system':
    case 'developer': {
      const parts = decodeInputContent(item, 'content', content, places)
      const other = parts.findIndex((part) => part.type !== 'text')
      if (other !== -1)
        extras.push({
          dialect: 'openai-responses',
          path: `${content}[${other}]`,
          value: parts[other],
          weight: 'contract',
        })
      const texts = parts.filter((part): part is TextPart => part.type === 'text')
      conversation.addSystem(places.note({ role: 'system', parts: texts, authority: item.role }, path))
      return
    }
    default:
      refuseField(`${path}.role`, 'must be user, assistant, system or developer')
  }
}

function decodeSaid(item: JsonObject, path: string, places: Places, phase: string | undefined): Part[] {
  if (typeof item.content === 'string') {
    if (item.content === '') return []
    return [places.note({ type: 'text', text: item.content, ...given({ phase }) }, path)]
  }
  if (item.content === undefined || item.content === null) return refuseField(path, 'is missing')
  const content = optionalObjects(item, 'content', path)
  const other = content.findIndex((part) => !SAID.has(part.type))
  if (other !== -1) refuseField(`${path}[${other}].type`, 'is nothing that an assistant message may hold')
  return decodeMessageContent(content, 0, phase, (part, index) => {
    places.note(part, `${path}[${index}]`, SAID_NAMES)
  })
}

const SAID_NAMES: MemberNames = { citations: 'annotations' }

const SAID: ReadonlySet<unknown> = new Set(['output_text', 'refusal', 'input_text', 'text'])

function decodeCall(item: JsonObject, path: string, places: Places): Part {
  const isCustom = item.type === 'custom_tool_call'
  const key = isCustom ? 'input' : 'arguments'
  const namespace = optionalText(item, 'namespace', `${path}.namespace`)
  const part: Part = {
    type: 'tool-call',
    callId: requireName(item, 'call_id', `${path}.call_id`),
    name: requireName(item, 'name', `${path}.name`),
    input: requireText(item, key, `${path}.${key}`),
    kind: isCustom ? 'custom' : 'function',
    ...given({ namespace }),
  }
  return places.note(part, path, isCustom ? CUSTOM_CALL_NAMES : CALL_NAMES)
}

function decodeResult(item: JsonObject, path: string, places: Places): ToolResultPart {
  const content = decodeInputContent(item, 'output', `${path}.output`, places)
  const name = optionalText(item, 'name', `${path}.name`)
  const sound = content.findIndex((part) => part.type === 'audio')
  if (sound !== -1)
    refuseField(`${path}.output[${sound}].type`, 'is nothing that the output of a tool may hold')
  return {
    type: 'tool-result',
    callId: requireName(item, 'call_id', `${path}.call_id`),
    content: content.filter((part) => part.type !== 'audio'),
    isError: false,
    kind: item.type === 'custom_tool_call_output' ? 'custom' : 'function',
    ...given({ name }),
  }
}

/** Calls made by a program that the provider runs mean nothing without the program. */
function noteCaller({ extras }: Reading, item: JsonObject, path: string): void {
  const caller = item.caller
  if (typeof caller !== 'object' || caller === null || !('type' in caller) || caller.type === 'direct') return
  extras.push({
    dialect: 'openai-responses',
    path: `${path}.caller`,
    value: caller,
    weight: 'contract',
  })
}

function decodeAdditionalTools(reading: Reading, item: JsonObject, path: string): void {
  const { conversation, tools, extras, places } = reading
  const decoded = decodeTools(item, `${path}.tools`, places)
  for (const tool of decoded.tools) replaceTool(tools, tool)
  extras.push(...decoded.extras)
  // offered before anybody spoke they are simply the tools; later ones are moved to the front
  if (conversation.hasTurns)
    extras.push({ dialect: 'openai-responses', path, value: item.type, weight: 'hint' })
}

/** A tool that is offered again takes the place of the earlier one. */
export function replaceTool(tools: Tool[], tool: Tool): void {
  const index = tools.findIndex((each) => isSameTool(each, tool))
  if (index === -1) tools.push(tool)
  else tools[index] = tool
}

function isSameTool(one: Tool, other: Tool): boolean {
  if (one.type === 'hosted' || other.type === 'hosted') {
    return one.type === other.type && JSON.stringify(one) === JSON.stringify(other)
  }
  return one.name === other.name && namespaceOf(one) === namespaceOf(other)
}

/** Items that change what the model knows or does: without them the answer would be another one. */
const ESSENTIAL: ReadonlySet<unknown> = new Set([
  'item_reference',
  'configuration_update',
  'compaction',
  'compaction_trigger',
  'program',
  'program_output',
])

const OF_THE_USER: ReadonlySet<unknown> = new Set([
  'computer_call_output',
  'local_shell_call_output',
  'shell_call_output',
  'apply_patch_call_output',
  'mcp_approval_response',
])

/** What only this API knows stays as it is, at its place; pictures that the model made are known everywhere. */
function decodeOtherItem({ conversation, extras, places }: Reading, item: JsonObject, path: string): void {
  if (typeof item.type !== 'string') refuseField(`${path}.type`, 'must be a text')
  const image = decodeImage(item)
  if (image !== undefined) {
    conversation.addAssistant([places.note(image, path)], path)
    return
  }
  const part: Part = places.note({ type: 'hosted', dialect: 'openai-responses', wire: item }, path)
  if (ESSENTIAL.has(item.type))
    extras.push({ dialect: 'openai-responses', path, value: item, weight: 'contract' })
  if (OF_THE_USER.has(item.type)) conversation.addUser([part], path)
  else conversation.addAssistant([part], path)
}
