import type { JsonObject } from '../../core/json.ts'
import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../ir/part.ts'
import type { ChatRequest, Message } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { keepPlace, placeOf, placeOfPhase } from '../places.ts'
import { encodePart, encodeResult } from './encode-parts.ts'
import type { Encoding } from './encoding.ts'
import { isOwn, SENTINEL } from './signature.ts'

export interface EncodedContents {
  readonly systemInstruction?: JsonObject
  readonly contents: readonly JsonObject[]
}

/** Neighbouring messages of one role: Gemini takes them as one content. */
interface Turn {
  readonly role: 'user' | 'model'
  readonly parts: Part[]
  /** A system message in the middle: kept apart from what the user said. */
  readonly isSystem: boolean
}

/** @see https://ai.google.dev/api/caching#Content */
export function encodeContents(encoding: Encoding): EncodedContents {
  const { request, report } = encoding
  const firstOther = request.messages.findIndex(({ role }) => role !== 'system')
  if (firstOther === -1) return encodeSystemOnly(encoding)
  const leading = request.messages.slice(0, firstOther).flatMap(({ parts }) => parts)
  const systemParts = leading.flatMap((part) =>
    part.type === 'text' && part.text !== '' ? [{ text: part.text }] : [],
  )
  const turns = groupTurns(encoding, firstOther)
  const callNames = namesOfCalls(encoding)
  const contents = turns.map(({ role, parts }) => ({
    role,
    parts: role === 'model' ? encodeStep(parts, encoding) : encodeUser(parts, callNames, encoding),
  }))
  const last = contents.at(-1)
  if (last?.role === 'user' && last.parts.length === 0)
    report.refuse(placeOf(request, request.messages.at(-1)), 'the message to answer is empty')
  const spoken = contents.filter(({ parts }) => parts.length > 0)
  if (spoken.length === 0) report.refuse(clientPath(request.source, 'messages'), 'every message is empty')
  return {
    ...(systemParts.length > 0 && { systemInstruction: { parts: systemParts } }),
    contents: startingWithUser(spoken, encoding),
  }
}

/** Gemini answers contents only, so instructions that stand alone become the question. */
function encodeSystemOnly({ request, report }: Encoding): EncodedContents {
  const parts = request.messages.flatMap((message) =>
    message.parts.flatMap((part) => (part.type === 'text' && part.text !== '' ? [{ text: part.text }] : [])),
  )
  if (parts.length === 0) report.refuse(clientPath(request.source, 'messages'), 'there is nothing to answer')
  report.approximate(
    placeOf(request, request.messages[0]),
    "instructions without any message are sent as the user's",
  )
  return { contents: [{ role: 'user', parts }] }
}

function startingWithUser(contents: readonly JsonObject[], encoding: Encoding): readonly JsonObject[] {
  if (contents[0]?.role !== 'model') return contents
  const first = encoding.request.messages.find(({ role }) => role === 'assistant')
  encoding.report.approximate(
    placeOf(encoding.request, first),
    'Gemini lets the user begin, so "..." is put before the first message',
  )
  return [{ role: 'user', parts: [{ text: '...' }] }, ...contents]
}

function groupTurns(encoding: Encoding, from: number): Turn[] {
  const { request } = encoding
  const turns: Turn[] = []
  for (const message of request.messages.slice(from)) {
    reportNames(message, encoding)
    const parts: readonly Part[] = message.parts
    const role = message.role === 'assistant' ? 'model' : 'user'
    const isSystem = message.role === 'system'
    const previous = turns.at(-1)
    if (previous !== undefined && previous.role === role && !isSystem && !previous.isSystem)
      previous.parts.push(...parts)
    else
      turns.push({
        role,
        parts: isSystem ? parts.map((part) => marked(part, request)) : [...parts],
        isSystem,
      })
    if (isSystem)
      encoding.approximateOnce(
        placeOf(request, message),
        'instructions amid the conversation are sent as marked text of the user',
      )
  }
  return turns
}

function marked(part: Part, request: ChatRequest): Part {
  if (part.type !== 'text') return part
  return keepPlace(request, { type: 'text', text: `[System instruction]\n${part.text}` }, part)
}

