import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, Effort, ReasoningRequest } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { budgetOf, effortOf, nearestEffort } from '../effort.ts'
import { type Encoding, outputLimit } from './encoding.ts'
import { familyOf } from './model-family.ts'

/** How a model is told to think, in its own words: Converse has none. */
export interface ThinkingPlan {
  /** Members of `additionalModelRequestFields`. */
  readonly fields: JsonObject
  readonly thinks: boolean
}

const NOTHING: ThinkingPlan = { fields: {}, thinks: false }
/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html */
const MIN_BUDGET_TOKENS = 1024
/** What of the output a budget may take where it does not fit. */
const BUDGET_SHARE = 0.75

export function planThinking(encoding: Encoding): ThinkingPlan {
  const { request, report, target } = encoding
  const { reasoning } = request
  if (reasoning === undefined) return NOTHING
  const path = clientPath(request.source, 'reasoning')
  const { style } = target.capabilities.thinking
  if (style === 'none') {
    if (!isOff(reasoning)) report.drop(path, 'this model does not think')
    return NOTHING
  }
  if (isUnspecific(reasoning)) return NOTHING
  switch (familyOf(target.model)) {
    case 'claude':
      return isOff(reasoning) ? claudeOff(encoding, path) : claudeOn(reasoning, encoding, path)
    case 'nova':
      return novaPlan(reasoning, encoding, path)
    case 'gpt-oss':
      return effortPlan(reasoning, encoding, path)
    default:
      report.drop(path, 'Bedrock has no such setting for this model')
      return NOTHING
  }
}

function isOff({ mode, effort, budgetTokens }: ReasoningRequest): boolean {
  return mode === 'disabled' || effort === 'none' || (mode !== 'adaptive' && budgetTokens === 0)
}

/** What to show of it is all that was said. */
function isUnspecific({ mode, effort, budgetTokens }: ReasoningRequest): boolean {
  return mode === undefined && effort === undefined && budgetTokens === undefined
}

function claudeOff({ report, target }: Encoding, path: string): ThinkingPlan {
  if (target.capabilities.thinking.least === 'disabled')
    return { fields: { thinking: { type: 'disabled' } }, thinks: false }
  report.approximate(path, 'this model always thinks; it was asked for as little as possible')
  return { fields: { output_config: { effort: 'low' } }, thinks: true }
}

function claudeOn(reasoning: ReasoningRequest, encoding: Encoding, path: string): ThinkingPlan {
  const { request, report, target } = encoding
  if (isForced(request) && target.capabilities.forcedTools === 'without-thinking') {
    report.approximate(path, 'this model does not think while it is forced to call a tool')
    return NOTHING
  }
  if (target.capabilities.thinking.style !== 'budget') {
    const effort =
      reasoning.effort === undefined && reasoning.budgetTokens === undefined
        ? undefined
        : wanted(reasoning, encoding, path)
    return {
      fields: { thinking: { type: 'adaptive' }, ...(effort !== undefined && { output_config: { effort } }) },
      thinks: true,
    }
  }
  const asked =
    reasoning.budgetTokens ??
    budgetOf(reasoning.effort === 'none' ? 'minimal' : (reasoning.effort ?? 'medium'))
  const budget = fitting(asked, outputLimit(encoding))
  if (budget === undefined) {
    report.approximate(path, 'there is no room for thinking in so little output')
    return NOTHING
  }
  if (reasoning.mode !== 'budget' || budget !== asked)
    report.approximate(path, `this model takes a budget; it got ${budget} tokens`)
  return { fields: { thinking: { type: 'enabled', budget_tokens: budget } }, thinks: true }
}

/** The budget must be smaller than the output that it is a part of. */
function fitting(asked: number, maxTokens: number | undefined): number | undefined {
  const budget = Math.max(asked, MIN_BUDGET_TOKENS)
  if (maxTokens === undefined || budget < maxTokens) return budget
  return maxTokens <= MIN_BUDGET_TOKENS
    ? undefined
    : Math.max(MIN_BUDGET_TOKENS, Math.floor(maxTokens * BUDGET_SHARE))
}

/** @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html */
function novaPlan(reasoning: ReasoningRequest, encoding: Encoding, path: string): ThinkingPlan {
  if (isOff(reasoning)) return { fields: { reasoningConfig: { type: 'disabled' } }, thinks: false }
  const maxReasoningEffort = wanted(reasoning, encoding, path)
  return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort } }, thinks: true }
}

function effortPlan(reasoning: ReasoningRequest, encoding: Encoding, path: string): ThinkingPlan {
  if (isOff(reasoning))
    encoding.report.approximate(path, 'this model always thinks; it was asked for as little as possible')
  return { fields: { reasoning_effort: wanted(reasoning, encoding, path) }, thinks: true }
}

function wanted(
  { effort, budgetTokens, mode }: ReasoningRequest,
  { report, target }: Encoding,
  path: string,
): Effort {
  const asked =
    mode === 'disabled' || effort === 'none'
      ? 'low'
      : (effort ?? (budgetTokens === undefined ? 'medium' : effortOf(budgetTokens)))
  const nearest =
    nearestEffort(
      asked,
      target.capabilities.thinking.efforts.filter((one) => one !== 'none'),
    ) ?? asked
  if (nearest !== asked) report.approximate(path, `the nearest effort that this model knows is ${nearest}`)
  return nearest
}

function isForced({ toolChoice }: ChatRequest): boolean {
  if (toolChoice === undefined || toolChoice.type === 'auto' || toolChoice.type === 'none') return false
  return toolChoice.type !== 'allowed' || toolChoice.mode === 'required'
}
