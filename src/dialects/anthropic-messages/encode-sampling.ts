import type { JsonObject } from '../../core/json.ts'
import type { Sampling } from '../../ir/request.ts'
import { clientPath, type IrField } from '../client-path.ts'
import type { Encoding } from './encoding.ts'
import { type ThinkingPlan, thinks } from './thinking.ts'

const MIN_TOP_P_WITH_BUDGET = 0.95

/** `temperature`, `top_p` and `top_k`, as far as the model takes them. Throws `unsupported_parameter` for what no Claude can do. */
export function encodeSampling(encoding: Encoding, plan: ThinkingPlan): JsonObject {
  accountForOthers(encoding)
  const { sampling } = encoding.request
  const { temperature, topP, topK } = sampling
  const allows = ruleFor(encoding, plan)
  const keeps = (field: 'temperature' | 'topP' | 'topK') =>
    sampling[field] !== undefined && allows(field, sampling[field])
  return {
    ...(keeps('temperature') && { temperature: clamped(temperature, encoding) }),
    ...(keeps('topP') && { top_p: topP }),
    ...(keeps('topK') && { top_k: topK }),
  }
}

/** Says of each parameter whether it may be sent, and reports it where it may not. */
function ruleFor({ request, report, target }: Encoding, plan: ThinkingPlan) {
  const { sampling, samplesOneWay } = target.capabilities
  const drop = (field: IrField, reason: string) => {
    report.drop(clientPath(request.source, field), reason)
    return false
  }
  return (field: 'temperature' | 'topP' | 'topK', value: number): boolean => {
    if (sampling === 'no') return drop(field, 'this model does not let itself be sampled differently')
    if (plan.thinking?.type === 'enabled') {
      const isAllowed = field === 'topP' && value >= MIN_TOP_P_WITH_BUDGET
      if (!isAllowed) return drop(field, 'not together with thinking')
    } else if (sampling === 'without-reasoning' && thinks(plan))
      return drop(field, 'not together with thinking')
    const hasTemperature = request.sampling.temperature !== undefined && plan.thinking?.type !== 'enabled'
    if (field === 'topP' && samplesOneWay === true && hasTemperature)
      return drop(field, 'this model takes temperature or top_p, not both')
    return true
  }
}

function clamped(temperature: number | undefined, { report, request }: Encoding): number | undefined {
  if (temperature === undefined || temperature <= 1) return temperature
  report.approximate(clientPath(request.source, 'temperature'), 'the highest is 1')
  return 1
}

function accountForOthers({ request, report }: Encoding): void {
  const { sampling, source } = request
  for (const field of ['seed', 'presencePenalty', 'frequencyPenalty'] as const) {
    if (sampling[field] !== undefined)
      report.drop(clientPath(source, field), 'Anthropic has no such parameter')
  }
  refuseContracts(sampling, (field, reason) => report.refuse(clientPath(source, field), reason))
}

function refuseContracts(
  { logitBias, logprobs, choices }: Sampling,
  refuse: (field: IrField, reason: string) => never,
): void {
  if (logitBias !== undefined && Object.keys(logitBias).length > 0)
    refuse('logitBias', 'it names tokens of another model')
  if (logprobs !== undefined) refuse('logprobs', 'Anthropic does not report probabilities')
  if (choices !== undefined && choices > 1) refuse('choices', 'Anthropic gives one answer')
}
