import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Carrier, Part, ReasoningPart, TextPart, ToolCallPart } from '../../ir/part.ts'
import { unwrapCarrier } from '../carrier.ts'
import { invalidField, present, readObject, readText } from '../openai-parameters.ts'
import type { MemberNames, Places } from '../places.ts'
import { decodeAnnotations, decodeSaidContent } from './decode-content.ts'
import type { Notes } from './notes.ts'
import { decodeReasoningDetails, type PlacedReasoning } from './reasoning-details.ts'

const CALL_NAMES: MemberNames = { input: 'function.arguments' }
const CUSTOM_CALL_NAMES: MemberNames = { input: 'custom.input' }
const LEGACY_CALL_NAMES: MemberNames = { input: 'arguments' }

/**
 * An assistant message's parts: what was said and called, with its reasoning where it stood. `legacyId` names the call of a deprecated
 * `function_call`, which has no id of its own.
 */
export function decodeAssistant(
  message: JsonObject,
  path: string,
  legacyId: (name: string) => string,
  notes: Notes,
): Part[] {
  const { places } = notes
  const calls = [
    ...decodeToolCalls(message, path, places),
    ...decodeFunctionCall(message, path, places, legacyId),
  ]
  const details = decodeReasoningDetails(
    message.reasoning_details,
    { path: `${path}.reasoning_details`, places },
    new Set(calls.map((call) => call.callId)),
  )
  const proven = calls.map((call) => places.keep(prove(call, details.callCarriers.get(call.callId)), call))
  const said = [...signText(decodeSaid(message, path, notes), details.textCarrier, path, places), ...proven]
  if (message.audio !== undefined && message.audio !== null) notes.contract(`${path}.audio`, message.audio)
  const shown = details.reasoning.some(({ part }) => part.text !== '')
    ? []
    : decodeShownReasoning(message, path, places)
  return placeReasoning([...shown, ...details.reasoning], said)
}

/** Everything but calls and reasoning. An empty text says nothing, but for one that a proof belongs to. */
function decodeSaid(message: JsonObject, path: string, notes: Notes): Part[] {
  const parts = decodeSaidContent(message.content, `${path}.content`, notes)
  const said = typeof message.content === 'string' && message.content === '' ? [] : parts
  const refusal = readText(message, 'refusal', `${path}.refusal`)
  const citations = decodeAnnotations(message.annotations)
  const cited =
    citations.length === 0
      ? said
      : citeText(said, notes.places.note(citations, `${path}.annotations`), notes.places)
  if (refusal === undefined || refusal === '') return cited
  return [...cited, notes.places.note({ type: 'refusal', text: refusal }, `${path}.refusal`)]
}

// offsets count from the beginning of the whole text, so that any of its parts may carry them
function citeText(
  parts: readonly Part[],
  citations: NonNullable<TextPart['citations']>,
  places: Places,
): Part[] {
  const first = parts.findIndex((part) => part.type === 'text')
  return parts.map((part, index) =>
    index === first && part.type === 'text' ? places.keep({ ...part, citations }, part) : part,
  )
}

function signText(
  parts: readonly Part[],
  carrier: Carrier | undefined,
  path: string,
  places: Places,
): Part[] {
  if (carrier === undefined) return [...parts]
  const last = parts.findLastIndex((part) => part.type === 'text')
  if (last === -1)
    return [...parts, places.note({ type: 'text', text: '', carrier }, `${path}.reasoning_details`)]
  return parts.map((part, index) =>
    index === last && part.type === 'text' ? places.keep({ ...part, carrier }, part) : part,
  )
}

function decodeToolCalls(message: JsonObject, path: string, places: Places): ToolCallPart[] {
  const calls = message.tool_calls
  if (calls === undefined || calls === null) return []
  if (!Array.isArray(calls)) throw invalidField(`${path}.tool_calls`, 'must be a list')
  return calls.map((call: unknown, index) => {
    const at = `${path}.tool_calls[${index}]`
    if (!isJsonObject(call)) throw invalidField(at, 'must be an object')
    return places.note(decodeToolCall(call, at), at, call.type === 'custom' ? CUSTOM_CALL_NAMES : CALL_NAMES)
  })
}

