import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../support/client.ts'
import type { TestGateway } from '../support/gateway.ts'
import { type Outcome, said, shared, type Turn } from './clients/conversation.ts'
import {
  clientFor,
  lastBody,
  REASONERS,
  startMatrix,
  TALKERS,
  TALKING_PAIRS,
  type Talker,
  TIME,
  UPSTREAMS,
  type Upstream,
  WEATHER,
} from './matrix.ts'

// The simulated provider accepts only proofs of its own making, for the answer that they were made for. DeepSeek proves nothing.

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startMatrix()
})

afterAll(() => gateway.close())

type Mode = 'whole' | 'streamed'

/** A conversation that may change its model. */
class Conversation {
  readonly turns: Turn[] = []
  readonly #from: Talker
  readonly #mode: Mode
  readonly #model: string | undefined

  constructor(from: Talker, mode: Mode, model?: string) {
    this.#from = from
    this.#mode = mode
    this.#model = model
  }

  /** Asks, has the tools called, and brings the results back. */
  async round(to: Upstream, prompt: string): Promise<{ called: Outcome; done: Outcome; sent: Json }> {
    const called = await this.#ask(to, said(prompt))
    const results = called.calls.map((call, index) => ({
      call,
      content: [{ type: 'text' as const, text: `result ${index}` }],
    }))
    const done = await this.#ask(to, { role: 'tool', results })
    return { called, done, sent: lastBody(gateway) }
  }

  async #ask(to: Upstream, turn: Turn): Promise<Outcome> {
    this.turns.push(turn)
    const client = clientFor({ from: this.#from, to }, gateway)
    const answer = await client[this.#mode]({
      model: this.#model ?? REASONERS[to],
      turns: this.turns,
      tools: [WEATHER, TIME],
      effort: 'low',
      maxTokens: 5000,
    })
    this.turns.push({ role: 'assistant', answer })
    return answer
  }
}

/** Where a request has its conversation. */
function historyIn(body: Json): Json[] {
  return body.messages ?? body.input ?? body.contents
}

/** Reasoning that an upstream is shown again, by its proof where it has one. */
function reasoningIn(to: Upstream, body: Json): string[] {
  const entries = historyIn(body)
  const found: Record<Upstream, () => Json[]> = {
    'openai-chat': () => entries.map(({ reasoning_content }) => reasoning_content),
    'openai-responses': () => entries.map(({ encrypted_content }) => encrypted_content),
    'anthropic-messages': () =>
      entries.flatMap(({ content }) => content).map(({ signature, data }: Json) => signature ?? data),
    gemini: () => entries.flatMap(({ parts }) => parts).map(({ thoughtSignature }: Json) => thoughtSignature),
  }
  return found[to]().filter((proof) => proof !== undefined && proof !== SENTINEL)
}

const SENTINEL = 'skip_thought_signature_validator'

/** Of the first answer, which calls two tools and thinks before each. Gemini signs the first call of a step. */
const PROOFS: Readonly<Record<Upstream, number>> = {
  'openai-chat': 1,
  'openai-responses': 2,
  'anthropic-messages': 2,
  gemini: 1,
}

/** Gemini also signs texts, if it is not said to need that back, and a block of text of Anthropic's has no place for it. */
function textProofsLost(from: Talker, first: Upstream, second: Upstream): number {
  if (from !== 'anthropic-messages' || first !== 'gemini') return 0
  return first === second ? 2 : 1
}

const switches = UPSTREAMS.flatMap((first) => UPSTREAMS.map((second) => ({ first, second })))

describe.each(TALKERS)('%s', (from) => {
  test.each(switches)(
    'RSN-20 to RSN-23 RSN-33 TCL-03: $first, $second, and back',
    async ({ first, second }) => {
      for (const mode of ['whole', 'streamed'] as const) {
        const conversation = new Conversation(from, mode)
        const one = await conversation.round(first, 'Use both tools and ponder')
        expect(one.called.calls).toHaveLength(2)
        expect(one.done.text).toContain('The tool answered: result 0 | result 1')
        const two = await conversation.round(second, 'Use get_time')
        expect(two.done.text).toContain('The tool answered: result 0.')
        const three = await conversation.round(first, 'Use get_weather')
        expect(three.done.text).toContain('The tool answered: result 0.')

        const proofs = reasoningIn(first, one.sent)
        expect(proofs).toHaveLength(PROOFS[first])
        const again = reasoningIn(first, three.sent)
        expect(again.slice(0, proofs.length)).toEqual(proofs)
        expect(again).toHaveLength(
          proofs.length + 1 + (first === second ? 3 : 1) - textProofsLost(from, first, second),
        )
        // what was sent before is sent again as it was, so that the provider's prompt cache knows it
        const before = historyIn(one.sent)
        expect(historyIn(three.sent).slice(0, before.length)).toEqual(before)
        // nothing that the gateway wrapped for its client gets out
        for (const { sent } of [one, two, three]) expect(JSON.stringify(sent)).not.toContain('eyJndyI6MSwi')
      }
    },
  )
})

describe.each(TALKING_PAIRS)('$from → $to', (pair) => {
  test('RSN-12 RSN-28 RSN-29 STR-10 thoughts are shown, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const question = {
      model: REASONERS[pair.to],
      prompt: 'Use both tools, ponder and narrate',
      tools: [WEATHER, TIME],
      effort: 'medium',
      maxTokens: 5000,
    } as const
    const whole = await client.whole(question)
    // a Chat client cannot ask to be shown them, and these two show them only where they are asked to
    const isHidden = pair.from === 'openai-chat' && ['openai-responses', 'gemini'].includes(pair.to)
    const shown = /^Let me think about .* A short answer will do\.\s*Next comes call 2/
    expect(whole.reasoning).toMatch(isHidden ? /^$/ : shown)
    expect(whole.text).toMatch(/^I will call get_weather now\.\s*I will call get_time now\.$/)
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })
})

test.each(TALKERS)('RSN-21 %s brings redacted thinking back to Anthropic', async (from) => {
  for (const mode of ['whole', 'streamed'] as const) {
    const conversation = new Conversation(from, mode, 'simulated-redacted')
    const { called, done, sent } = await conversation.round('anthropic-messages', 'Use both tools and ponder')
    expect(called.reasoning).toBe('')
    expect(done.text).toContain('The tool answered: result 0 | result 1')
    const { content } = historyIn(sent)[1]
    expect(content.map(({ type }: Json) => type)).toEqual([
      'redacted_thinking',
      'tool_use',
      'redacted_thinking',
      'tool_use',
    ])
  }
})

test('RSN-22 TOP-32 a Chat client that comes from Claude shows OpenAI no field that it does not know', async () => {
  for (const mode of ['whole', 'streamed'] as const) {
    const conversation = new Conversation('openai-chat', mode)
    await conversation.round('anthropic-messages', 'Use both tools and ponder')
    const client = clientFor({ from: 'openai-chat', to: 'openai-chat' }, gateway)
    const turns = [...conversation.turns, said('Hello')]
    const answer = await client[mode]({ model: 'gpt-4.1', turns, tools: [WEATHER, TIME] })
    expect(answer.text).toContain('Simulated answer to: Hello')
    expect(answer.losses).toEqual([
      { path: 'messages[1]', action: 'approximated' },
      { path: 'messages[4]', action: 'approximated' },
    ])
  }
})
