import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { type ChatRequest, EFFORTS, type OutputFormat } from '../../ir/request.ts'
import type { DecodeContext } from '../dialect.ts'
import { asksForUsage } from '../openai-choices.ts'
import {
  invalidField,
  present,
  readBoolean,
  readCount,
  readObject,
  readSampling,
  readStop,
  readText,
  readWord,
  unknownFields,
  unknownMembers,
} from '../openai-parameters.ts'
import { withPlaces } from '../places.ts'
import { optionalFlag, requireModel, requireObjectList, requireRoles } from '../request-fields.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { legacyMark } from './legacy-functions.ts'
import { Notes } from './notes.ts'
import { noteSettings } from './settings-notes.ts'

const KNOWN: ReadonlySet<string> = new Set(
  `messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
  metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
  prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream
  stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options`.split(
    /\s+/,
  ),
)

const KNOWN_MEMBERS = {
  stream_options: ['include_usage', 'include_obfuscation'],
  prompt_cache_options: ['mode', 'ttl'],
  response_format: ['type', 'json_schema'],
  'response_format.json_schema': ['name', 'description', 'schema', 'strict'],
}

const SERVICE_TIERS = ['auto', 'default', 'flex', 'priority', 'fast'] as const

/**
 * A Chat Completions request as ours. Throws `invalid_request`.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function decodeRequest(body: JsonObject, _context: DecodeContext): ChatRequest {
  const model = requireModel(body)
  requireObjectList(body, 'messages')
  requireRoles(body, 'messages')
  const notes = new Notes()
  const tools = decodeTools(body, notes)
  const messages = decodeMessages(body.messages as readonly unknown[], notes)
  const isLegacy = Array.isArray(body.functions) && body.functions.length > 0
  if (isLegacy) notes.add([legacyMark(body.functions)])
  noteSettings(body, tools, notes)
  notes.add(unknownFields(body, KNOWN, 'openai-chat'))
  notes.add(unknownMembers(body, KNOWN_MEMBERS, 'openai-chat'))
  // a client of the deprecated shape has room for one call
  const allowsParallelCalls = isLegacy ? false : readBoolean(body, 'parallel_tool_calls')
  const request: ChatRequest = {
    source: 'openai-chat',
    model,
    isStreaming: optionalFlag(body, 'stream'),
    messages,
    tools,
    ...present('toolChoice', decodeToolChoice(body, tools, notes)),
    ...(tools.length > 0 && present('allowsParallelCalls', allowsParallelCalls)),
    ...present(
      'maxOutputTokens',
      readCount(body, 'max_completion_tokens', 1) ?? readCount(body, 'max_tokens', 1),
    ),
    stopSequences: readStop(body),
    sampling: { ...readSampling(body), ...decodeLogprobs(body) },
    ...decodeEffort(body),
    ...present('format', decodeFormat(body)),
    ...present('verbosity', readWord(body, 'verbosity', ['low', 'medium', 'high'] as const)),
    ...present('serviceTier', decodeServiceTier(body)),
    ...decodeOwner(body),
    ...decodeCaching(body),
    ...present('isStored', readBoolean(body, 'store')),
    wantsStreamUsage: asksForUsage(body),
    extras: notes.extras,
  }
  return withPlaces(request, notes.places)
}

function decodeLogprobs(body: JsonObject): { readonly logprobs?: number } {
  const alternatives = readCount(body, 'top_logprobs')
  if (readBoolean(body, 'logprobs') === true) return { logprobs: alternatives ?? 0 }
  if (alternatives !== undefined && alternatives > 0)
    throw invalidField('top_logprobs', 'needs "logprobs": true')
  return {}
}

function decodeEffort(body: JsonObject): Pick<ChatRequest, 'reasoning'> {
  const effort = readWord(body, 'reasoning_effort', EFFORTS)
  return effort === undefined ? {} : { reasoning: { effort } }
}

function decodeServiceTier(body: JsonObject): ChatRequest['serviceTier'] {
  const tier = readText(body, 'service_tier')
  // `scale` and what may come are noted with the other settings
  return SERVICE_TIERS.find((known) => known === tier)
}

/** Whose request it is, and what the client wants to find it by. */
function decodeOwner(body: JsonObject): Pick<ChatRequest, 'metadata' | 'endUserId'> {
  const metadata = readObject(body, 'metadata')
  if (metadata !== undefined) {
    const wrong = Object.keys(metadata).find((key) => typeof metadata[key] !== 'string')
    if (wrong !== undefined) throw invalidField(`metadata.${wrong}`, 'must be a text')
  }
  return {
    ...(metadata !== undefined && { metadata: metadata as Readonly<Record<string, string>> }),
    ...present('endUserId', readText(body, 'safety_identifier') ?? readText(body, 'user')),
  }
}

function decodeCaching(body: JsonObject): Pick<ChatRequest, 'caching'> {
  const key = readText(body, 'prompt_cache_key')
  const options = readObject(body, 'prompt_cache_options')
  if (key === undefined && options === undefined) return {}
  return {
    caching: {
      ...present('key', key),
      ...(typeof options?.mode === 'string' && { isAutomatic: options.mode !== 'explicit' }),
      ...(typeof options?.ttl === 'string' && { lifetime: options.ttl === '12h' ? 'long' : 'short' }),
    },
  }
}

function decodeFormat(body: JsonObject): OutputFormat | undefined {
  const format = readObject(body, 'response_format')
  if (format === undefined) return undefined
  switch (format.type) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return decodeSchema(format)
    default:
      throw invalidField('response_format.type', 'must be text, json_object or json_schema')
  }
}

function decodeSchema(format: JsonObject): OutputFormat {
  const path = 'response_format.json_schema'
  const wire = readObject(format, 'json_schema', path)
  if (!isJsonObject(wire?.schema)) throw invalidField(`${path}.schema`, 'must be an object')
  const { schema, strict } = wire
  return {
    type: 'json-schema',
    ...present('name', readText(wire, 'name', `${path}.name`)),
    ...present('description', readText(wire, 'description', `${path}.description`)),
    schema,
    ...(typeof strict === 'boolean' && { isStrict: strict }),
  }
}
