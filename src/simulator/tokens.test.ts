import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countTokens, fitPieces, splitFragments, splitPieces, tokensOfPieces } from './tokens.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 200 })

test('pieces and fragments join to their text, whole code points each', () => {
  fc.assert(
    fc.property(text, (whole) => {
      for (const pieces of [splitPieces(whole), splitFragments(whole)]) {
        expect(pieces.join('')).toBe(whole)
        expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
      }
    }),
  )
})

test('pieces fitted into a limit never exceed it', () => {
  fc.assert(
    fc.property(text, fc.nat(50), (whole, limit) => {
      const fitted = fitPieces(splitPieces(whole), limit)
      expect(tokensOfPieces(fitted)).toBeLessThanOrEqual(limit)
      expect(whole.startsWith(fitted.join(''))).toBe(true)
    }),
  )
})

test('tokens are counted by word and length', () => {
  expect(countTokens('')).toBe(0)
  expect(countTokens('Hello')).toBe(1)
  expect(countTokens('Hello there, incomprehensible')).toBe(1 + 2 + 3)
})
