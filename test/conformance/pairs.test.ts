import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestGateway } from '../support/gateway.ts'
import { shared } from './clients/conversation.ts'
import { CLIENTS, clientFor, PAIRS, startMatrix, type Upstream } from './matrix.ts'

const PATH_OF: Readonly<Record<Upstream, RegExp>> = {
  'openai-chat': /\/chat\/completions$/,
  'openai-responses': /\/responses$/,
  'anthropic-messages': /\/messages$/,
  gemini: /:(streamG|g)enerateContent/,
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startMatrix()
})

afterAll(() => gateway.close())

describe.each(PAIRS)('$from → $to', (pair) => {
  test('text, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const question = { model: 'simulated', prompt: 'Grüße 👋 there' }
    const whole = await client.whole(question)
    expect(gateway.simulator.received.at(-1)?.path).toMatch(PATH_OF[pair.to])
    expect(whole).toMatchObject({ calls: [], refusal: '', reasoning: '' })
    expect(whole.text).toContain('Simulated answer to: Grüße 👋 there.')
    expect(whole.counts.input).toBeGreaterThan(0)
    expect(whole.counts.output).toBeGreaterThan(0)
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })

  test('RSP-10 STR-35 an answer of nothing, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const whole = await client.whole({ model: 'simulated-empty', prompt: 'Hello' })
    expect(whole).toMatchObject({ text: '', calls: [], refusal: '' })
    expect(shared(await client.streamed({ model: 'simulated-empty', prompt: 'Hello' }))).toEqual(
      shared(whole),
    )
  })

  test.each(['simulated-crlf', 'simulated-comments'])('STR-12 STR-29 %s changes nothing', async (model) => {
    const client = clientFor(pair, gateway)
    const whole = await client.whole({ model, prompt: 'Hello there' })
    expect(shared(await client.streamed({ model, prompt: 'Hello there' }))).toEqual(shared(whole))
  })
})

test('STR-13 a chat server that never sends [DONE] has still answered', async () => {
  for (const from of CLIENTS) {
    const client = clientFor({ from, to: 'openai-chat' }, gateway)
    const question = { model: 'simulated-no-done', prompt: 'Hello there' }
    expect(shared(await client.streamed(question))).toEqual(shared(await client.whole(question)))
  }
})
