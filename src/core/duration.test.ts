import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

describe('parseDuration', () => {
  const readings: [string | number, number][] = [
    [30, 30_000],
    ['30', 30_000],
    [1.5, 1500],
    ['0', 0],
    ['30s', 30_000],
    ['1m', 60_000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1h2m3s4ms', 3_723_004],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['2.3m', 138_000],
    [' 5s ', 5000],
    ['100us', 1],
    ['1500µs', 2],
    ['1ns', 1],
    ['0s', 0],
  ]
  for (const [written, milliseconds] of readings)
    test(`${JSON.stringify(written)} is ${milliseconds} ms`, () =>
      expect(parseDuration(written)).toBe(milliseconds))

  for (const written of [
    '',
    ' ',
    'abc',
    '30 seconds',
    '30x',
    's',
    '-1',
    '-5s',
    '1m 30s',
    '1e3',
    '.5s',
    '5s!',
  ])
    test(`${JSON.stringify(written)} is not a duration`, () =>
      expect(() => parseDuration(written)).toThrow(RangeError))

  for (const written of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    test(`${written} is not a duration`, () => expect(() => parseDuration(written)).toThrow(RangeError))

  test('an error does not repeat what was written', () => {
    expect(() => parseDuration('sk-secret')).toThrow(/^(?!.*sk-secret)/)
  })
})

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [500, '500ms'],
    [1500, '1.5s'],
    [30_000, '30s'],
    [90_500, '1m30.5s'],
    [3_600_000, '1h'],
    [3_601_000, '1h1s'],
  ])('%d ms is %s', (milliseconds, written) => expect(formatDuration(milliseconds)).toBe(written))

  test('what is written is read back', () => {
    fc.assert(
      fc.property(
        fc.nat(1e12),
        (milliseconds) => parseDuration(formatDuration(milliseconds)) === milliseconds,
      ),
    )
  })
})