function decodeToolCall(call: JsonObject, path: string): ToolCallPart {
  const callId = requireText(call, 'id', path)
  const carrier = present('carrier', signatureOf(call))
  if (call.type === 'custom') {
    const custom = readObject(call, 'custom', `${path}.custom`) ?? {}
    const name = requireText(custom, 'name', `${path}.custom`)
    const input = readText(custom, 'input', `${path}.custom.input`) ?? ''
    return { type: 'tool-call', callId, name, input, kind: 'custom', ...carrier }
  }
  const declared = readObject(call, 'function', `${path}.function`) ?? {}
  const name = requireText(declared, 'name', `${path}.function`)
  return { type: 'tool-call', callId, name, input: argumentsOf(declared), kind: 'function', ...carrier }
}

function decodeFunctionCall(
  message: JsonObject,
  path: string,
  places: Places,
  legacyId: (name: string) => string,
): ToolCallPart[] {
  const at = `${path}.function_call`
  const call = readObject(message, 'function_call', at)
  if (call === undefined) return []
  const name = requireText(call, 'name', at)
  const part: ToolCallPart = {
    type: 'tool-call',
    callId: legacyId(name),
    name,
    input: argumentsOf(call),
    kind: 'function',
  }
  return [places.note(part, at, LEGACY_CALL_NAMES)]
}

/** JSON text, byte for byte; some clients keep the object that they parsed it to. */
function argumentsOf(call: JsonObject): string {
  const { arguments: input } = call
  if (typeof input === 'string') return input
  return input === undefined || input === null ? '' : JSON.stringify(input)
}

/** Where Google's own Chat endpoint puts a thought signature. @see https://ai.google.dev/gemini-api/docs/openai */
function signatureOf(call: JsonObject): Carrier | undefined {
  const { extra_content: extra } = call
  const google = isJsonObject(extra) && isJsonObject(extra.google) ? extra.google : {}
  const { thought_signature: signature } = google
  if (typeof signature !== 'string' || signature === '') return undefined
  return unwrapCarrier(signature, 'gemini', 'thought-signature')
}

function prove(call: ToolCallPart, carrier: Carrier | undefined): ToolCallPart {
  return call.carrier !== undefined || carrier === undefined ? call : { ...call, carrier }
}

/** Reasoning in the other spellings that clients send: litellm's blocks, or the bare text. */
function decodeShownReasoning(message: JsonObject, path: string, places: Places): PlacedReasoning[] {
  const blocks = message.thinking_blocks
  if (Array.isArray(blocks) && blocks.length > 0) {
    return blocks.flatMap((block: unknown, index) => {
      const part = isJsonObject(block) ? decodeThinkingBlock(block) : undefined
      if (part === undefined) return []
      return { part: places.note(part, `${path}.thinking_blocks[${index}]`), position: undefined }
    })
  }
  const text = message.reasoning_content ?? message.reasoning
  if (typeof text !== 'string' || text === '') return []
  const name = text === message.reasoning_content ? 'reasoning_content' : 'reasoning'
  return [{ part: places.note({ type: 'reasoning', text }, `${path}.${name}`), position: undefined }]
}

function decodeThinkingBlock(block: JsonObject): ReasoningPart | undefined {
  if (block.type === 'redacted_thinking' && typeof block.data === 'string') {
    const carrier = unwrapCarrier(block.data, 'anthropic-messages', 'redacted')
    return { type: 'reasoning', text: '', carrier }
  }
  if (block.type !== 'thinking' || typeof block.thinking !== 'string') return undefined
  const { thinking: text, signature } = block
  if (typeof signature !== 'string' || signature === '') return { type: 'reasoning', text }
  return { type: 'reasoning', text, carrier: unwrapCarrier(signature, 'anthropic-messages', 'signature') }
}

/** Reasoning goes back to where it stood among the parts; without a position, before everything else. */
function placeReasoning(reasoning: readonly PlacedReasoning[], said: readonly Part[]): Part[] {
  const parts: Part[] = []
  const rest = [...said].reverse()
  for (const { part, position } of reasoning) {
    while (position !== undefined && parts.length < position) {
      const next = rest.pop()
      if (next === undefined) break
      parts.push(next)
    }
    parts.push(part)
  }
  return [...parts, ...rest.reverse()]
}

function requireText(wire: JsonObject, key: string, path: string): string {
  const text = readText(wire, key, `${path}.${key}`)
  if (text === undefined || text === '') throw invalidField(`${path}.${key}`, 'must be a non-empty text')
  return text
}
