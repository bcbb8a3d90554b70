import type { JsonObject } from '../../core/json.ts'
import { EFFORTS, type Effort, type ReasoningRequest } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { budgetOf, effortOf, nearestEffort } from '../effort.ts'
import type { Encoding } from './encoding.ts'
import { ID } from './id.ts'
import { isForced } from './tool-choice.ts'

/** @see https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
const MIN_BUDGET_TOKENS = 1024
/** What an answer should have left where the budget has to shrink below `max_tokens`. */
const BUDGET_SHARE = 0.75
/** The most that goes with thinking switched off. */
const MAX_EFFORT_WITHOUT_THINKING = 'high'

/** `thinking` and `output_config.effort`, where they are to be sent. */
export interface ThinkingPlan {
  readonly thinking?: JsonObject
  readonly effort?: Effort
}

/** How the model is to think. `maxTokens` is the request's `max_tokens`, above every budget. */
export function planThinking(encoding: Encoding, maxTokens: number): ThinkingPlan {
  const { request, report, target } = encoding
  if (request.reasoning === undefined) return {}
  const plan = planByStyle(request.reasoning, encoding, maxTokens)
  if (!thinks(plan) || !isForced(request.toolChoice)) return plan
  if (target.capabilities.forcedTools !== 'without-thinking') return plan
  const path = clientPath(request.source, 'reasoning')
  report.approximate(path, 'this model does not think while it is forced to call a tool')
  const { thinking: _thinking, ...rest } = plan
  return rest
}

/** True where the plan switches thinking on. */
export function thinks({ thinking }: ThinkingPlan): boolean {
  return thinking !== undefined && thinking.type !== 'disabled'
}

function planByStyle(reasoning: ReasoningRequest, encoding: Encoding, maxTokens: number): ThinkingPlan {
  const { style } = encoding.target.capabilities.thinking
  if (style === 'none') return planNone(reasoning, encoding)
  // here an effort alone says how much to write, and nothing about thinking
  if (encoding.request.source === ID && reasoning.mode === undefined)
    return planEffort(reasoning.effort, encoding)
  if (isOff(reasoning)) return planOff(reasoning, encoding)
  return style === 'budget' ? planBudget(reasoning, encoding, maxTokens) : planAdaptive(reasoning, encoding)
}

function isOff({ mode, effort, budgetTokens }: ReasoningRequest): boolean {
  return mode === 'disabled' || effort === 'none' || (mode !== 'adaptive' && budgetTokens === 0)
}

function planNone(reasoning: ReasoningRequest, { request, report }: Encoding): ThinkingPlan {
  if (!isOff(reasoning)) report.drop(clientPath(request.source, 'reasoning'), 'this model does not think')
  return {}
}

function planOff({ effort }: ReasoningRequest, encoding: Encoding): ThinkingPlan {
  const { request, report, target } = encoding
  const path = clientPath(request.source, 'reasoning')
  const { least } = target.capabilities.thinking
  if (least === 'lowest') {
    report.approximate(path, 'this model always thinks; it was asked for as little as possible')
    return planEffort('low', encoding)
  }
  const rest =
    effort === undefined || effort === 'none' ? {} : planEffort(cappedEffort(effort, encoding), encoding)
  if (least === 'disabled') return { thinking: { type: 'disabled' }, ...rest }
  report.approximate(path, 'this model thinks between its tool calls at least')
  return { thinking: { type: 'between_tools' }, ...rest }
}

function cappedEffort(effort: Effort, { request, report }: Encoding): Effort {
  if (EFFORTS.indexOf(effort) <= EFFORTS.indexOf(MAX_EFFORT_WITHOUT_THINKING)) return effort
  report.approximate(clientPath(request.source, 'reasoning'), 'more than high effort needs thinking')
  return MAX_EFFORT_WITHOUT_THINKING
}

function planAdaptive(reasoning: ReasoningRequest, encoding: Encoding): ThinkingPlan {
  const { request, report, target } = encoding
  const path = clientPath(request.source, 'reasoning')
  const { mode, effort, budgetTokens } = reasoning
  if (mode === 'between-tools' && target.capabilities.thinking.least === 'between-tools') {
    const rest = effort === undefined ? {} : planEffort(cappedEffort(effort, encoding), encoding)
    return { thinking: { type: 'between_tools' }, ...rest }
  }
  if (mode === 'between-tools') report.approximate(path, 'this model decides itself when to think')
  if (
    effort === undefined &&
    mode === undefined &&
    budgetTokens === undefined &&
    reasoning.summary === 'none'
  )
    return {}
  const wanted = effort ?? effortOfBudget(reasoning, encoding)
  return {
    thinking: { type: 'adaptive', ...encodeDisplay(reasoning, encoding) },
    ...planEffort(wanted, encoding),
  }
}

function effortOfBudget(
  { budgetTokens }: ReasoningRequest,
  { request, report }: Encoding,
): Effort | undefined {
  if (budgetTokens === undefined) return undefined
  const effort = effortOf(budgetTokens)
  report.approximate(
    clientPath(request.source, 'reasoning'),
    `this model takes no budgets; it got effort ${effort}`,
  )
  return effort
}

function planEffort(effort: Effort | undefined, { request, report, target }: Encoding): ThinkingPlan {
  if (effort === undefined) return {}
  const path = clientPath(request.source, 'reasoning')
  const known = target.capabilities.thinking.efforts.filter((one) => one !== 'none' && one !== 'minimal')
  const nearest = nearestEffort(effort, known)
  if (nearest === undefined) {
    report.drop(path, 'this model takes no effort')
    return {}
  }
  if (nearest !== effort) report.approximate(path, `the nearest effort that this model knows is ${nearest}`)
  return { effort: nearest }
}

function planBudget(reasoning: ReasoningRequest, encoding: Encoding, maxTokens: number): ThinkingPlan {
  const { report, request } = encoding
  const path = clientPath(request.source, 'reasoning')
  const { effort = 'medium', budgetTokens, mode, summary } = reasoning
  if (
    summary === 'none' &&
    mode === undefined &&
    budgetTokens === undefined &&
    reasoning.effort === undefined
  )
    return {}
  const asked = budgetTokens ?? budgetOf(effort === 'none' ? 'minimal' : effort)
  const budget = fittingBudget(asked, maxTokens)
  if (budget === undefined) {
    report.approximate(path, `there is no room for thinking in ${maxTokens} tokens of output`)
    return {}
  }
  if (mode !== 'budget' || budget !== asked)
    report.approximate(path, `this model takes a budget; it got ${budget} tokens`)
  return { thinking: { type: 'enabled', budget_tokens: budget, ...encodeDisplay(reasoning, encoding) } }
}

function fittingBudget(asked: number, maxTokens: number): number | undefined {
  const budget = Math.max(asked, MIN_BUDGET_TOKENS)
  if (budget < maxTokens) return budget
  if (maxTokens <= MIN_BUDGET_TOKENS) return undefined
  return Math.max(MIN_BUDGET_TOKENS, Math.floor(maxTokens * BUDGET_SHARE))
}

function encodeDisplay({ summary }: ReasoningRequest, { request, report }: Encoding): JsonObject {
  if (summary === undefined) return {}
  if (summary === 'concise' || summary === 'detailed')
    report.drop(clientPath(request.source, 'reasoning'), 'summaries come in one length only')
  return { display: summary === 'none' ? 'omitted' : 'summarized' }
}
