import type { JsonObject } from '../../core/json.ts'
import type { TextPart } from '../../ir/part.ts'
import type { ChatRequest, Message } from '../../ir/request.ts'
import type { DecodeContext } from '../dialect.ts'
import { withPlaces } from '../places.ts'
import { optionalFlag, requireModel, requireObjectList, requireRoles } from '../request-fields.ts'
import { decodeCache } from './cache-control.ts'
import { decodeContent, decodeSystemContent } from './decode-content.ts'
import { decodeFormat, decodeReasoning, decodeSampling, decodeTier } from './decode-settings.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { ExtraList, saysSomething } from './extra-list.ts'
import { ID } from './id.ts'
import { countAt, invalid, listAt, objectAt, optional, textAt } from './wire-fields.ts'

/** @see https://docs.anthropic.com/en/api/versioning */
const VERSIONS = ['2023-01-01', '2023-06-01', '2026-10-21']

/** Claude Code's first system block: it differs with every build, means nothing to a model and would spoil a prompt cache. */
const BILLING_HEADER = 'x-anthropic-billing-header:'

const DECODED_FIELDS: ReadonlySet<string> = new Set(
  `model max_tokens messages system tools tool_choice thinking output_config output_format temperature top_p top_k
  stop_sequences stream metadata service_tier speed cache_control`.split(/\s+/),
)

/** Without these the client would get something else than it asked for; whatever else is unknown is a hint. */
const CONTRACTS: ReadonlySet<string> = new Set([
  'container',
  'inference_geo',
  'mcp_servers',
  'thread',
  'compaction',
])

/** A Messages request, or one to count its tokens. @see https://docs.anthropic.com/en/api/messages */
export function decodeRequest(body: JsonObject, context: DecodeContext): ChatRequest {
  checkVersion(context.headers['anthropic-version'])
  const model = context.model ?? requireModel(body)
  const isStreaming = context.isStreaming ?? optionalFlag(body, 'stream')
  const extras = new ExtraList()
  const tools = decodeTools(body.tools, { path: 'tools', extras })
  const toolChoice = decodeToolChoice(optional(body, 'tool_choice', objectAt), tools, extras)
  const reasoning = decodeReasoning(body, extras)
  const format = decodeFormat(body, extras)
  const serviceTier = decodeTier(body, extras)
  const endUserId = decodeUserId(body, extras)
  const maxOutputTokens = optional(body, 'max_tokens', countAt)
  const messages = decodeMessages(body, extras)
  noteOtherFields(body, extras)
  const request: ChatRequest = {
    source: ID,
    model,
    isStreaming,
    messages,
    tools,
    ...toolChoice,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    stopSequences: decodeStopSequences(body),
    sampling: decodeSampling(body),
    ...(reasoning !== undefined && { reasoning }),
    ...(format !== undefined && { format }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(endUserId !== undefined && { endUserId }),
    ...decodeCaching(body),
    wantsStreamUsage: true,
    extras: extras.extras,
  }
  return withPlaces(request, extras.places)
}

function checkVersion(version: string | string[] | undefined): void {
  if (version === undefined || (typeof version === 'string' && VERSIONS.includes(version))) return
  throw invalid('anthropic-version', `is none of ${VERSIONS.join(', ')}`)
}

function decodeMessages(body: JsonObject, extras: ExtraList): Message[] {
  requireObjectList(body, 'messages')
  requireRoles(body, 'messages')
  const messages = listAt(body.messages, 'messages').map((entry, index) =>
    decodeMessage(objectAt(entry, `messages[${index}]`), `messages[${index}]`, extras),
  )
  const parts = decodeSystem(body.system, extras)
  if (parts.length === 0) return messages
  return [extras.places.note({ role: 'system', parts }, 'system'), ...messages]
}

function decodeSystem(system: unknown, extras: ExtraList): TextPart[] {
  if (system === undefined || system === null || system === '') return []
  const parts = decodeSystemContent(system, { path: 'system', extras })
  const [first, ...rest] = parts
  if (first === undefined || !first.text.startsWith(BILLING_HEADER)) return parts
  extras.hint('system[0]', first.text)
  return rest
}

function decodeMessage(message: JsonObject, path: string, extras: ExtraList): Message {
  const place = { path: `${path}.content`, extras }
  switch (message.role) {
    case 'user':
    case 'assistant':
      return extras.places.note(
        { role: message.role, parts: decodeContent(message.content, place) } satisfies Message,
        path,
      )
    case 'system':
      return decodeSystemMessage(message, path, extras)
    default:
      throw invalid(`${path}.role`, 'must be "user", "assistant" or "system"')
  }
}

/** In the middle of a conversation. Whether it is a text or a list with a breakpoint, it becomes the same, so that caches stay valid. */
function decodeSystemMessage(message: JsonObject, path: string, extras: ExtraList): Message {
  const { clear_at: clearAt } = message
  if (saysSomething(clearAt) && clearAt !== 'never') extras.contract(`${path}.clear_at`, clearAt)
  // the effort counts among the request's settings
  for (const [key, value] of Object.entries(optional(message, 'output_config', objectAt) ?? {})) {
    if (key !== 'effort' && saysSomething(value)) extras.contract(`${path}.output_config.${key}`, value)
  }
  const { places } = extras
  const parts = decodeSystemContent(message.content ?? [], { path: `${path}.content`, extras }).map(
    (part) => {
      const { cache, ...rest } = part
      if (cache !== undefined) extras.hint(places.pathOf(part, 'cache') ?? path, cache)
      return places.keep(rest, part)
    },
  )
  return places.note({ role: 'system', parts }, path)
}

function decodeStopSequences(body: JsonObject): string[] {
  const list = optional(body, 'stop_sequences', listAt) ?? []
  return list.map((text, index) => textAt(text, `stop_sequences[${index}]`))
}

function decodeUserId(body: JsonObject, extras: ExtraList): string | undefined {
  const metadata = optional(body, 'metadata', objectAt)
  if (metadata === undefined) return undefined
  extras.hintOthers(metadata, new Set(['user_id']), 'metadata')
  return optional(metadata, 'user_id', textAt, 'metadata.user_id')
}

function decodeCaching(body: JsonObject): Pick<ChatRequest, 'caching'> {
  const cache = decodeCache(body)
  return cache === undefined ? {} : { caching: { isAutomatic: true, ...cache } }
}

function noteOtherFields(body: JsonObject, extras: ExtraList): void {
  for (const [key, value] of Object.entries(body)) {
    if (DECODED_FIELDS.has(key) || !saysSomething(value)) continue
    if (CONTRACTS.has(key)) extras.contract(key, value)
    else extras.hint(key, value)
  }
}
