import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Part, TextPart } from '../../ir/part.ts'
import type { ChatRequest, Extra, Message } from '../../ir/request.ts'
import type { DecodeContext } from '../dialect.ts'
import { Places, withPlaces } from '../places.ts'
import { createHistoryCallIds } from './call-ids.ts'
import { decodeParts } from './content.ts'
import { extra, extrasOf } from './extras.ts'
import { decodeConfig } from './generation-config.ts'
import { flagIn, memberOf, messageIn, messagesIn, type ProtoMessage, reject, textIn } from './proto-json.ts'
import { decodeThinking } from './thinking.ts'
import { decodeTools } from './tools.ts'

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'labels',
  'serviceTier',
  'store',
])

const NOTHING: ProtoMessage = { fields: {}, path: 'generationConfig' }

const TIERS: Readonly<Record<string, NonNullable<ChatRequest['serviceTier']>>> = {
  standard: 'default',
  flex: 'flex',
  priority: 'priority',
}

/**
 * A `generateContent` request, in camelCase or snake_case, as ours. The URL names the model and says whether to stream.
 * @see https://ai.google.dev/api/generate-content
 */
export function decodeRequest(body: JsonObject, context: DecodeContext): ChatRequest {
  const root: ProtoMessage = { fields: body, path: '' }
  const generation = messageIn(root, 'generationConfig') ?? NOTHING
  const { extras: configExtras, ...config } = decodeConfig(generation)
  const reasoning = decodeThinking(generation)
  const places = new Places()
  const { extras: toolExtras, ...offered } = decodeTools(root, places)
  const partExtras: Extra[] = []
  const messages = [...decodeSystem(root, places), ...decodeContents(root, partExtras, places)]
  const request: ChatRequest = {
    source: 'gemini',
    model: modelOf(root, context),
    isStreaming: context.isStreaming ?? false,
    messages,
    ...offered,
    ...config,
    ...(reasoning !== undefined && { reasoning }),
    ...decodeSettings(root),
    wantsStreamUsage: true,
    extras: [...extrasOf(root, KNOWN), ...tierExtras(root), ...configExtras, ...toolExtras, ...partExtras],
  }
  return withPlaces(request, places)
}

function modelOf(root: ProtoMessage, context: DecodeContext): string {
  const model = (context.model ?? textIn(root, 'model') ?? '').replace(/^models\//, '')
  return model === '' ? reject('model', 'is missing: the path names the model that should answer') : model
}

function decodeSettings(root: ProtoMessage): Pick<ChatRequest, 'serviceTier' | 'isStored' | 'metadata'> {
  const serviceTier = TIERS[textIn(root, 'serviceTier')?.toLowerCase() ?? '']
  const isStored = flagIn(root, 'store')
  const labels = messageIn(root, 'labels')
  return {
    ...(serviceTier !== undefined && { serviceTier }),
    ...(isStored !== undefined && { isStored }),
    ...(labels !== undefined && { metadata: decodeLabels(labels) }),
  }
}

/** A tier that has no name elsewhere; one that is left open asks for nothing. */
function tierExtras(root: ProtoMessage): Extra[] {
  const tier = textIn(root, 'serviceTier')
  if (tier === undefined || /^$|unspecified$/i.test(tier) || TIERS[tier.toLowerCase()] !== undefined)
    return []
  return [extra(memberOf(root, 'serviceTier')?.path ?? 'serviceTier', tier, 'hint')]
}

function decodeLabels(labels: ProtoMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels.fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : reject(`${labels.path}.${key}`, 'must be text'),
    ]),
  )
}

function decodeSystem(root: ProtoMessage, places: Places): Message[] {
  const system = messageIn(root, 'systemInstruction')
  if (system === undefined) return []
  const parts = messagesIn(system, 'parts').map((part): TextPart => {
    const text = textIn(part, 'text') ?? reject(part.path, 'must be text: instructions hold nothing else')
    return places.note({ type: 'text', text }, part.path)
  })
  return parts.length === 0 ? [] : [places.note({ role: 'system', parts }, system.path)]
}

/** A message that later contents may still add to. */
interface OpenMessage {
  readonly role: 'user' | 'assistant'
  readonly parts: Part[]
  /** Of the first content in it. */
  readonly path: string
}

function decodeContents(root: ProtoMessage, extras: Extra[], places: Places): Message[] {
  const ids = createHistoryCallIds()
  const messages: OpenMessage[] = []
  contentsOf(root).forEach((content, turn) => {
    const role = isModelTurn(content) ? 'model' : 'user'
    const message = openMessage(messages, role, content.path)
    decodeParts(messagesIn(content, 'parts'), { role, ids, turn, extras, places }, message.parts)
    extras.push(...extrasOf(content, new Set(['role', 'parts'])))
  })
  return messages.map(({ role, parts, path }) =>
    places.note({ role, parts: role === 'user' ? resultsFirst(parts) : parts }, path),
  )
}

/** Neighbouring contents of the model are one turn, and so is everything that answers its calls. */
function openMessage(messages: OpenMessage[], role: 'user' | 'model', path: string): OpenMessage {
  const last = messages.at(-1)
  const isModel = role === 'model'
  if (last?.role === 'assistant' && isModel) return last
  if (last?.role === 'user' && !isModel && last.parts.some(({ type }) => type === 'tool-result')) return last
  const message: OpenMessage = { role: isModel ? 'assistant' : 'user', parts: [], path }
  messages.push(message)
  return message
}

function contentsOf(root: ProtoMessage): ProtoMessage[] {
  const member = memberOf(root, 'contents')
  const isEmpty = Array.isArray(member?.value) && member.value.length === 0
  if (member === undefined || isEmpty) return reject('contents', 'must be a list with at least one entry')
  // a request may hold its contents as plain text parts, `{"parts": […]}`, without the list around them
  if (!Array.isArray(member.value) && !isJsonObject(member.value))
    return reject(member.path, 'must be a list of contents')
  return messagesIn(root, 'contents')
}

/** Results once came in the role `function`; a content without a role is the user's. */
function isModelTurn(content: ProtoMessage): boolean {
  const role = textIn(content, 'role') ?? 'user'
  if (role === 'model') return true
  if (role === 'user' || role === 'function' || role === '') return false
  throw new GatewayError('invalid_request', `"${content.path}.role" must be user or model.`, {
    path: `${content.path}.role`,
  })
}

function resultsFirst(parts: readonly Part[]): readonly Part[] {
  const results = parts.filter((part) => part.type === 'tool-result')
  return results.length === 0 ? parts : [...results, ...parts.filter((part) => part.type !== 'tool-result')]
}
