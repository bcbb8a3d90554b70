import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/json.ts'
import { EFFORTS, type Effort, type OutputFormat, type ReasoningRequest } from '../../ir/request.ts'
import { tierPath } from '../client-path.ts'
import { effortOf, nearestEffort } from '../effort.ts'
import { fitsStrict } from '../fits-strict.ts'
import { dropOnce, type Encoding, pathOf } from './target.ts'

const MAX_STOP_SEQUENCES = 4
const MAX_IDENTIFIER_LENGTH = 128

/** How long and in what manner the model answers. Throws `unsupported_parameter`. */
export function encodeGeneration(encoding: Encoding, effort: Effort | undefined): JsonObject {
  const { request, target } = encoding
  const limit = target.capabilities.completionTokens ? 'max_completion_tokens' : 'max_tokens'
  return {
    ...(request.maxOutputTokens !== undefined && { [limit]: encodeLimit(encoding, request.maxOutputTokens) }),
    ...encodeStop(encoding),
    ...encodeSampling(encoding, effort),
    ...encodeLogprobs(encoding),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...encodeFormat(encoding),
    ...(request.verbosity !== undefined && { verbosity: request.verbosity }),
  }
}

/** Who asks, and what becomes of the answer besides being sent. */
export function encodeAccount(encoding: Encoding): JsonObject {
  const { request } = encoding
  return {
    ...encodeTier(encoding),
    ...(request.metadata !== undefined && { metadata: request.metadata }),
    ...encodeEndUser(encoding),
    ...encodeCaching(encoding),
    ...encodeStore(encoding),
  }
}

function encodeTier({ request, report }: Encoding): JsonObject {
  const { source, serviceTier } = request
  if (serviceTier === undefined) return {}
  const isOwnWord =
    serviceTier !== 'ultrafast' && !(serviceTier === 'fast' && source === 'anthropic-messages')
  if (isOwnWord) return { service_tier: serviceTier }
  report.approximate(tierPath(request), 'asked for as service tier "fast"')
  return { service_tier: 'fast' }
}

/** The effort that the model is asked for. */
export function chooseEffort(encoding: Encoding): Effort | undefined {
  const { request, target, report } = encoding
  const { thinking, chatToolsWithReasoning } = target.capabilities
  const path = pathOf(encoding, 'reasoning')
  const hasFunctions = request.tools.some(({ type }) => type !== 'hosted')
  const wanted = request.reasoning === undefined ? undefined : wantedEffort(encoding, request.reasoning)
  if (hasFunctions && !chatToolsWithReasoning && wanted !== 'none') {
    if (!thinking.efforts.includes('none'))
      report.refuse(
        pathOf(encoding, 'tools'),
        'the model takes tools in Chat only while it does not reason, which it always does',
      )
    report.approximate(path, 'the model takes tools in Chat only while it does not reason')
    return 'none'
  }
  if (wanted === undefined) return undefined
  const known = nearestEffort(wanted, thinking.efforts)
  if (known === wanted) return known
  if (known === undefined) {
    if (wanted !== 'none') report.drop(path, 'the model does not reason')
    return undefined
  }
  report.approximate(path, `the model has no effort ${wanted}; ${known} is the nearest`)
  return known
}

function wantedEffort(encoding: Encoding, reasoning: ReasoningRequest): Effort | undefined {
  const { report, request } = encoding
  const { effort, mode, budgetTokens, summary } = reasoning
  const path = pathOf(encoding, 'reasoning')
  if (summary !== undefined && summary !== 'none') report.drop(path, 'Chat cannot be asked to show reasoning')
  if (mode === 'disabled') return 'none'
  if (mode === 'between-tools') {
    report.approximate(path, 'Chat knows no thinking between tools only')
    return EFFORTS[2]
  }
  if (effort !== undefined) {
    if (mode === undefined && request.source === 'anthropic-messages')
      report.approximate('output_config.effort', 'it sets the effort of reasoning only')
    return effort
  }
  if (budgetTokens === undefined) return undefined
  report.approximate(path, 'a budget became the nearest effort')
  return budgetTokens <= 0 ? 'none' : effortOf(budgetTokens)
}

function encodeLimit(encoding: Encoding, limit: number): number {
  if (limit === 0)
    encoding.report.refuse(
      pathOf(encoding, 'maxOutputTokens'),
      'Chat cannot fill the prompt cache without an answer',
    )
  const most = encoding.target.capabilities.maxOutputTokens
  if (most === undefined || limit <= most) return limit
  encoding.report.approximate(
    pathOf(encoding, 'maxOutputTokens'),
    `lowered to ${most}, the most that the model writes`,
  )
  return most
}

function encodeStop(encoding: Encoding): JsonObject {
  const { stopSequences: stop } = encoding.request
  if (stop.length === 0) return {}
  const path = pathOf(encoding, 'stopSequences')
  if (!encoding.target.capabilities.stopSequences)
    encoding.report.refuse(path, 'the model takes no stop sequences')
  if (stop.length > MAX_STOP_SEQUENCES)
    encoding.report.refuse(path, `Chat takes at most ${MAX_STOP_SEQUENCES} stop sequences`)
  return { stop }
}

