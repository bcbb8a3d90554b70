import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ask, errorCodeOf, isTerminal, parseEvents, readBody } from '../support/conversation.ts'
import type { TestGateway } from '../support/gateway.ts'
import { shared } from './clients/conversation.ts'
import { clientFor, lastBody, PAIRS, type Pair, startMatrix } from './matrix.ts'

/** How each client format spells the end of an answer. */
const SPELLED = {
  'openai-chat': { length: 'length', stop: 'stop', filtered: 'content_filter' },
  'openai-completions': { length: 'length', stop: 'stop', filtered: 'content_filter' },
  'openai-responses': { length: 'max_output_tokens', stop: 'completed', filtered: 'content_filter' },
  'anthropic-messages': { length: 'max_tokens', stop: 'end_turn', filtered: 'refusal' },
  gemini: { length: 'MAX_TOKENS', stop: 'STOP', filtered: 'SAFETY' },
}

const BROKEN = ['simulated-cut', 'simulated-end-early', 'simulated-error-in-stream', 'simulated-malformed']

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startMatrix()
})

beforeEach(() => gateway.simulator.clear())

afterAll(() => gateway.close())

describe.each(PAIRS)('$from → $to', (pair) => {
  const spelled = SPELLED[pair.from]

  test('STP-03 length, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const question = { model: 'simulated', prompt: 'Hello there', maxTokens: 16 }
    const whole = await client.whole(question)
    expect(whole.finish).toBe(spelled.length)
    expect(whole.counts.output).toBe(16)
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })

  test('STP-04 STP-21 what was filtered half-way, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const question = { model: 'simulated-content-filter', prompt: 'Hello there' }
    const whole = await client.whole(question)
    expect(whole.finish).toBe(spelled.filtered)
    expect(whole.text).toContain('Simulated answer')
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })

  test('ERR-19 ERR-10 an error before content is a real status', async () => {
    const client = clientFor(pair, gateway)
    const question = { model: 'simulated-error-429', prompt: 'Hello' }
    await expect(client.whole(question)).rejects.toMatchObject({ status: 429 })
    await expect(client.streamed(question)).rejects.toMatchObject({ status: 429 })
  })

  test('ERR-19 RSP-16 so is an error that comes first in a stream', async () => {
    const client = clientFor(pair, gateway)
    const question = { model: 'simulated-error-first-event', prompt: 'Hello' }
    const status = expect.toSatisfy((value: number) => value >= 500)
    await expect(client.streamed(question)).rejects.toMatchObject({ status })
    await expect(client.whole(question)).rejects.toMatchObject({ status })
  })

  test.each(BROKEN)('ERR-20 STR-14 %s never looks complete', async (model) => {
    const outcome = await clientFor(pair, gateway)
      .streamed({ model, prompt: 'Hello there' })
      // the Responses SDK hands a failed response out as what it is; all others throw
      .then(({ finish }) => (finish === 'failed' ? 'told' : finish))
      .catch(() => 'told')
    expect(outcome).toBe('told')
  })
})

describe.each(PAIRS)('$from → $to', (pair) => {
  test('RSP-11 RSP-13 STP-04 STP-27 a refusal, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const question = { model: 'simulated-refusal', prompt: 'Hello' }
    const whole = await client.whole(question)
    expect(whole.finish).toBe(refusedBy(pair))
    expect(whole.text + whole.refusal).toContain(wordsOf(pair))
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })

  test('ERR-20 an error inside a stream comes behind what was said before it', async () => {
    const request = { model: 'simulated-error-in-stream', mode: 'streamed', key: `vk_${pair.to}` } as const
    const { bytes } = await readBody(await ask(gateway.url, { ...request, dialect: pair.from }))
    const events = parseEvents(bytes)
    expect(bytes.toString()).toContain('answer')
    expect(events.filter((event) => isTerminal(pair.from, event))).toEqual([])
    expect(errorCodeOf(pair.from, events.at(-1)?.json)).toMatch(
      /overloaded|server_error|upstream_error|unavailable/i,
    )
  })
})

/** Chat and Responses count a refusal as an answer like any other where it comes from their own upstreams. */
function refusedBy({ from, to }: Pair): string {
  if (from === 'openai-chat') return from === to ? 'stop' : 'content_filter'
  if (from === 'openai-responses') return 'completed'
  if (from === 'gemini' && to === 'gemini') return 'PROHIBITED_CONTENT'
  return SPELLED[from].filtered
}

/** Gemini blocks a prompt without words; Google's SDK shows none, and a legacy answer has no place for them but its text. */
function wordsOf({ from, to }: Pair): string {
  const isShown = from !== 'gemini' && from !== 'openai-completions'
  if (to === 'gemini') return isShown ? 'PROHIBITED_CONTENT' : ''
  return isShown || to.startsWith('openai') ? 'I cannot help with that, says the simulated provider.' : ''
}

const STOP_FIELD = {
  'openai-chat': 'stop',
  'openai-completions': 'stop',
  'anthropic-messages': 'stop_sequences',
  gemini: 'generationConfig.stopSequences',
} as const

// Responses has no stop sequences, neither for clients nor upstream
const stoppable = PAIRS.flatMap(({ from, to }) => (from === 'openai-responses' ? [] : [{ from, to }]))
const STOPPED = { model: 'simulated', prompt: 'Hello there', stop: ['there', 'never'] }

test.each(stoppable.filter(({ to }) => to !== 'openai-responses'))(
  'STP-02 STP-22 TOP-08 $from → $to: a stop sequence ends the answer before it',
  async (pair) => {
    const client = clientFor(pair, gateway)
    const whole = await client.whole(STOPPED)
    expect(JSON.stringify(lastBody(gateway))).toContain('["there","never"]')
    expect(whole.text).toMatch(/Hello $/)
    const isNamed = pair.from === 'anthropic-messages' && pair.to === 'anthropic-messages'
    expect(whole.finish).toBe(isNamed ? 'stop_sequence' : SPELLED[pair.from].stop)
    expect(shared(await client.streamed(STOPPED))).toEqual(shared(whole))
  },
)

test.each(stoppable.filter(({ to }) => to === 'openai-responses'))(
  'TOP-08 ERR-25 $from → $to: stop sequences are refused by name before anything is sent',
  async (pair) => {
    const client = clientFor(pair, gateway)
    const refusal = expect.objectContaining({
      status: 400,
      message: expect.stringContaining(STOP_FIELD[pair.from]),
    })
    await expect(client.whole(STOPPED)).rejects.toEqual(refusal)
    await expect(client.streamed(STOPPED)).rejects.toEqual(refusal)
    expect(gateway.simulator.received).toEqual([])
  },
)
