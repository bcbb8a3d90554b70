import { Counter, type Registry } from 'prom-client'
import { createLabelCap } from './label-cap.ts'
import type { FinishedRequest } from './request-series.ts'

const MAX_KEYS = 1000

/**
 * Counters by virtual key, for operators who want them. Families of their own: as one more label on the others,
 * keys would multiply with providers, models and statuses. Returns how to record one request.
 */
export function registerKeySeries(registry: Registry, prefix: string): (request: FinishedRequest) => void {
  const registers = [registry]
  const labelNames = ['virtual_key'] as const
  const requests = new Counter({
    name: `${prefix}key_requests_total`,
    help: 'Finished requests by virtual key.',
    labelNames,
    registers,
  })
  const tokens = new Counter({
    name: `${prefix}key_tokens_total`,
    help: 'Tokens used, by virtual key.',
    labelNames,
    registers,
  })
  const cost = new Counter({
    name: `${prefix}key_cost_usd_total`,
    help: 'Money spent by virtual key, in US dollars.',
    labelNames,
    registers,
  })
  const cap = createLabelCap(MAX_KEYS)
  return (request) => {
    if (request.virtualKey === null) return
    const labels = { virtual_key: cap.admit(request.virtualKey) }
    requests.inc(labels)
    tokens.inc(labels, sum(request.tokens))
    const costUsd = (request.costNanoUsd ?? 0) / 1e9
    if (costUsd > 0 && Number.isFinite(costUsd)) cost.inc(labels, costUsd)
  }
}

function sum(tokens: Readonly<Record<string, number>> | null): number {
  let total = 0
  for (const count of Object.values(tokens ?? {})) {
    if (count > 0 && Number.isFinite(count)) total += count
  }
  return total
}
