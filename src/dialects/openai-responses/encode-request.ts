import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { EncodedRequest, EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest, Extra, Message } from '../../ir/request.ts'
import { tierPath } from '../client-path.ts'
import { reportPrompt } from '../completions-prompt.ts'
import { placeOf } from '../places.ts'
import { meansPrefill } from '../prefill.ts'
import { Report } from '../report.ts'
import { type Encoding, encodeBreakpoint, pathOf, ttlOf } from './encode-context.ts'
import { encodeItems } from './encode-items.ts'
import {
  encodeEndUser,
  encodeMaxOutputTokens,
  encodeReasoning,
  encodeSampling,
  encodeText,
} from './encode-settings.ts'
import { encodeToolChoice, encodeTools, nameForUpstream } from './encode-tools.ts'
import { given } from './given.ts'

/**
 * The request for an upstream that need not remember anything: nothing is stored unless the client asks for it, and reasoning comes back
 * sealed so that the next request can carry it.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const report = new Report()
  reportPrompt(request, report)
  const names = nameForUpstream(request, report)
  const encoding: Encoding = { request, target, names, report, told: new Set() }
  refuseForeign(encoding)
  const { instructions, rest } = splitInstructions(encoding)
  const tools = encodeTools(encoding)
  const reasoning = encodeReasoning(encoding)
  const body = given({
    model: target.model,
    instructions,
    input: encodeItems(encoding, rest),
    ...(tools.length > 0 && { tools }),
    tool_choice: tools.length > 0 || request.tools.length === 0 ? encodeToolChoice(encoding) : undefined,
    parallel_tool_calls: tools.length > 0 ? request.allowsParallelCalls : undefined,
    max_output_tokens: encodeMaxOutputTokens(encoding),
    ...encodeSampling(encoding, reasoning?.effort),
    reasoning,
    text: encodeText(encoding),
    service_tier: encodeTier(encoding),
    metadata: request.metadata,
    safety_identifier: encodeEndUser(encoding),
    ...encodeCaching(encoding),
    store: request.isStored ?? request.source === 'openai-responses',
    ...encodeInclude(encoding),
    stream: request.isStreaming ? true : undefined,
  })
  const claimed = claimExtras(encoding)
  return {
    body: mergeExtras(body, claimed),
    dropped: report.dropped,
    headers: {},
    toolNames: names.changed,
  }
}

function refuseForeign(encoding: Encoding): void {
  const { request, report } = encoding
  if (request.stopSequences.length > 0)
    report.refuse(
      pathOf(encoding, 'stopSequences'),
      'openai-responses cannot stop at a sequence; leave it out, or use a model behind another API',
    )
  const last = request.messages.at(-1)
  if (!meansPrefill(request) || last?.role !== 'assistant') return
  const reason = 'the upstream answers the last message of the assistant instead of continuing it'
  report.approximate(placeOf(request, last), reason)
}

/** The system prompt, as far as it is text and nothing else; a cache breakpoint needs an item to stand on. */
function splitInstructions(encoding: Encoding): {
  readonly instructions: string | undefined
  readonly rest: readonly Message[]
} {
  const { messages, source } = encoding.request
  const end = messages.findIndex((message) => message.role !== 'system' || isItem(message, source))
  // instructions alone ask nothing: the model answers items
  if (end === -1) return { instructions: undefined, rest: messages }
  const leading = messages.slice(0, end)
  const parts = leading.flatMap((message) => (message.role === 'system' ? message.parts : []))
  const takesBreakpoints = encoding.target.capabilities.cacheBreakpoints
  if (takesBreakpoints && parts.some((part) => part.cache !== undefined))
    return { instructions: undefined, rest: messages }
  for (const part of parts) encodeBreakpoint(encoding, part.cache)
  const text = parts.map((part) => part.text).join('\n\n')
  return { instructions: text === '' ? undefined : text, rest: messages.slice(leading.length) }
}

