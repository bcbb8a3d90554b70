import type { JsonObject } from '../../core/json.ts'
import { clientPath, type IrField } from '../client-path.ts'
import { type Encoding, outputLimit } from './encoding.ts'
import { familyOf } from './model-family.ts'
import type { ThinkingPlan } from './thinking.ts'

/** `inferenceConfig`, and what of sampling only the model itself has a name for. */
export interface EncodedSampling {
  readonly inferenceConfig: JsonObject
  readonly additional: JsonObject
}

/** Throws `unsupported_parameter` for what Bedrock cannot do and may not ignore. */
export function encodeSampling(encoding: Encoding, plan: ThinkingPlan): EncodedSampling {
  accountForOthers(encoding)
  const { request, target } = encoding
  const { stopSequences } = request
  const maxTokens = encodeMaxTokens(encoding)
  const { temperature, topP, topK } = allowed(encoding, plan)
  if (stopSequences.length > 0 && !target.capabilities.stopSequences)
    encoding.report.refuse(clientPath(request.source, 'stopSequences'), 'this model takes no stop sequences')
  const inferenceConfig = {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature: clamped(temperature, encoding) }),
    ...(topP !== undefined && { topP }),
    ...(stopSequences.length > 0 && { stopSequences }),
  }
  if (topK === undefined) return { inferenceConfig, additional: {} }
  switch (familyOf(target.model)) {
    case 'claude':
      return { inferenceConfig, additional: { top_k: topK } }
    case 'nova':
      return { inferenceConfig, additional: { inferenceConfig: { topK } } }
    default:
      encoding.report.drop(clientPath(request.source, 'topK'), 'Bedrock has no such parameter for this model')
      return { inferenceConfig, additional: {} }
  }
}

function encodeMaxTokens(encoding: Encoding): number | undefined {
  const { request, report } = encoding
  const path = clientPath(request.source, 'maxOutputTokens')
  const asked = request.maxOutputTokens
  if (asked === 0) report.refuse(path, 'Bedrock always writes at least one token')
  const limit = outputLimit(encoding)
  if (limit !== asked) report.approximate(path, `lowered to ${limit}, the most that the model writes`)
  return limit
}

type Kept = Pick<Encoding['request']['sampling'], 'temperature' | 'topP' | 'topK'>

function allowed({ request, report, target }: Encoding, plan: ThinkingPlan): Kept {
  const { sampling, samplesOneWay } = target.capabilities
  const { temperature, topP, topK } = request.sampling
  const given = Object.entries({ temperature, topP, topK }).filter(([, value]) => value !== undefined)
  const mayAny = sampling === 'yes' || (sampling === 'without-reasoning' && !plan.thinks)
  const reason =
    sampling === 'no' ? 'this model does not let itself be sampled differently' : 'not together with thinking'
  const kept = given.filter(([field]) => {
    const isSecond = field === 'topP' && samplesOneWay === true && temperature !== undefined
    if (mayAny && !isSecond) return true
    report.drop(
      clientPath(request.source, field as IrField),
      mayAny ? 'this model takes temperature or top_p, not both' : reason,
    )
    return false
  })
  return Object.fromEntries(kept)
}

function clamped(temperature: number, { report, request }: Encoding): number {
  if (temperature <= 1) return temperature
  report.approximate(clientPath(request.source, 'temperature'), 'the highest is 1')
  return 1
}

function accountForOthers({ request, report }: Encoding): void {
  const { sampling, source } = request
  for (const field of ['seed', 'presencePenalty', 'frequencyPenalty'] as const) {
    if (sampling[field] !== undefined) report.drop(clientPath(source, field), 'Bedrock has no such parameter')
  }
  const { logitBias, logprobs, choices } = sampling
  if (logitBias !== undefined && Object.keys(logitBias).length > 0)
    report.refuse(clientPath(source, 'logitBias'), 'it names tokens of another model')
  if (logprobs !== undefined)
    report.refuse(clientPath(source, 'logprobs'), 'Bedrock does not report probabilities')
  if (choices !== undefined && choices > 1)
    report.refuse(clientPath(source, 'choices'), 'Bedrock gives one answer')
}
