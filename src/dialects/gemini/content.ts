import type { Carrier, Part, ReasoningPart, ToolCallPart } from '../../ir/part.ts'
import type { Extra } from '../../ir/request.ts'
import type { MemberNames, Places } from '../places.ts'
import type { HistoryCallIds } from './call-ids.ts'
import { extra, extrasOf } from './extras.ts'
import { decodeFunctionResponse } from './function-response.ts'
import { decodeFileData, decodeInlineData } from './media.ts'
import { asMessage, flagIn, memberOf, messageIn, type ProtoMessage, reject, textIn } from './proto-json.ts'
import { signatureIn } from './signature.ts'

const PART_FIELDS: ReadonlySet<string> = new Set([
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
  'mediaResolution',
])

/** Google's own tools at work: only Gemini understands these. */
const HOSTED = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'] as const

type NamesByType = Readonly<Partial<Record<Part['type'], MemberNames>>>

const MEMBER_NAMES: NamesByType = {
  image: { detail: 'mediaResolution' },
  'tool-call': { input: 'functionCall.args' },
  'tool-result': { isError: 'functionResponse.response' },
}
const SNAKE_CASE_NAMES: NamesByType = {
  image: { detail: 'media_resolution' },
  'tool-call': { input: 'function_call.args' },
  'tool-result': { isError: 'function_response.response' },
}

const INLINE_NAMES: MemberNames = { filename: 'inlineData.displayName' }
const FILE_NAMES: MemberNames = { filename: 'fileData.displayName' }

export interface PartContext {
  readonly role: 'user' | 'model'
  readonly ids: HistoryCallIds
  /** The index of the content that the part stands in. */
  readonly turn: number
  readonly extras: Extra[]
  readonly places: Places
}

/**
 * The parts of one content, each as one of ours. Those of a model's turn go behind what the turn has said so far, since clients keep
 * an answer as the chunks that it came in: neighbouring pieces are one part, empty ones none. A foreign proof of reasoning that we
 * put on a function call, where every client of Gemini's keeps it, becomes a reasoning part of its own again.
 * @see https://ai.google.dev/api/caching#Part
 */
export function decodeParts(parts: readonly ProtoMessage[], context: PartContext, turn: Part[]): void {
  for (const wire of parts) {
    context.extras.push(...extrasOf(wire, PART_FIELDS))
    const part = decodePart(wire, context)
    context.places.note(part, wire.path, namesOf(part, wire))
    context.extras.push(...unsaidResolution(wire, part))
    if (context.role === 'model') addToTurn(turn, part, context.places)
    else turn.push(part)
  }
}

/** A resolution that is no detail: a medium one, or that of a film or a document. */
function unsaidResolution(wire: ProtoMessage, part: Part): Extra[] {
  const resolution = memberOf(wire, 'mediaResolution')
  if (resolution === undefined || (part.type === 'image' && part.detail !== undefined)) return []
  const level = textIn(asMessage(resolution.value, resolution.path), 'level') ?? ''
  return /^$|UNSPECIFIED$/.test(level) ? [] : [extra(resolution.path, resolution.value, 'hint')]
}

function namesOf({ type }: Part, { fields }: ProtoMessage): MemberNames | undefined {
  if (type === 'document') return fields.inlineData === undefined ? FILE_NAMES : INLINE_NAMES
  const isSnakeCase =
    'function_call' in fields || 'function_response' in fields || 'media_resolution' in fields
  return (isSnakeCase ? SNAKE_CASE_NAMES : MEMBER_NAMES)[type]
}

function addToTurn(turn: Part[], part: Part, places: Places): void {
  const before = turn.at(-1)
  const { carrier } = part.type === 'tool-call' ? part : {}
  if (part.type === 'tool-call' && carrier !== undefined && carrier.origin !== 'gemini') {
    turn.splice(-1, 1, ...withReasoning(before, carrier, part, places))
  } else if (part.type === 'text' && part.text === '' && part.carrier === undefined) {
    return
  } else turn.splice(before === undefined ? 0 : -1, 1, ...joined(before, part, places))
}

/** A signature closes the part that it stands on. One on an empty text stays where Gemini put it. */
function joined(before: Part | undefined, part: Part, places: Places): Part[] {
  if (before === undefined) return [part]
  if (before.type === 'reasoning' && part.type === 'reasoning' && before.carrier === undefined)
    return [places.keep({ ...before, ...part, text: before.text + part.text }, before)]
  const isPlain = before.type === 'text' && part.type === 'text' && !before.carrier && !part.carrier
  return isPlain ? [places.keep({ ...before, text: before.text + part.text }, before)] : [before, part]
}

function withReasoning(
  before: Part | undefined,
  carrier: Carrier,
  call: ToolCallPart,
  places: Places,
): Part[] {
  const { carrier: _, ...rest } = call
  const unsigned = places.keep(rest, call)
  const proof: Part = places.keep({ type: 'reasoning', text: '', carrier }, call)
  if (before?.type !== 'reasoning') return [...listOf(before), proof, unsigned]
  if (before.carrier === undefined) return [places.keep({ ...before, carrier }, before), unsigned]
  if (before.carrier.payload === carrier.payload) return [before, unsigned]
  return [before, proof, unsigned]
}

function listOf(part: Part | undefined): Part[] {
  return part === undefined ? [] : [part]
}

function decodePart(wire: ProtoMessage, context: PartContext): Part {
  const call = messageIn(wire, 'functionCall')
  if (call !== undefined) return decodeCall(call, wire, context)
  const response = messageIn(wire, 'functionResponse')
  if (response !== undefined) {
    const callId = context.ids.ofResult(textIn(response, 'id'), textIn(response, 'name'), context.turn)
    context.extras.push(...extrasOf(response, new Set(['id', 'name', 'response', 'parts'])))
    return decodeFunctionResponse(response, callId, context.places)
  }
  const inline = messageIn(wire, 'inlineData')
  if (inline !== undefined) return decodeInlineData(inline, wire)
  const file = messageIn(wire, 'fileData')
  if (file !== undefined) return decodeFileData(file, wire)
  if (HOSTED.some((name) => memberOf(wire, name) !== undefined))
    return { type: 'hosted', dialect: 'gemini', wire: wire.fields }
  return decodeText(wire)
}

function decodeText(wire: ProtoMessage): Part {
  const text = textIn(wire, 'text')
  const carrier = signatureIn(wire)
  const isThought = flagIn(wire, 'thought') === true
  if (text === undefined && carrier === undefined)
    return reject(wire.path, 'holds none of text, inlineData, fileData, functionCall and functionResponse')
  const part = { text: text ?? '', ...(carrier !== undefined && { carrier }) }
  return isThought ? ({ type: 'reasoning', ...part } satisfies ReasoningPart) : { type: 'text', ...part }
}

function decodeCall(call: ProtoMessage, wire: ProtoMessage, { ids, turn }: PartContext): ToolCallPart {
  const name = textIn(call, 'name') ?? reject(`${call.path}.name`, 'is missing')
  const args = memberOf(call, 'args')
  const input = args === undefined ? {} : asMessage(args.value, args.path).fields
  const carrier = signatureIn(wire)
  return {
    type: 'tool-call',
    callId: ids.ofCall(textIn(call, 'id'), name, turn),
    name,
    input: JSON.stringify(input),
    kind: 'function',
    ...(carrier !== undefined && { carrier }),
  }
}
