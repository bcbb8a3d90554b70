import type { JsonObject } from '../../core/json.ts'
import type { EncodedRequest, EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest, Extra } from '../../ir/request.ts'
import { clientPath, tierPath } from '../client-path.ts'
import { reportPrompt } from '../completions-prompt.ts'
import { Report } from '../report.ts'
import { nameTools, STRICT_NAMES } from '../tool-names.ts'
import { CacheWriter, cacheControl } from './cache-control.ts'
import { encodeFormat } from './encode-format.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeSampling } from './encode-sampling.ts'
import type { Encoding } from './encoding.ts'
import { ID } from './id.ts'
import { planThinking } from './thinking.ts'
import { encodeToolChoice } from './tool-choice.ts'
import { encodeTools } from './tools.ts'

/** Newer versions refuse every sampling parameter, even at its default. @see https://docs.anthropic.com/en/api/versioning */
const VERSION_WITH_SAMPLING = '2023-06-01'
const NEWEST_VERSION = '2026-10-21'

/** Some models refuse `speed` without it. @see https://platform.claude.com/docs/en/build-with-claude/fast-mode */
const FAST_MODE = 'fast-mode-2026-02-01'

/** Where nobody knows how much the model can write. */
const USUAL_MAX_TOKENS = 32_000

/**
 * The request as a Messages body, with the `anthropic-version` that it is written for. `system` and `tools` come before `messages`:
 * some platforms cache by the order of the keys.
 * @see https://docs.anthropic.com/en/api/messages
 */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const report = new Report()
  reportPrompt(request, report)
  report.leaveOut(request.extras, ID, isOwn)
  const names = nameTools(request, STRICT_NAMES, report)
  const cache = new CacheWriter(request, target, report)
  const encoding: Encoding = { request, target, report, names, cache, told: new Set() }
  const body = encodeBody(encoding)
  const isSampled = 'temperature' in body || 'top_p' in body || 'top_k' in body
  return {
    body,
    dropped: report.dropped,
    headers: {
      'anthropic-version': isSampled ? VERSION_WITH_SAMPLING : NEWEST_VERSION,
      ...('speed' in body && { 'anthropic-beta': FAST_MODE }),
    },
    toolNames: names.changed,
  }
}

function encodeBody(encoding: Encoding): JsonObject {
  const { request, target } = encoding
  accountForRest(encoding)
  const max_tokens = encodeMaxTokens(encoding)
  const tools = encodeTools(encoding)
  const tool_choice = encodeToolChoice(encoding, tools.length)
  const { format, instruction } = encodeFormat(encoding)
  const { system, messages } = encodeMessages(encoding)
  const prompt = [...ownSystemBlock(request), ...system, ...instructionBlock(instruction)]
  const plan = planThinking(encoding, max_tokens)
  const output_config = {
    ...(plan.effort !== undefined && { effort: plan.effort }),
    ...(format && { format }),
  }
  return {
    model: target.model,
    max_tokens,
    ...(request.isStreaming && { stream: true }),
    ...(prompt.length > 0 && { system: prompt }),
    ...(tools.length > 0 && { tools }),
    ...(tool_choice && { tool_choice }),
    messages,
    ...(plan.thinking && { thinking: plan.thinking }),
    ...(Object.keys(output_config).length > 0 && { output_config }),
    ...encodeSampling(encoding, plan),
    ...encodeStopSequences(encoding),
    ...encodeMetadata(encoding),
    ...encodeTier(encoding),
    ...encodeCaching(encoding),
    ...ownFields(request),
  }
}

/** Extras of this very format that find their way back: whole fields, typed tools, Claude Code's billing header. */
function isOwn({ dialect, path }: Extra): boolean {
  return dialect === ID && (isWholeField(path) || path === 'system[0]' || /^tools\[\d+\]\.type$/.test(path))
}

function isWholeField(path: string): boolean {
  return /^\w+$/.test(path)
}