function reportNames(message: Message, { report, request }: Encoding): void {
  if (message.role === 'system') return
  if (message.name !== undefined)
    report.drop(placeOf(request, message, 'name'), 'Gemini knows no names of speakers')
  const phased = message.parts.find((part) => 'phase' in part && part.phase !== undefined)
  if (phased !== undefined) report.drop(placeOfPhase(request, phased), 'Gemini knows no phases')
}

function namesOfCalls({ request, names }: Encoding): ReadonlyMap<string, { name: string; order: number }> {
  const calls = request.messages.flatMap((message) => (message.parts as readonly Part[]).filter(isCall))
  return new Map(
    calls.map((call, order) => [call.callId, { name: names.encode(call.name, call.namespace), order }]),
  )
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call'
}

/** Results come first, in the order of their calls, as many as there were calls. */
function encodeUser(
  parts: readonly Part[],
  calls: ReadonlyMap<string, { name: string; order: number }>,
  encoding: Encoding,
): JsonObject[] {
  const orderOf = ({ callId }: ToolResultPart) => calls.get(callId)?.order ?? calls.size
  const results = parts.filter(isResult).toSorted((a, b) => orderOf(a) - orderOf(b))
  const encoded = results.map((part) => {
    const name = calls.get(part.callId)?.name ?? (part.name && encoding.names.encode(part.name))
    if (name) return encodeResult(part, name, encoding)
    const reason = `the tool result "${part.callId}" answers no call in the history`
    return encoding.report.refuse(placeOf(encoding.request, part), reason)
  })
  const rest = parts.flatMap((part) =>
    part.type === 'tool-result' || part.type === 'reasoning' ? [] : encodePart(part, encoding),
  )
  return [...encoded.map(({ result }) => result), ...encoded.flatMap(({ beside }) => beside), ...rest]
}

function isResult(part: Part): part is ToolResultPart {
  return part.type === 'tool-result'
}

/** One step of the model's: its thoughts, its text and the calls that it made at once. */
function encodeStep(parts: readonly Part[], encoding: Encoding): JsonObject[] {
  const loose = looseSignature(parts, encoding)
  const encoded = parts.flatMap((part): JsonObject[] => {
    if (part.type === 'reasoning')
      return part === loose ? encodeThought(part.text) : encodeReasoning(part, encoding)
    return part.type === 'tool-result' ? [] : encodePart(part, encoding)
  })
  return signFirstCall(encoded, loose, parts, encoding)
}

/**
 * Clients whose formats have no place for a signature on a call keep it in a reasoning part beside it. It belongs to the step's
 * first call, if that one came back unsigned.
 */
function looseSignature(parts: readonly Part[], { target }: Encoding): ReasoningPart | undefined {
  const first = parts.find(isCall)
  if (first === undefined || isOwn(first.carrier)) return undefined
  const signed = parts.flatMap((part) => (part.type === 'reasoning' && isOwn(part.carrier) ? [part] : []))
  return signed.find(({ text }) => text === '' || target.capabilities.requiresSignatures)
}

function encodeThought(text: string): JsonObject[] {
  return text === '' ? [] : [{ text, thought: true }]
}

function encodeReasoning(part: ReasoningPart, encoding: Encoding): JsonObject[] {
  const { carrier, text } = part
  if (isOwn(carrier)) {
    // Gemini itself puts a signature that belongs to no call on an empty text
    return text === ''
      ? [{ text, thoughtSignature: carrier.payload }]
      : [{ text, thought: true, thoughtSignature: carrier.payload }]
  }
  if (carrier === undefined && encoding.request.source === 'gemini') return encodeThought(text)
  encoding.tellHarmlessOnce(placeOf(encoding.request, part), 'reasoning of another model is left out')
  return []
}

function signFirstCall(
  encoded: JsonObject[],
  loose: ReasoningPart | undefined,
  parts: readonly Part[],
  encoding: Encoding,
): JsonObject[] {
  const index = encoded.findIndex((part) => part.functionCall !== undefined)
  const first = encoded[index]
  if (first === undefined || first.thoughtSignature !== undefined) return encoded
  if (loose?.carrier !== undefined)
    return encoded.with(index, { ...first, thoughtSignature: loose.carrier.payload })
  if (!encoding.target.capabilities.requiresSignatures) return encoded
  encoding.tellHarmlessOnce(
    placeOf(encoding.request, parts.find(isCall)),
    'a tool call without its thought signature is sent with the exemption from it',
  )
  return encoded.with(index, { ...first, thoughtSignature: SENTINEL })
}
