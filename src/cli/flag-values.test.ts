import { expect, test } from 'vitest'
import {
  parseHeader,
  parseList,
  parsePairs,
  parseSince,
  parseText,
  parseWhen,
  parseWhole,
} from './flag-values.ts'

test('lists are written with commas or by several flags; nothing takes the list away', () => {
  expect(parseList('a, b,,c')).toEqual(['a', 'b', 'c'])
  expect(parseList('c', parseList('a,b'))).toEqual(['a', 'b', 'c'])
  expect(parseList('')).toBeNull()
})

test('pairs keep everything behind the first sign', () => {
  expect(parsePairs('b=2', parsePairs('a=x=y'))).toEqual({ a: 'x=y', b: '2' })
  expect(parsePairs('')).toBeNull()
  expect(() => parsePairs('a')).toThrow('name=value')
  expect(parseHeader('X-Org: a: b', { x: 'y' })).toEqual({ x: 'y', 'x-org': 'a: b' })
  expect(() => parseHeader('a b: c')).toThrow('name: value')
})

test('what is empty takes away what is there', () => {
  expect([parseText(''), parseWhole(''), parseWhen(''), parseWhen('never')]).toEqual([null, null, null, null])
  expect([parseText('a'), parseWhole('-7')]).toEqual(['a', -7])
  expect(() => parseWhole('7.5')).toThrow('whole number')
})

test('times are days, instants or spans', () => {
  expect(parseWhen('2027-01-31')).toBe('2027-01-31T00:00:00.000Z')
  expect(parseWhen('2027-01-31T12:00:00+02:00')).toBe('2027-01-31T10:00:00.000Z')
  const [before, when, after] = [Date.now(), Date.parse(parseWhen('30d') ?? ''), Date.now()]
  expect(when - 30 * 86_400_000).toBeGreaterThanOrEqual(before)
  expect(when - 30 * 86_400_000).toBeLessThanOrEqual(after)
  for (const wrong of ['soon', '2027-13-01', '2027-01-31T12:00:00'])
    expect(() => parseWhen(wrong)).toThrow('It must be')
  expect(parseSince('2026-01-01')).toBe(Date.UTC(2026, 0, 1))
  expect(parseSince('1h')).toBeLessThanOrEqual(Date.now() - 3_600_000)
})