/** A client of this very API says which of its system messages are items. */
function isItem(message: Message, source: ChatRequest['source']): boolean {
  return source === 'openai-responses' && message.role === 'system' && message.authority !== undefined
}

function encodeTier({ request, report }: Encoding): ChatRequest['serviceTier'] {
  const { source, serviceTier } = request
  if (source === 'anthropic-messages' && serviceTier === 'fast')
    report.approximate(tierPath(request), 'asked for as service tier "fast"')
  return serviceTier
}

/** @see https://platform.openai.com/docs/guides/prompt-caching */
function encodeCaching(encoding: Encoding): JsonObject {
  const { caching, maxOutputTokens } = encoding.request
  const isPrewarming = maxOutputTokens === 0
  const { key, isAutomatic, lifetime } = caching ?? {}
  const takesOptions = encoding.target.capabilities.cacheBreakpoints
  if (isPrewarming && !takesOptions)
    encoding.report.refuse(pathOf(encoding, 'maxOutputTokens'), 'the model cannot only warm its cache')
  const hasOptions = isAutomatic !== undefined || lifetime !== undefined || isPrewarming
  if (hasOptions && !takesOptions)
    encoding.report.drop(pathOf(encoding, 'caching'), 'the model caches by itself')
  const options =
    hasOptions && takesOptions
      ? given({
          mode: isAutomatic === undefined ? undefined : isAutomatic ? 'implicit' : 'explicit',
          ...ttlOf(encoding, caching),
          prewarm: isPrewarming ? true : undefined,
        })
      : undefined
  return given({ prompt_cache_key: key, prompt_cache_options: options })
}

/** Sealed reasoning is asked for from models that reason; others refuse to be asked. */
function encodeInclude({ request, target }: Encoding): JsonObject {
  const include: string[] = []
  if (target.capabilities.thinking.style !== 'none') include.push('reasoning.encrypted_content')
  if (request.sampling.logprobs !== undefined) include.push('message.output_text.logprobs')
  return include.length === 0 ? {} : { include }
}

/** Fields that OpenAI's two formats spell and mean alike. */
const SHARED_WITH_CHAT: ReadonlySet<string> = new Set([
  'prompt_cache_retention',
  'moderation',
  'user',
  'service_tier',
  'prompt_cache_options.comparison_response_id',
  'stream_options.include_obfuscation',
])

/** The extras that this API knows; the others are reported or refused. */
function claimExtras({ request, report }: Encoding): Extra[] {
  const claimed: Extra[] = []
  report.leaveOut(request.extras, 'openai-responses', (extra) => {
    const isOwn = extra.dialect === 'openai-responses'
    if (isOwn && isKeptInPlace(extra)) return true
    const isKnown = isOwn ? /^[a-z_]+(\.[a-z_]+)?$/.test(extra.path) : isShared(extra)
    if (isKnown) claimed.push(extra)
    return isKnown
  })
  return claimed
}

function isShared({ dialect, path }: Extra): boolean {
  return dialect === 'openai-chat' && SHARED_WITH_CHAT.has(path)
}

/** Items that stand among the messages as they came, and what namespaces say of themselves. */
function isKeptInPlace({ path, value }: Extra): boolean {
  if (!isJsonObject(value)) return path.startsWith('input[') && value === 'additional_tools'
  return /^input\[\d+\]$/.test(path) || (path.endsWith('.description') && 'namespace' in value)
}

function mergeExtras(body: JsonObject, extras: readonly Extra[]): JsonObject {
  const merged: Record<string, unknown> = { ...body }
  for (const { path, value } of extras) {
    const [key = '', member] = path.split('.')
    const own = merged[key]
    if (member !== undefined) merged[key] = { ...(isJsonObject(own) ? own : {}), [member]: value }
    else if (Array.isArray(own) && Array.isArray(value)) merged[key] = [...own, ...value]
    else merged[key] = value
  }
  return merged
}
