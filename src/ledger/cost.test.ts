import { expect, test } from 'vitest'
import { NO_USAGE } from '../ir/usage.ts'
import { costOf } from './cost.ts'
import { PriceBook } from './price-book.ts'

test('every bucket is charged at its own rate, and the sum is rounded once', () => {
  const price = { input_mtok: 0.15, cache_read_mtok: 0.075, output_mtok: 0.6 }
  const usage = { ...NO_USAGE, inputTokens: 1001, cacheReadTokens: 1, outputTokens: 10, reasoningTokens: 5 }
  expect(costOf(usage, price)).toBe(1001 * 150 + 75 + 15 * 600)
})

test('a bucket without a rate costs what the more general one does', () => {
  const usage = { ...NO_USAGE, cacheWriteLongTokens: 10, inputAudioTokens: 3, outputAudioTokens: 2 }
  expect(costOf(usage, { input_mtok: 2, output_mtok: 4 })).toBe(10 * 2000 + 3 * 2000 + 2 * 4000)
})

test('past a tier the whole request costs the higher rate', () => {
  const price = { input_mtok: { base: 1, tiers: [{ start: 200, price: 2 }] } }
  expect(costOf({ ...NO_USAGE, inputTokens: 200 }, price)).toBe(200_000)
  expect(costOf({ ...NO_USAGE, inputTokens: 201 }, price)).toBe(402_000)
})

test('the price book knows a listed model and has no price for an unknown one', async () => {
  const book = new PriceBook()
  expect(book.find('openai', 'gpt-4o-mini')).toBeUndefined()
  await book.load()
  expect(book.find('openai', 'gpt-4o-mini')).toMatchObject({ input_mtok: 0.15 })
  expect(book.find('openai', 'no-such-model')).toBeUndefined()
  expect(book.find('no-such-provider', 'gpt-4o-mini')).toBeUndefined()
})
