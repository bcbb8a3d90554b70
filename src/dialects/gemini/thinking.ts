import type { JsonObject } from '../../core/json.ts'
import type { EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest, Effort, ReasoningRequest } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { budgetOf, effortOf, nearestEffort } from '../effort.ts'
import type { Report } from '../report.ts'
import { flagIn, memberOf, messageIn, numberIn, type ProtoMessage, reject, textIn } from './proto-json.ts'

const EFFORT_OF: Readonly<Record<string, Effort>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
  XHIGH: 'xhigh',
}

/** Levels that every model which takes levels at all understands as such. */
const LEVELS: readonly Effort[] = ['minimal', 'low', 'medium', 'high']

/** The least that a budget-only model takes which cannot stop thinking. */
const LEAST_BUDGET_TOKENS = 128

/** @see https://ai.google.dev/gemini-api/docs/thinking */
export function decodeThinking(config: ProtoMessage): ReasoningRequest | undefined {
  const thinking = messageIn(config, 'thinkingConfig')
  if (thinking === undefined) return undefined
  const budget = numberIn(thinking, 'thinkingBudget')
  const level = textIn(thinking, 'thinkingLevel')
  if (budget !== undefined && level !== undefined)
    reject(
      memberOf(thinking, 'thinkingBudget')?.path ?? thinking.path,
      'cannot stand beside a thinking level',
    )
  const summary = flagIn(thinking, 'includeThoughts') === true ? 'auto' : 'none'
  return { ...decodeBudget(budget), ...decodeLevel(level), summary }
}

function decodeBudget(budget: number | undefined): ReasoningRequest {
  if (budget === undefined) return {}
  if (budget < 0) return { mode: 'adaptive' }
  return budget === 0 ? { mode: 'disabled', effort: 'none' } : { mode: 'budget', budgetTokens: budget }
}

function decodeLevel(level: string | undefined): ReasoningRequest {
  const effort = EFFORT_OF[level?.toUpperCase() ?? '']
  return effort === undefined ? {} : { effort }
}

/** `thinkingConfig` with a level or a budget, never both: Gemini refuses that. */
export function encodeThinking(
  request: ChatRequest,
  { capabilities }: EncodeTarget,
  report: Report,
): JsonObject | undefined {
  const { reasoning } = request
  if (reasoning === undefined) return undefined
  const path = clientPath(request.source, 'reasoning')
  const { style } = capabilities.thinking
  if (style === 'none') {
    if (!isOff(reasoning)) report.drop(path, 'the model does not reason')
    return undefined
  }
  const amount =
    style === 'budget'
      ? encodeBudget(request, reasoning, capabilities.thinking, report)
      : encodeLevel(path, reasoning, capabilities.thinking, report)
  if (reasoning.summary === 'concise' || reasoning.summary === 'detailed')
    report.approximate(path, 'Gemini shows thoughts or not, at no particular length')
  const shown = reasoning.summary === undefined ? {} : { includeThoughts: reasoning.summary !== 'none' }
  const thinking = { ...amount, ...shown }
  return Object.keys(thinking).length > 0 ? thinking : undefined
}

type Thinking = EncodeTarget['capabilities']['thinking']

function encodeLevel(
  path: string,
  reasoning: ReasoningRequest,
  { efforts }: Thinking,
  report: Report,
): JsonObject {
  const known = efforts.filter((effort) => effort !== 'none')
  const levels = known.length > 0 ? known : LEVELS
  const wanted = wantedEffort(reasoning)
  if (wanted === undefined) return {}
  const level = wanted === 'none' ? levels[0] : nearestEffort(wanted, levels)
  const thinkingLevel = level === 'max' ? 'HIGH' : level?.toUpperCase()
  if (reasoning.effort !== level || level === 'max')
    report.approximate(path, `asked for as thinking level ${thinkingLevel}`)
  return { thinkingLevel }
}

function wantedEffort(reasoning: ReasoningRequest): Effort | undefined {
  if (isOff(reasoning)) return 'none'
  if (reasoning.effort !== undefined) return reasoning.effort
  return reasoning.budgetTokens === undefined ? undefined : effortOf(reasoning.budgetTokens)
}

function encodeBudget(
  request: ChatRequest,
  reasoning: ReasoningRequest,
  { least, efforts, maxBudgetTokens: most = Number.POSITIVE_INFINITY }: Thinking,
  report: Report,
): JsonObject {
  const path = clientPath(request.source, 'reasoning')
  if (isOff(reasoning)) {
    if (least === 'disabled') return { thinkingBudget: 0 }
    report.approximate(path, `the model always thinks; limited to ${LEAST_BUDGET_TOKENS} tokens`)
    return { thinkingBudget: LEAST_BUDGET_TOKENS }
  }
  if (reasoning.budgetTokens !== undefined) {
    if (reasoning.budgetTokens <= most) return { thinkingBudget: reasoning.budgetTokens }
    report.approximate(path, `the model thinks for at most ${most} tokens`)
    return { thinkingBudget: most }
  }
  if (reasoning.effort === undefined || reasoning.effort === 'none')
    return reasoning.mode === 'adaptive' ? { thinkingBudget: -1 } : {}
  const known = efforts.filter((effort) => effort !== 'none')
  const effort = (known.length > 0 ? nearestEffort(reasoning.effort, known) : undefined) ?? reasoning.effort
  const budget = effort === 'none' ? 0 : budgetOf(effort)
  // thoughts count against the limit, so a budget as large as the limit would leave no answer
  const limit = request.maxOutputTokens ?? Number.POSITIVE_INFINITY
  const thinkingBudget = Math.max(Math.min(budget, limit - 1, most), LEAST_BUDGET_TOKENS)
  report.approximate(path, `asked for as a thinking budget of ${thinkingBudget} tokens`)
  return { thinkingBudget }
}

function isOff({ effort, mode }: ReasoningRequest): boolean {
  return effort === 'none' || mode === 'disabled' || mode === 'between-tools'
}