function ownFields(request: ChatRequest): JsonObject {
  const own = request.extras.filter((extra) => extra.dialect === ID && isWholeField(extra.path))
  return Object.fromEntries(own.map(({ path, value }) => [path, value]))
}

function ownSystemBlock(request: ChatRequest): JsonObject[] {
  const own = request.extras.find((extra) => extra.dialect === ID && extra.path === 'system[0]')
  return own === undefined ? [] : [{ type: 'text', text: own.value }]
}

function instructionBlock(instruction: string | undefined): JsonObject[] {
  return instruction === undefined ? [] : [{ type: 'text', text: instruction }]
}

/** `max_tokens` is required: whoever gives none gets all that the model can write. */
function encodeMaxTokens({ request, target, report }: Encoding): number {
  const path = clientPath(request.source, 'maxOutputTokens')
  const limit = target.capabilities.maxOutputTokens
  const asked = request.maxOutputTokens
  if (asked === undefined) {
    const maxTokens = limit ?? USUAL_MAX_TOKENS
    report.approximate(path, `Anthropic demands a limit; it got ${maxTokens}`)
    return maxTokens
  }
  if (limit === undefined || asked <= limit) return asked
  report.approximate(path, `the model writes at most ${limit} tokens`)
  return limit
}

function encodeStopSequences({ request, target, report }: Encoding): JsonObject {
  const path = clientPath(request.source, 'stopSequences')
  const stop_sequences = request.stopSequences.filter((text) => text.trim() !== '')
  if (stop_sequences.length < request.stopSequences.length)
    report.approximate(path, 'sequences of white space alone are refused')
  if (stop_sequences.length === 0) return {}
  if (!target.capabilities.stopSequences) report.refuse(path, 'this model takes no stop sequences')
  return { stop_sequences }
}

/** Only a user id may be sent: the API refuses every other key. */
function encodeMetadata({ request, report }: Encoding): JsonObject {
  const { metadata = {}, endUserId = metadata.user_id } = request
  const path = clientPath(request.source, 'metadata')
  for (const key of Object.keys(metadata)) {
    if (key !== 'user_id' || metadata.user_id !== endUserId)
      report.drop(`${path}.${key}`, 'Anthropic takes a user id and nothing else')
  }
  return endUserId === undefined ? {} : { metadata: { user_id: endUserId } }
}

function encodeTier({ request, report }: Encoding): JsonObject {
  const path = tierPath(request)
  switch (request.serviceTier) {
    case undefined:
      return {}
    case 'auto':
      return { service_tier: 'auto' }
    case 'default':
      return { service_tier: 'standard_only' }
    case 'priority':
      report.approximate(path, 'priority is used where the account has it')
      return { service_tier: 'auto' }
    case 'fast':
    case 'ultrafast':
      if (request.source !== ID) report.approximate(path, 'asked for as speed "fast"')
      return { speed: 'fast' }
    case 'flex':
      report.drop(path, 'Anthropic has no such tier')
      return {}
    default:
      return request.serviceTier satisfies never
  }
}

/** Automatic caching costs extra here, so that only a client of this format can have meant it. */
function encodeCaching({ request, report, cache }: Encoding): JsonObject {
  const { caching, source } = request
  if (caching === undefined) return {}
  const path = clientPath(source, 'caching')
  if (caching.isAutomatic !== true || source !== ID) {
    report.drop(path, 'Anthropic caches at breakpoints only')
    return {}
  }
  if (cache.hasRoom) return { cache_control: cacheControl(caching.lifetime) }
  report.drop(path, 'there is no room for another breakpoint')
  return {}
}

function accountForRest({ request, report }: Encoding): void {
  const { source, verbosity, isStored } = request
  if (verbosity !== undefined) report.drop(clientPath(source, 'verbosity'), 'Anthropic has no such setting')
  if (isStored === true) report.drop(clientPath(source, 'isStored'), 'Anthropic keeps no answers')
}
