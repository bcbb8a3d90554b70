import { expect, test } from 'vitest'
import { decodeUsage } from './usage.ts'

test('USG-06 USG-12 work beside the answer is counted once, however many events repeat it', () => {
  const iterations = [
    { type: 'compaction', input_tokens: 100, output_tokens: 10, cache_read_input_tokens: 5 },
    { type: 'message', input_tokens: 3, output_tokens: 1 },
  ]
  const first = decodeUsage({ input_tokens: 3, output_tokens: 1, cache_read_input_tokens: 0, iterations })
  expect(first).toMatchObject({ inputTokens: 103, outputTokens: 11, cacheReadTokens: 5 })
  const last = decodeUsage({ input_tokens: null, output_tokens: 7, iterations }, first)
  expect(last).toMatchObject({ inputTokens: 103, outputTokens: 17, cacheReadTokens: 5 })
})
