import { expect, test } from 'vitest'
import { type AccountHealth, type Observation, observe, overall } from './health.ts'

const failure: Observation = { type: 'failure', problem: 'upstream_cut' }
const success: Observation = { type: 'success', latencyMs: 12 }

function after(...seen: Observation[]): AccountHealth | undefined {
  let health: AccountHealth | undefined
  for (const [index, each] of seen.entries()) health = observe(health, each, index)
  return health
}

test('a few failures are bad luck, more in a row are an illness, and one success cures it', () => {
  expect(after(failure, failure)?.isHealthy).toBe(true)
  expect(after(failure, failure, failure)).toMatchObject({
    isHealthy: false,
    failures: 3,
    problem: 'upstream_cut',
  })
  expect(after(failure, success, failure, failure)?.isHealthy).toBe(true)
  expect(after(failure, failure, failure, success)).toMatchObject({
    isHealthy: true,
    failures: 0,
    problem: null,
  })
})

test('a failed check is enough, and what was known of the latency stays', () => {
  const health = after(success, { type: 'failed-check', problem: 'upstream_timeout' })
  expect(health).toMatchObject({ isHealthy: false, latencyMs: 12, checkedAtMs: 1 })
  expect(after({ type: 'failed-check', problem: 'x' }, failure)?.isHealthy).toBe(false)
})

test('one sick provider degrades, all sick ones take it down, none known is well', () => {
  expect(overall([])).toBe('healthy')
  expect(overall([true, true])).toBe('healthy')
  expect(overall([true, false])).toBe('degraded')
  expect(overall([false])).toBe('unhealthy')
})
