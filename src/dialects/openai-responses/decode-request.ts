import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import { type ChatRequest, EFFORTS, type Message, type OutputFormat, type Tool } from '../../ir/request.ts'
import type { DecodeContext } from '../dialect.ts'
import { Places, withPlaces } from '../places.ts'
import { optionalFlag, requireModel } from '../request-fields.ts'
import { decodeLifetime } from './content.ts'
import { collectExtras, SERVICE_TIERS } from './decode-extras.ts'
import { type DecodedItems, decodeItems, decodeQuestion, replaceTool } from './decode-items.ts'
import {
  optionalBoolean,
  optionalChoice,
  optionalCount,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalObjects,
  optionalText,
  refuseField,
  requireName,
} from './fields.ts'
import { given } from './given.ts'
import { decodeToolChoice, decodeTools, refuseSameNames } from './tools.ts'

/** @see https://platform.openai.com/docs/api-reference/responses/create */
export function decodeRequest(body: JsonObject, context: DecodeContext): ChatRequest {
  const places = new Places()
  const declared = decodeTools(body, 'tools', places)
  refuseSameNames(declared.tools, places)
  const items = decodeInput(body, places)
  const tools: Tool[] = [...declared.tools]
  for (const tool of items.tools) replaceTool(tools, tool)
  const request: ChatRequest = {
    source: 'openai-responses',
    model: context.model ?? modelOf(body),
    isStreaming: context.isStreaming ?? optionalFlag(body, 'stream'),
    messages: [...decodeInstructions(body, places), ...items.messages],
    tools,
    stopSequences: [],
    sampling: decodeSampling(body),
    wantsStreamUsage: true,
    extras: [...collectExtras(body, tools), ...declared.extras, ...items.extras],
    ...given({
      toolChoice: decodeToolChoice(body, tools, places),
      allowsParallelCalls: optionalBoolean(body, 'parallel_tool_calls'),
      maxOutputTokens: decodeMaxOutputTokens(body),
      reasoning: decodeReasoning(body),
      format: decodeFormat(body),
      verbosity: decodeVerbosity(body),
      serviceTier: SERVICE_TIERS.find((tier) => tier === body.service_tier),
      metadata: decodeMetadata(body),
      endUserId: optionalText(body, 'safety_identifier') ?? optionalText(body, 'user'),
      caching: decodeCaching(body),
      isStored: optionalBoolean(body, 'store'),
    }),
  }
  return withPlaces(request, places)
}

// a stored prompt template may name the model itself
function modelOf(body: JsonObject): string {
  return isJsonObject(body.prompt) ? textOf(body.model) : requireModel(body)
}

const STATE = ['previous_response_id', 'conversation', 'prompt']

function decodeInput(body: JsonObject, places: Places): DecodedItems {
  const { input } = body
  if (typeof input === 'string') return decodeQuestion(input, places)
  const items = optionalObjects(body, 'input')
  const isContinued = STATE.some((key) => body[key] !== undefined && body[key] !== null)
  if (items.length === 0 && !isContinued) refuseField('input', 'must be a text or a list with an entry')
  return decodeItems(items, places)
}

/** Without an authority, unlike system messages among the items: so they can be told apart. */
function decodeInstructions(body: JsonObject, places: Places): Message[] {
  const text = optionalText(body, 'instructions')
  if (!text) return []
  const parts = [places.note({ type: 'text', text } as const, 'instructions')]
  return [places.note({ role: 'system', parts }, 'instructions')]
}

/** A request that only warms the cache generates nothing. */
function decodeMaxOutputTokens(body: JsonObject): number | undefined {
  if (optionalObject(body, 'prompt_cache_options')?.prewarm === true) return 0
  const limit = optionalCount(body, 'max_output_tokens')
  return limit === 0 ? refuseField('max_output_tokens', 'must be one or more') : limit
}

function decodeSampling(body: JsonObject): ChatRequest['sampling'] {
  const alternatives = optionalCount(body, 'top_logprobs')
  const isAsked = optionalList(body, 'include').includes('message.output_text.logprobs')
  return given({
    temperature: optionalNumber(body, 'temperature'),
    topP: optionalNumber(body, 'top_p'),
    logprobs: isAsked ? (alternatives ?? 0) : alternatives || undefined,
  })
}

const SUMMARIES = ['auto', 'concise', 'detailed'] as const

/** Reasoning is not shown unless a summary is asked for. */
function decodeReasoning(body: JsonObject): ChatRequest['reasoning'] {
  const reasoning = optionalObject(body, 'reasoning')
  if (reasoning === undefined) return undefined
  const effort = optionalChoice(reasoning, 'effort', EFFORTS, 'reasoning.effort')
  const summary =
    optionalChoice(reasoning, 'summary', SUMMARIES, 'reasoning.summary') ??
    optionalChoice(reasoning, 'generate_summary', SUMMARIES, 'reasoning.generate_summary')
  return { summary: summary ?? 'none', ...given({ effort }) }
}

function decodeFormat(body: JsonObject): OutputFormat | undefined {
  const format = optionalObject(optionalObject(body, 'text') ?? {}, 'format', 'text.format')
  if (format === undefined) return undefined
  switch (format.type) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema': {
      const schema = optionalObject(format, 'schema', 'text.format.schema')
      return {
        type: 'json-schema',
        schema: schema ?? refuseField('text.format.schema', 'is missing'),
        name: requireName(format, 'name', 'text.format.name'),
        ...given({
          description: optionalText(format, 'description', 'text.format.description'),
          isStrict: optionalBoolean(format, 'strict', 'text.format.strict'),
        }),
      }
    }
    default:
      return refuseField('text.format.type', 'must be text, json_object or json_schema')
  }
}

function decodeVerbosity(body: JsonObject): ChatRequest['verbosity'] {
  const text = optionalObject(body, 'text') ?? {}
  return optionalChoice(text, 'verbosity', ['low', 'medium', 'high'], 'text.verbosity')
}

function decodeMetadata(body: JsonObject): ChatRequest['metadata'] {
  const metadata = optionalObject(body, 'metadata')
  if (metadata === undefined) return undefined
  const entries = Object.entries(metadata).map(
    ([key, value]) =>
      [key, typeof value === 'string' ? value : refuseField(`metadata.${key}`, 'must be a text')] as const,
  )
  return Object.fromEntries(entries)
}

function decodeCaching(body: JsonObject): ChatRequest['caching'] {
  const options = optionalObject(body, 'prompt_cache_options') ?? {}
  const mode = optionalChoice(options, 'mode', ['implicit', 'explicit'], 'prompt_cache_options.mode')
  const caching = given({
    key: optionalText(body, 'prompt_cache_key'),
    isAutomatic: mode === undefined ? undefined : mode === 'implicit',
    lifetime: decodeLifetime(options.ttl),
  })
  return Object.keys(caching).length === 0 ? undefined : caching
}
