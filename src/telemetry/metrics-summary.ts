import type { FinishedRequest } from './request-series.ts'

/** The JSON answer of `GET /metrics`. */
export interface MetricsSummary {
  readonly total_requests: number
  /** Requests that got as far as a provider. */
  readonly requests_by_provider: Readonly<Record<string, number>>
  /** 0 before the first request. */
  readonly average_response_ms: number
  /** When the last request finished; before the first, when the gateway started. */
  readonly last_updated: string
}

/** Running totals since the start of the process; two additions per request. */
export function createSummary(startedAtMs: number) {
  const byProvider = new Map<string, number>()
  let requests = 0
  let durationMs = 0
  let updatedAtMs = startedAtMs
  return {
    record(request: FinishedRequest, nowMs: number): void {
      requests++
      if (Number.isFinite(request.durationMs)) durationMs += request.durationMs
      updatedAtMs = nowMs
      if (request.provider === null) return
      byProvider.set(request.provider, (byProvider.get(request.provider) ?? 0) + 1)
    },
    read: (): MetricsSummary => ({
      total_requests: requests,
      requests_by_provider: Object.fromEntries(byProvider),
      average_response_ms: requests === 0 ? 0 : Math.round((durationMs / requests) * 100) / 100,
      last_updated: new Date(updatedAtMs).toISOString(),
    }),
  }
}
