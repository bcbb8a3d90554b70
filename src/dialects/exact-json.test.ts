import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayRespellCalls, parseExact, parseKeepingCalls } from './exact-json.ts'

/** Numbers as people spell them, most of which JavaScript would spell differently. */
const spelledNumber = fc.oneof(
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.tuple(fc.integer(), fc.stringMatching(/^\d{1,20}$/)).map(([whole, digits]) => `${whole}.${digits}`),
  fc.tuple(fc.integer(), fc.integer({ min: -40, max: 40 })).map(([whole, power]) => `${whole}e${power}`),
  fc.tuple(fc.integer(), fc.integer({ min: 0, max: 40 })).map(([whole, power]) => `${whole}E+${power}`),
)

const blank = fc.constantFrom('', ' ', '\n  ')

describe('numbers in calls', () => {
  test.each(['input', 'args', 'response'])('are written as they were spelled in "%s"', (name) => {
    fc.assert(
      fc.property(spelledNumber, blank, (number, gap) => {
        const text = `{"${name}"${gap}:${gap}{"list":${gap}[${gap}${number},${gap}${number}],"one":${gap}${number}}}`
        expect(JSON.stringify(parseKeepingCalls(text))).toBe(text.replaceAll(/\s/g, ''))
      }),
    )
  })

  test('are written as they were spelled by parseExact, wherever they stand', () => {
    fc.assert(
      fc.property(spelledNumber, blank, (number, gap) => {
        expect(JSON.stringify(parseExact(gap + number))).toBe(number)
        expect(JSON.stringify(parseExact(`[${gap}${number}${gap}]`))).toBe(`[${number}]`)
      }),
    )
  })
})

describe('everything else', () => {
  test('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ input: 1.5, value })
        expect(JSON.stringify(parseKeepingCalls(text))).toBe(text)
      }),
    )
  })

  test.each([
    ['an answer that calls nothing', '{"temperature":0.7,"object":"response","usage":{"input_tokens":3}}'],
    ['prose with numbers in it', '{"input":{"path":"a"},"text":"version 2.1 of 3.5, or 1e9"}'],
    ['short whole numbers', '{"input":{"line":120,"id":123456789012345}}'],
  ])('is read at the speed of JSON.parse: %s', (_what, text) => {
    expect(mayRespellCalls(text)).toBe(false)
    expect(parseKeepingCalls(text)).toEqual(JSON.parse(text))
  })
})
