import { expect, test } from 'vitest'
import { estimateTokens } from './estimate-tokens.ts'

test('CNT-03 text counts by its length, with a little for the structure around it', () => {
  const estimate = estimateTokens({
    model: 'any',
    messages: [{ role: 'user', content: 'word '.repeat(680) }],
  })
  expect(estimate).toBeGreaterThan(990)
  expect(estimate).toBeLessThan(1030)
})

test('CNT-03 a picture counts as a picture, however many bytes it has', () => {
  const picture = (bytes: number) => ({
    messages: [{ content: [{ type: 'image', source: { data: 'A'.repeat(bytes) } }] }],
  })
  expect(estimateTokens(picture(1000))).toBe(estimateTokens(picture(1_000_000)))
  expect(estimateTokens(picture(1000))).toBeGreaterThan(1500)
})

test('the name of the model is no part of the prompt', () => {
  expect(estimateTokens({ model: 'a', input: 'hi' })).toBe(
    estimateTokens({ model: 'a'.repeat(500), input: 'hi' }),
  )
})
