import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMetrics, type Metrics } from './metrics.ts'
import type { FinishedRequest } from './request-series.ts'

const REQUEST: FinishedRequest = {
  provider: 'openai',
  model: 'gpt-5',
  status: 200,
  durationMs: 120,
  firstTokenMs: 40,
  tokens: { input: 10, cache_read: 0, output: 5 },
  costNanoUsd: 250_000,
  isClientAborted: false,
  virtualKey: 'team-a',
}
const STARTED_MS = Date.UTC(2026, 10, 1)

let metrics: Metrics
let nowMs: number
beforeEach(() => {
  nowMs = STARTED_MS
  metrics = createMetrics({ keyLabels: false, version: '1.2.3', now: () => nowMs })
})
afterEach(() => metrics.close())

async function lines(pattern: RegExp, format?: 'openmetrics'): Promise<string[]> {
  const { body } = await metrics.renderPrometheus(format)
  return body.split('\n').filter((line) => pattern.test(line))
}

function finish(change: Partial<FinishedRequest> = {}): void {
  metrics.requestStarted()
  metrics.requestFinished({ ...REQUEST, ...change })
}

test('a finished request is counted by provider, model and status, with its tokens and cost', async () => {
  finish()
  finish()
  expect(await lines(/^llm_gateway_(requests|tokens|cost_usd)_total/)).toEqual([
    'llm_gateway_requests_total{provider="openai",model="gpt-5",status="200"} 2',
    'llm_gateway_tokens_total{provider="openai",model="gpt-5",kind="input"} 20',
    'llm_gateway_tokens_total{provider="openai",model="gpt-5",kind="output"} 10',
    'llm_gateway_cost_usd_total{provider="openai",model="gpt-5"} 0.0005',
  ])
})

test('durations are observed in seconds', async () => {
  finish()
  expect(await lines(/^llm_gateway_(request_duration|first_token)_seconds_(sum|count)/)).toEqual([
    'llm_gateway_request_duration_seconds_sum{provider="openai"} 0.12',
    'llm_gateway_request_duration_seconds_count{provider="openai"} 1',
    'llm_gateway_first_token_seconds_sum{provider="openai"} 0.04',
    'llm_gateway_first_token_seconds_count{provider="openai"} 1',
  ])
})

test('requests in flight go up and down', async () => {
  metrics.requestStarted()
  metrics.requestStarted()
  metrics.requestFinished(REQUEST)
  expect(await lines(/^llm_gateway_requests_in_flight /)).toEqual(['llm_gateway_requests_in_flight 1'])
})

test('everything else that happens has its counter', async () => {
  finish({ isClientAborted: true })
  metrics.upstreamError('openai', 'upstream_timeout')
  metrics.quotaRefused('budget')
  metrics.logWriteFailed()
  metrics.configReloaded('rejected')
  const found = await lines(/^llm_gateway_(upstream_errors|quota|client|log|config)/)
  expect(found).toEqual([
    'llm_gateway_upstream_errors_total{provider="openai",kind="upstream_timeout"} 1',
    'llm_gateway_quota_refusals_total{limit="budget"} 1',
    'llm_gateway_client_aborts_total 1',
    'llm_gateway_log_write_failures_total 1',
    'llm_gateway_config_reloads_total{result="rejected"} 1',
  ])
})

test('models beyond the first 200 share a label', async () => {
  for (let index = 0; index < 300; index++) finish({ model: `model-${index}` })
  const counters = await lines(/^llm_gateway_requests_total/)
  expect(counters).toHaveLength(201)
  expect(counters).toContain('llm_gateway_requests_total{provider="openai",model="other",status="200"} 100')
})

test('a model that was refused takes no label', async () => {
  finish({ model: 'made-up', status: 404 })
  finish({ model: null, provider: null, status: 401 })
  expect(await lines(/^llm_gateway_requests_total/)).toEqual([
    'llm_gateway_requests_total{provider="openai",model="other",status="404"} 1',
    'llm_gateway_requests_total{provider="none",model="none",status="401"} 1',
  ])
})

test('numbers that make no sense do not throw', async () => {
  finish({
    durationMs: Number.NaN,
    firstTokenMs: -1,
    costNanoUsd: -5,
    tokens: { input: Number.POSITIVE_INFINITY },
  })
  finish({ tokens: null, costNanoUsd: null, firstTokenMs: null })
  expect(await lines(/_total\{.*"gpt-5"/)).toEqual([
    'llm_gateway_requests_total{provider="openai",model="gpt-5",status="200"} 2',
  ])
})

test('virtual keys are labels only when asked for', async () => {
  finish()
  expect(await lines(/team-a/)).toEqual([])
  metrics.close()
  metrics = createMetrics({ keyLabels: true, version: '1.2.3' })
  finish()
  expect(await lines(/team-a/)).toEqual([
    'llm_gateway_key_requests_total{virtual_key="team-a"} 1',
    'llm_gateway_key_tokens_total{virtual_key="team-a"} 15',
    'llm_gateway_key_cost_usd_total{virtual_key="team-a"} 0.00025',
  ])
})

test('process, event loop and build are described, scrape after scrape', async () => {
  await metrics.renderPrometheus()
  expect(await lines(/^process_\w+ [\d.e+]+$/)).toHaveLength(3)
  expect(
    await lines(/^llm_gateway_event_loop_lag_seconds\{quantile="(0.5|0.9|0.99|1)"\} [\d.e-]+$/),
  ).toHaveLength(4)
  expect(await lines(/^llm_gateway_build_info\{version="1.2.3",node_version="v\d/)).toHaveLength(1)
})

test('OpenMetrics names families without _total, ends with EOF, and leaves the older text as it was', async () => {
  finish()
  const before = await lines(/requests_total/)
  const openMetrics = await metrics.renderPrometheus('openmetrics')
  expect(openMetrics.contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/)
  expect(openMetrics.body).toContain('# TYPE llm_gateway_requests counter\n')
  expect(openMetrics.body).toContain('llm_gateway_requests_total{provider="openai"')
  expect(openMetrics.body).not.toContain('\n\n')
  expect(openMetrics.body.endsWith('\n# EOF\n')).toBe(true)
  expect(await lines(/requests_total/)).toEqual(before)
  expect((await metrics.renderPrometheus()).contentType).toMatch(/^text\/plain; version=0\.0\.4/)
})

test('the summary counts, averages and knows when it last changed', () => {
  expect(metrics.summary()).toEqual({
    total_requests: 0,
    requests_by_provider: {},
    average_response_ms: 0,
    last_updated: '2026-11-01T00:00:00.000Z',
  })
  finish({ durationMs: 100 })
  finish({ durationMs: 201, provider: 'anthropic' })
  nowMs += 1500
  finish({ durationMs: 0, provider: null, status: 401 })
  expect(metrics.summary()).toEqual({
    total_requests: 3,
    requests_by_provider: { openai: 1, anthropic: 1 },
    average_response_ms: 100.33,
    last_updated: '2026-11-01T00:00:01.500Z',
  })
})
