import type { JsonObject } from '../../core/json.ts'
import { EFFORTS, type Effort } from '../../ir/request.ts'
import { effortOf, nearestEffort } from '../effort.ts'
import { fitsStrict } from '../fits-strict.ts'
import { type Encoding, hashOf, pathOf } from './encode-context.ts'
import { given } from './given.ts'

/** `reasoning` of the body; undefined where nothing is asked for. @see https://platform.openai.com/docs/guides/reasoning */
export function encodeReasoning(encoding: Encoding): JsonObject | undefined {
  const { request, target, report } = encoding
  const { reasoning } = request
  if (reasoning === undefined) return undefined
  const path = pathOf(encoding, 'reasoning')
  const wanted = wantedEffort(encoding, path)
  if (target.capabilities.thinking.style === 'none') {
    if (wanted !== undefined && wanted !== 'none') report.drop(path, 'the model does not reason')
    return undefined
  }
  const effort = wanted === undefined ? undefined : knownEffort(encoding, wanted, path)
  const summary = reasoning.summary === 'none' ? undefined : reasoning.summary
  const encoded = given({ effort, summary })
  return Object.keys(encoded).length === 0 ? undefined : encoded
}

function wantedEffort({ request, report }: Encoding, path: string): Effort | undefined {
  const { effort, mode, budgetTokens } = request.reasoning ?? {}
  if (mode === 'disabled') return 'none'
  if (mode === 'between-tools') {
    report.approximate(path, 'reasoning between tool calls only became a low effort')
    return 'low'
  }
  if (effort !== undefined) {
    if (request.source === 'anthropic-messages' && mode === undefined)
      report.approximate(path, 'effort concerns reasoning alone at the upstream')
    return effort
  }
  if (budgetTokens === undefined) return undefined
  const nearest = effortOf(budgetTokens)
  report.approximate(path, `a budget of ${budgetTokens} tokens became the effort ${nearest}`)
  return nearest
}

function knownEffort({ target, report }: Encoding, wanted: Effort, path: string): Effort | undefined {
  const { efforts, least } = target.capabilities.thinking
  if (efforts.includes(wanted) || (wanted === 'none' && least === 'disabled')) return wanted
  // no reasoning at all is not a little of it
  const known: readonly Effort[] = efforts.filter((effort) => effort !== 'none')
  const lowest = EFFORTS.find((effort) => known.includes(effort))
  const nearest = wanted === 'none' ? lowest : nearestEffort(wanted, known)
  report.approximate(
    path,
    `the model does not know the effort ${wanted}; it gets ${nearest ?? 'its default'}`,
  )
  return nearest
}

/** `text` of the body. */
export function encodeText(encoding: Encoding): JsonObject | undefined {
  const text = given({ format: encodeFormat(encoding), verbosity: encoding.request.verbosity })
  return Object.keys(text).length === 0 ? undefined : text
}

const SCHEMA_NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** @see https://platform.openai.com/docs/guides/structured-outputs */
function encodeFormat(encoding: Encoding): JsonObject | undefined {
  const { format, source } = encoding.request
  if (format === undefined) return undefined
  if (format.type === 'text') return { type: 'text' }
  if (format.type === 'json') return { type: 'json_object' }
  const { name, description, schema } = format
  const isNamed = name !== undefined && SCHEMA_NAME.test(name)
  if (name !== undefined && !isNamed)
    encoding.report.approximate(pathOf(encoding, 'format'), 'the name of the schema became "response"')
  const alwaysConstrains = source === 'anthropic-messages' || source === 'gemini'
  const isStrict = format.isStrict ?? alwaysConstrains
  return {
    type: 'json_schema',
    name: isNamed ? name : 'response',
    ...given({ description }),
    schema,
    strict: isStrict && (!alwaysConstrains || keepsStrict(encoding, schema)),
  }
}

/** Anthropic and Gemini hold every answer to its schema; OpenAI does so only for schemas of a certain form. */
function keepsStrict(encoding: Encoding, schema: JsonObject): boolean {
  if (fitsStrict(schema)) return true
  encoding.report.approximate(
    pathOf(encoding, 'format'),
    'the upstream follows this schema without being held to it: not every property is required, or others are allowed',
  )
  return false
}

/** Sampling as far as this API has it. What it lacks is reported, or refused where it is a contract. */
export function encodeSampling(encoding: Encoding, effort: unknown): JsonObject {
  const { sampling } = encoding.request
  const { report } = encoding
  for (const field of ['topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const) {
    if (sampling[field] !== undefined)
      report.drop(pathOf(encoding, field), 'openai-responses has nothing like it')
  }
  if (sampling.logitBias !== undefined && Object.keys(sampling.logitBias).length > 0)
    report.refuse(pathOf(encoding, 'logitBias'), 'openai-responses cannot bias tokens')
  if (sampling.choices !== undefined && sampling.choices > 1)
    report.refuse(pathOf(encoding, 'choices'), 'openai-responses answers once')
  const { logprobs } = sampling
  if (logprobs !== undefined && encoding.request.source === 'gemini')
    report.approximate(pathOf(encoding, 'logprobs'), 'tokens of the answer alone, without their ids')
  return { ...encodeTemperature(encoding, effort), ...(logprobs && { top_logprobs: logprobs }) }
}

function encodeTemperature(encoding: Encoding, effort: unknown): JsonObject {
  const { request, target, report } = encoding
  const { temperature, topP } = request.sampling
  const { sampling, samplesOneWay } = target.capabilities
  const isTaken = sampling === 'yes' || (sampling === 'without-reasoning' && effort === 'none')
  if (!isTaken) {
    const reason = 'the model does not take it while it reasons'
    if (temperature !== undefined) report.drop(pathOf(encoding, 'temperature'), reason)
    if (topP !== undefined) report.drop(pathOf(encoding, 'topP'), reason)
    return {}
  }
  if (samplesOneWay !== true || temperature === undefined || topP === undefined)
    return given({ temperature, top_p: topP })
  report.drop(pathOf(encoding, 'topP'), 'the model does not take it together with a temperature')
  return { temperature }
}

const MIN_OUTPUT_TOKENS = 16

/** `max_output_tokens` within what the API and the model allow. */
export function encodeMaxOutputTokens(encoding: Encoding): number | undefined {
  const { request, target, report } = encoding
  const wanted = request.maxOutputTokens
  if (wanted === undefined || wanted === 0) return undefined
  const path = pathOf(encoding, 'maxOutputTokens')
  const most = target.capabilities.maxOutputTokens
  if (most !== undefined && wanted > most) {
    report.approximate(path, `lowered to ${most}, the most that the model writes`)
    return most
  }
  if (wanted >= MIN_OUTPUT_TOKENS) return wanted
  report.approximate(path, `raised to ${MIN_OUTPUT_TOKENS}, the least that openai-responses takes`)
  return MIN_OUTPUT_TOKENS
}

const MAX_ID_LENGTH = 128

/** Who the end user is; ids that are too long are hashed, so that they still tell users apart. */
export function encodeEndUser(encoding: Encoding): string | undefined {
  const id = encoding.request.endUserId
  if (id === undefined || id.length <= MAX_ID_LENGTH) return id
  encoding.report.approximate(pathOf(encoding, 'endUserId'), 'longer than 128 characters, so hashed')
  return hashOf(id)
}
