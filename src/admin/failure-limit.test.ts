import { describe, expect, test } from 'vitest'
import { FailureLimit } from './failure-limit.ts'

const LIMITS = { perAddress: 3, altogether: 6, windowMs: 60_000, trustedMs: 3_600_000, maxAddresses: 4 }

function failing(limit: FailureLimit, addresses: readonly string[], nowMs = 0): FailureLimit {
  for (const address of addresses) limit.failed(address, nowMs)
  return limit
}

describe('an address', () => {
  test('may fail a few times', () => {
    expect(failing(new FailureLimit(LIMITS), ['a', 'a']).waitMs('a', 0)).toBe(0)
  })

  test('then waits for the end of the minute, and others do not', () => {
    const limit = failing(new FailureLimit(LIMITS), ['a', 'a', 'a'])
    expect(limit.waitMs('a', 20_000)).toBe(40_000)
    expect(limit.waitMs('b', 20_000)).toBe(0)
    expect(limit.waitMs('a', 60_000)).toBe(0)
  })

  test('begins anew after a success', () => {
    const limit = failing(new FailureLimit(LIMITS), ['a', 'a'])
    limit.succeeded('a', 0)
    expect(failing(limit, ['a', 'a']).waitMs('a', 0)).toBe(0)
  })
})

describe('many addresses together', () => {
  const spread = ['a', 'b', 'c', 'd', 'e', 'f']

  test('hold up every stranger', () => {
    const limit = failing(new FailureLimit(LIMITS), spread)
    expect(limit.waitMs('stranger', 10_000)).toBe(50_000)
    expect(limit.waitMs('stranger', 60_000)).toBe(0)
  })

  test('do not hold up who succeeded lately', () => {
    const limit = new FailureLimit(LIMITS)
    limit.succeeded('operator', 0)
    failing(limit, spread, 1000)
    expect(limit.waitMs('operator', 1000)).toBe(0)
    failing(limit, spread, 3_600_000)
    expect(limit.waitMs('operator', 3_600_000)).toBeGreaterThan(0)
  })
})
