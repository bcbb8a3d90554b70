import type { JsonObject } from '../../core/json.ts'
import { clientPath } from '../client-path.ts'
import type { Encoding } from './encoding.ts'
import { encodeThinking } from './thinking.ts'

const MAX_STOP_SEQUENCES = 5

/** `generationConfig`; undefined where nothing was asked for. @see https://ai.google.dev/api/generate-content#generationconfig */
export function encodeConfig(encoding: Encoding): JsonObject | undefined {
  const thinkingConfig = encodeThinking(encoding.request, encoding.target, encoding.report)
  const config = {
    ...encodeLimits(encoding),
    ...encodeSampling(encoding),
    ...encodeFormat(encoding),
    ...(thinkingConfig !== undefined && { thinkingConfig }),
  }
  return Object.keys(config).length > 0 ? config : undefined
}

function encodeLimits({ request, target, report }: Encoding): JsonObject {
  const path = clientPath(request.source, 'maxOutputTokens')
  const limit = target.capabilities.maxOutputTokens
  let { maxOutputTokens } = request
  if (maxOutputTokens === 0) report.refuse(path, 'Gemini always writes at least one token')
  if (maxOutputTokens !== undefined && limit !== undefined && maxOutputTokens > limit) {
    report.approximate(path, `lowered to the model's limit of ${limit}`)
    maxOutputTokens = limit
  }
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...encodeStops({ request, target, report }),
  }
}

function encodeStops({
  request,
  target,
  report,
}: Pick<Encoding, 'request' | 'target' | 'report'>): JsonObject {
  const { stopSequences, source } = request
  if (stopSequences.length === 0) return {}
  const path = clientPath(source, 'stopSequences')
  if (!target.capabilities.stopSequences) report.refuse(path, 'the model takes no stop sequences')
  if (stopSequences.length > MAX_STOP_SEQUENCES)
    report.refuse(path, `Gemini takes at most ${MAX_STOP_SEQUENCES} stop sequences`)
  return { stopSequences }
}

function encodeSampling(encoding: Encoding): JsonObject {
  const { request, report } = encoding
  const { source, sampling } = request
  if (sampling.logitBias !== undefined && Object.keys(sampling.logitBias).length > 0)
    report.refuse(clientPath(source, 'logitBias'), 'the ids of tokens differ from model to model')
  return {
    ...encodeTemperature(encoding),
    ...encodePenalties(encoding),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...encodeLogprobs(encoding),
    ...(sampling.choices !== undefined && sampling.choices > 1 && { candidateCount: sampling.choices }),
  }
}

const TEMPERATURES = ['temperature', 'topP', 'topK'] as const

function encodeTemperature({ request, target, report }: Encoding): JsonObject {
  const { source, sampling } = request
  const { capabilities } = target
  const isReasoning = request.reasoning !== undefined && request.reasoning.effort !== 'none'
  const isRefused =
    capabilities.sampling === 'no' || (capabilities.sampling === 'without-reasoning' && isReasoning)
  const kept: Record<string, number> = {}
  for (const name of TEMPERATURES) {
    const value = sampling[name]
    if (value === undefined) continue
    const isSecond =
      name === 'topP' && capabilities.samplesOneWay === true && sampling.temperature !== undefined
    if (isRefused) report.drop(clientPath(source, name), 'the model takes no sampling parameters')
    else if (isSecond)
      report.drop(clientPath(source, name), 'the model does not take it beside a temperature')
    else kept[name] = value
  }
  return kept
}

function encodePenalties({ request, target, report }: Encoding): JsonObject {
  const kept: Record<string, number> = {}
  for (const name of ['presencePenalty', 'frequencyPenalty'] as const) {
    const value = request.sampling[name]
    if (value === undefined) continue
    if (target.capabilities.penalties) kept[name] = value
    else report.drop(clientPath(request.source, name), 'the model takes no penalties')
  }
  return kept
}

function encodeLogprobs({ request, report }: Encoding): JsonObject {
  const { logprobs } = request.sampling
  if (logprobs === undefined) return {}
  if (request.source !== 'gemini')
    report.approximate(
      clientPath(request.source, 'logprobs'),
      'Gemini reports tokens as text, without their bytes',
    )
  return { responseLogprobs: true, ...(logprobs > 0 && { logprobs }) }
}

function encodeFormat({ request, target, report }: Encoding): JsonObject {
  const { format, source } = request
  if (format === undefined || format.type === 'text') return {}
  const path = clientPath(source, 'format')
  const responseMimeType = 'application/json'
  const { capabilities } = target
  const hasTools = request.tools.length > 0 && request.toolChoice?.type !== 'none'
  if (hasTools && !capabilities.schemaWithTools)
    report.refuse(path, 'the model cannot be held to JSON and call tools as well')
  if (format.type === 'json') return { responseMimeType }
  if (!capabilities.nativeSchema) report.refuse(path, 'the model cannot hold its answer to a schema')
  const isLenient = format.isStrict !== true && source !== 'gemini' && source !== 'anthropic-messages'
  if (isLenient) report.approximate(path, 'Gemini always holds its answer to the schema')
  if (format.description !== undefined) report.drop(path, 'Gemini takes no description of the answer')
  return { responseMimeType, responseJsonSchema: format.schema }
}
