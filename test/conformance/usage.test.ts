import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, parseEvents, readBody } from '../support/conversation.ts'
import type { TestGateway } from '../support/gateway.ts'
import { type Counts, type Question, shared } from './clients/conversation.ts'
import { clientFor, PAIRS, type Pair, startMatrix, UPSTREAMS } from './matrix.ts'

/** The simulated model says what it read from a cache and wrote to one. */
const PROMPT = 'Hello there '.repeat(20)

let gateway: TestGateway
let asked = 0

beforeAll(async () => {
  gateway = await startMatrix()
})

afterAll(() => gateway.close())

describe.each(PAIRS)('$from → $to', (pair) => {
  test('USG-01 to USG-06 USG-08 USG-09 CCH-09 tokens of cache and reasoning, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const question = questionOf(pair)
    const whole = await client.whole(question)
    expect(whole.counts).toEqual(countsOf(pair))
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
    asked += 2
    const entries = (await gateway.logged(asked)).slice(-2)
    for (const { usage } of entries) expect(usage).toMatchObject(loggedCounts(pair))
  })
})

test.each(UPSTREAMS)(
  'USG-07 a Chat client that wants no counts in its stream gets none from %s',
  async (to) => {
    for (const dialect of ['openai-chat', 'openai-completions'] as const) {
      const request = { dialect, model: 'simulated-cached', mode: 'streamed', key: `vk_${to}` } as const
      const { bytes } = await readBody(await ask(gateway.url, request))
      const chunks = parseEvents(bytes).flatMap(({ json }) => json ?? [])
      expect(chunks.filter(({ usage, choices }) => usage || choices.length === 0)).toEqual([])
      expect(chunks.length).toBeGreaterThan(2)
    }
  },
)

/** The legacy format asks for no reasoning. */
function questionOf({ from }: Pair): Question {
  const question = { model: 'simulated-cached', prompt: PROMPT }
  return from === 'openai-completions' ? question : { ...question, effort: 'low', maxTokens: 5000 }
}

/** Gemini has no word for what is written to a cache, neither as an upstream nor for its clients. */
function countsOf(pair: Pair): Counts {
  const { from, to } = pair
  const reasoning = from === 'openai-completions' ? 0 : 22
  const cacheWrite = from === 'gemini' || to === 'gemini' ? 0 : 6
  return { input: 44, output: 65 + reasoning, cacheRead: 11, cacheWrite, reasoning }
}

function loggedCounts(pair: Pair): object {
  const { input, output, cacheRead, reasoning } = countsOf(pair)
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    cache_read_tokens: cacheRead,
    cache_write_tokens: pair.to === 'gemini' ? 0 : 6,
    reasoning_tokens: reasoning,
  }
}
