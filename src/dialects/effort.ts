import { EFFORTS, type Effort } from '../ir/request.ts'

/** Thinking tokens that stand for an effort where a model knows budgets only. Fixed, so that prompt caches stay valid. */
const BUDGET_OF: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_000,
}

/** Upper ends of the budgets that count as each effort, half-way between the budgets above. */
const EFFORT_UP_TO: readonly (readonly [budgetTokens: number, Effort])[] = [
  [1024, 'minimal'],
  [4096, 'low'],
  [12_288, 'medium'],
  [20_480, 'high'],
  [28_672, 'xhigh'],
]

export function budgetOf(effort: Exclude<Effort, 'none'>): number {
  return BUDGET_OF[effort]
}

export function effortOf(budgetTokens: number): Effort {
  return EFFORT_UP_TO.find(([limit]) => budgetTokens <= limit)?.[1] ?? 'max'
}

/** The effort itself if the model knows it, else the nearest one that it knows; the lower of two equally near ones. */
export function nearestEffort(effort: Effort, known: readonly Effort[]): Effort | undefined {
  const distance = (other: Effort) => Math.abs(EFFORTS.indexOf(other) - EFFORTS.indexOf(effort))
  return known.toSorted((a, b) => distance(a) - distance(b) || EFFORTS.indexOf(a) - EFFORTS.indexOf(b))[0]
}