function encodeSampling(encoding: Encoding, effort: Effort | undefined): JsonObject {
  const { request, target, report } = encoding
  const { sampling, penalties, samplesOneWay } = target.capabilities
  const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty, logitBias, choices } =
    request.sampling
  const isSampled = sampling === 'yes' || (sampling === 'without-reasoning' && effort === 'none')
  const body: Record<string, unknown> = {}
  const set = (
    key: string,
    field: Parameters<typeof pathOf>[1],
    value: unknown,
    isTaken: boolean,
    reason: string,
  ) => {
    if (value === undefined) return
    if (isTaken) body[key] = value
    else report.drop(pathOf(encoding, field), reason)
  }
  const isOneWay = samplesOneWay === true && temperature !== undefined
  const reasons = 'the model takes no sampling parameters while it reasons'
  set('temperature', 'temperature', temperature, isSampled, reasons)
  set(
    'top_p',
    'topP',
    topP,
    isSampled && !isOneWay,
    isSampled ? 'the model takes it or temperature, not both' : reasons,
  )
  set('top_k', 'topK', topK, false, 'Chat has no such parameter')
  set('seed', 'seed', seed, true, '')
  set('presence_penalty', 'presencePenalty', presencePenalty, penalties, 'the model takes no penalties')
  set('frequency_penalty', 'frequencyPenalty', frequencyPenalty, penalties, 'the model takes no penalties')
  set('logit_bias', 'logitBias', logitBias, true, '')
  if (choices !== undefined && choices > 1) body.n = choices
  return body
}

function encodeLogprobs(encoding: Encoding): JsonObject {
  const { logprobs } = encoding.request.sampling
  if (logprobs === undefined) return {}
  if (encoding.request.source === 'gemini')
    encoding.report.approximate(pathOf(encoding, 'logprobs'), 'tokens of the answer alone, without their ids')
  return logprobs === 0 ? { logprobs: true } : { logprobs: true, top_logprobs: logprobs }
}

function encodeFormat(encoding: Encoding): JsonObject {
  const { request, target, report } = encoding
  const { format } = request
  if (format === undefined || format.type === 'text') return {}
  const path = pathOf(encoding, 'format')
  if (request.tools.length > 0 && !target.capabilities.schemaWithTools)
    report.refuse(path, 'the model takes a format or tools, not both')
  if (format.type === 'json') return { response_format: { type: 'json_object' } }
  if (!target.capabilities.nativeSchema) report.refuse(path, 'the model cannot be held to a schema')
  return { response_format: { type: 'json_schema', json_schema: encodeSchema(encoding, format, path) } }
}

function encodeSchema(
  { request, report }: Encoding,
  format: OutputFormat & { type: 'json-schema' },
  path: string,
): JsonObject {
  const { schema, description } = format
  // Messages and Gemini always constrain; Chat only does where it is told to, and where the schema allows it
  const isAlwaysStrict = request.source === 'anthropic-messages' || request.source === 'gemini'
  const wantsStrict = format.isStrict ?? (isAlwaysStrict ? true : undefined)
  const isLoosened = isAlwaysStrict && wantsStrict === true && !fitsStrict(schema)
  if (isLoosened) report.approximate(path, 'Chat holds the model strictly to closed schemas only')
  const strict = isLoosened ? false : wantsStrict
  return {
    name: nameOf(format.name),
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  }
}

function nameOf(name: string | undefined): string {
  const legal = name?.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
  return legal === undefined || legal === '' ? 'response' : legal
}

function encodeEndUser(encoding: Encoding): JsonObject {
  const { endUserId } = encoding.request
  if (endUserId === undefined) return {}
  if (endUserId.length <= MAX_IDENTIFIER_LENGTH) return { safety_identifier: endUserId }
  encoding.report.approximate(
    pathOf(encoding, 'endUserId'),
    `longer than ${MAX_IDENTIFIER_LENGTH} characters: its hash is sent`,
  )
  return { safety_identifier: createHash('sha256').update(endUserId).digest('hex') }
}

function encodeCaching(encoding: Encoding): JsonObject {
  const { request, target, report, isOpenAi } = encoding
  if (request.caching === undefined) return {}
  const { key, isAutomatic, lifetime } = request.caching
  const takesOptions = isOpenAi && target.capabilities.cacheBreakpoints
  if (lifetime === 'long')
    dropOnce(encoding, pathOf(encoding, 'caching'), 'the model caches for as long as it likes')
  if (isAutomatic === false && !takesOptions)
    report.drop(pathOf(encoding, 'caching'), 'the model caches on its own and takes no breakpoints')
  const mode = isAutomatic === undefined ? {} : { mode: isAutomatic ? 'implicit' : 'explicit' }
  const ttl = lifetime === 'short' ? { ttl: '30m' } : {}
  const options = { ...mode, ...ttl }
  return {
    ...(key !== undefined && { prompt_cache_key: key }),
    ...(takesOptions && Object.keys(options).length > 0 && { prompt_cache_options: options }),
  }
}

function encodeStore(encoding: Encoding): JsonObject {
  const { source, isStored } = encoding.request
  if (isStored === undefined) return {}
  if (source !== 'openai-responses') return { store: isStored }
  // a stored Chat answer is no stored response: nobody would find it
  if (isStored) encoding.report.approximate(pathOf(encoding, 'isStored'), 'the answer is not kept')
  return {}
}
