import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentileOf, ratiosOf, spreadOf } from './statistics.ts'

const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 })

describe('percentiles', () => {
  test.each([
    [[5], 50, 5],
    [[3, 1, 2], 50, 2],
    [[4, 1, 3, 2], 50, 2.5],
    [[10, 20], 75, 17.5],
    [[9, 10, 100], 0, 9],
    [[9, 10, 100], 100, 100],
  ])('of %j at %i is %d', (values, percent, expected) => {
    expect(percentileOf(values, percent)).toBe(expected)
  })

  test('stay within the values and never fall as the percentage rises', () => {
    fc.assert(
      fc.property(numbers, fc.nat(100), fc.nat(100), (values, one, other) => {
        const low = percentileOf(values, Math.min(one, other))
        const high = percentileOf(values, Math.max(one, other))
        expect(low).toBeLessThanOrEqual(high)
        expect(low).toBeGreaterThanOrEqual(Math.min(...values))
        expect(high).toBeLessThanOrEqual(Math.max(...values))
      }),
    )
  })

  test('do not depend on the order, nor change it', () => {
    const values = [3, 1, 2]
    expect(percentileOf(values, 25)).toBe(percentileOf([1, 2, 3], 25))
    expect(values).toEqual([3, 1, 2])
  })

  test('of nothing are an error', () => {
    expect(() => percentileOf([], 50)).toThrow(RangeError)
  })
})

test('a spread is the median between the extremes', () => {
  expect(spreadOf([7, 1, 4])).toEqual({ median: 4, min: 1, max: 7 })
})

describe('ratios', () => {
  test('are taken round by round, not between medians', () => {
    expect(ratiosOf([2, 30], [1, 10])).toEqual([2, 3])
  })

  test('leave out rounds without a partner or with an empty base', () => {
    expect(ratiosOf([2, 4, 6], [1, 0])).toEqual([2])
  })
})
