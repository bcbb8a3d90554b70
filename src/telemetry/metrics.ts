import { Counter, Gauge, openMetricsContentType, prometheusContentType, Registry } from 'prom-client'
import type { Clock } from '../core/clock.ts'
import { registerKeySeries } from './key-series.ts'
import { createSummary, type MetricsSummary } from './metrics-summary.ts'
import { registerProcessMetrics } from './process-metrics.ts'
import { type FinishedRequest, registerRequestSeries } from './request-series.ts'

const PREFIX = 'llm_gateway_'

export interface MetricsOptions {
  /** Also count requests, tokens and cost by virtual key. */
  readonly keyLabels: boolean
  /** The gateway's own, for `build_info`. */
  readonly version: string
  readonly now?: Clock
}

/** Text for a scraper, with the Content-Type to send it under. */
export interface Exposition {
  readonly contentType: string
  readonly body: string
}

/** One call per thing that happened. None of the recording calls throws or waits. */
export interface Metrics {
  requestStarted(): void
  /** Once for each requestStarted, however the request ended. */
  requestFinished(request: FinishedRequest): void
  /** A failed attempt, by the code of its error, whether or not another target then answered. */
  upstreamError(provider: string, kind: string): void
  /** A refusal, by what ran out: `requests`, `tokens`, `concurrency`, `budget`. */
  quotaRefused(limit: string): void
  logWriteFailed(): void
  configReloaded(result: 'ok' | 'rejected'): void
  renderPrometheus(format?: 'prometheus' | 'openmetrics'): Promise<Exposition>
  summary(): MetricsSummary
  /** Stops measuring the event loop. */
  close(): void
}

/** A set of metrics with a registry of its own. Model and key labels are bounded: late-comers share the label `other`. */
export function createMetrics({ keyLabels, version, now = Date.now }: MetricsOptions): Metrics {
  const registry = new Registry()
  const events = registerEvents(registry)
  const recordRequest = registerRequestSeries(registry, PREFIX)
  const recordKey = keyLabels ? registerKeySeries(registry, PREFIX) : null
  const stop = registerProcessMetrics(registry, PREFIX, version)
  const summary = createSummary(now())
  return {
    requestStarted: () => void events.inFlight.count++,
    requestFinished: (request) => {
      events.inFlight.count--
      if (request.isClientAborted) events.clientAborts.inc()
      recordRequest(request)
      recordKey?.(request)
      summary.record(request, now())
    },
    upstreamError: (provider, kind) => events.upstreamErrors.inc({ provider, kind }),
    quotaRefused: (limit) => events.quotaRefusals.inc({ limit }),
    logWriteFailed: () => events.logWriteFailures.inc(),
    configReloaded: (result) => events.configReloads.inc({ result }),
    renderPrometheus: async (format = 'prometheus') => render(await registry.metrics(), format),
    summary: summary.read,
    close: stop,
  }
}

function registerEvents(registry: Registry) {
  const registers = [registry]
  const inFlight = { count: 0 }
  new Gauge({
    name: `${PREFIX}requests_in_flight`,
    help: 'Requests that have started and not yet ended.',
    registers,
    collect() {
      this.set(inFlight.count)
    },
  })
  return {
    inFlight,
    upstreamErrors: new Counter({
      name: `${PREFIX}upstream_errors_total`,
      help: 'Failed attempts by provider and error code.',
      labelNames: ['provider', 'kind'],
      registers,
    }),
    quotaRefusals: new Counter({
      name: `${PREFIX}quota_refusals_total`,
      help: 'Requests refused because a limit or budget was used up.',
      labelNames: ['limit'],
      registers,
    }),
    clientAborts: new Counter({
      name: `${PREFIX}client_aborts_total`,
      help: 'Requests whose client left before the answer ended.',
      registers,
    }),
    logWriteFailures: new Counter({
      name: `${PREFIX}log_write_failures_total`,
      help: 'Failed writes to the interaction log, and lines it dropped.',
      registers,
    }),
    configReloads: new Counter({
      name: `${PREFIX}config_reloads_total`,
      help: 'Configuration reloads by result: ok or rejected.',
      labelNames: ['result'],
      registers,
    }),
  }
}

/**
 * OpenMetrics differs from the older text in three ways that concern us: counter families lose their `_total`, no line is blank,
 * and the end is marked. The library's own renderer renames its counters for good, which would spoil the older text afterwards.
 */
function render(text: string, format: 'prometheus' | 'openmetrics'): Exposition {
  if (format === 'prometheus') return { contentType: prometheusContentType, body: text }
  const families = text.replace(/^(# (?:HELP|TYPE) \w+)_total /gm, '$1 ').replace(/\n{2,}/g, '\n')
  return { contentType: openMetricsContentType, body: `${families.trimEnd()}\n# EOF\n` }
}
