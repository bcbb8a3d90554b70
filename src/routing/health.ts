/** What is known of one account's reachability, from traffic and from checks. Times are UTC milliseconds. */
export interface AccountHealth {
  readonly isHealthy: boolean
  readonly checkedAtMs: number
  readonly latencyMs: number | null
  /** In a row. */
  readonly failures: number
  /** Error code of the last failure; null since the last success. */
  readonly problem: string | null
}

/** Failures of real requests in a row before an account counts as sick: one broken answer may be anybody's bad luck. */
const TOLERATED_FAILURES = 2

export type Observation =
  | { readonly type: 'success'; readonly latencyMs: number }
  /** A request failed in a way that is the provider's doing. */
  | { readonly type: 'failure'; readonly problem: string }
  /** It was asked how it is, and was not well. */
  | { readonly type: 'failed-check'; readonly problem: string }

/** Folds one observation into what was known. A provider that answers at all, even 429, is reachable. */
export function observe(before: AccountHealth | undefined, seen: Observation, nowMs: number): AccountHealth {
  if (seen.type === 'success') {
    return { isHealthy: true, failures: 0, checkedAtMs: nowMs, latencyMs: seen.latencyMs, problem: null }
  }
  const failures = (before?.failures ?? 0) + 1
  const isHealthy = seen.type === 'failure' && failures <= TOLERATED_FAILURES && (before?.isHealthy ?? true)
  return {
    isHealthy,
    failures,
    checkedAtMs: nowMs,
    latencyMs: before?.latencyMs ?? null,
    problem: seen.problem,
  }
}

export type GatewayHealth = 'healthy' | 'degraded' | 'unhealthy'

/** One sick provider degrades the gateway; only when none can serve is it unhealthy. Nothing known yet counts as healthy. */
export function overall(providers: readonly boolean[]): GatewayHealth {
  if (providers.every(Boolean)) return 'healthy'
  return providers.some(Boolean) ? 'degraded' : 'unhealthy'
}
