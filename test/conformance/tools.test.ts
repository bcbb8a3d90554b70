import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../support/client.ts'
import type { TestGateway } from '../support/gateway.ts'
import { type Outcome, type Question, type Shown, said, shared, type Turn } from './clients/conversation.ts'
import { PDF, PIXEL } from './files.ts'
import {
  clientFor,
  lastBody,
  type Pair,
  REASONERS,
  startMatrix,
  TALKING_PAIRS,
  type Talker,
  TIME,
  type Upstream,
  WEATHER,
} from './matrix.ts'

const CALLED: Readonly<Record<Talker, string>> = {
  'openai-chat': 'tool_calls',
  'openai-responses': 'completed',
  'anthropic-messages': 'tool_use',
  gemini: 'STOP',
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startMatrix()
})

afterAll(() => gateway.close())

describe.each(TALKING_PAIRS)('$from → $to', (pair) => {
  test.each([
    ['one after the other', 'simulated', 'Use both tools'],
    ['in turn', 'simulated-interleaved', 'Use both tools'],
    ['with words before each', 'simulated', 'Use both tools and narrate'],
    ['of one function', 'simulated', 'Use get_weather twice'],
  ])(
    'TCL-04 TCL-07 STP-05 STR-01 STR-02 STR-03 STR-08 parallel calls that come %s',
    async (_how, model, prompt) => {
      const client = clientFor(pair, gateway)
      const question = { model, prompt, tools: [WEATHER, TIME] }
      const whole = await client.whole(question)
      const second = prompt.includes('twice')
        ? { name: 'get_weather', input: { city: 'sample city' } }
        : { name: 'get_time', input: { timezone: 'sample timezone' } }
      expect(whole.calls).toMatchObject([{ name: 'get_weather', input: { city: 'sample city' } }, second])
      expect(whole.finish).toBe(CALLED[pair.from])
      const streamed = await client.streamed(question)
      expect(shared(streamed)).toEqual(shared(whole))
      // this Gemini model gives its calls no ids, and a Gemini client needs none
      const idCount = pair.from === 'gemini' && pair.to === 'gemini' ? 1 : 2
      for (const { calls } of [whole, streamed]) expect(new Set(calls.map(({ id }) => id)).size).toBe(idCount)
    },
  )

  test('TCL-03 TCL-07 TCL-08 TCL-10 TCL-15 results find their calls again', async () => {
    const client = clientFor(pair, gateway)
    const question = await askedWithResults(pair, [
      [{ type: 'text', text: 'seventeen degrees' }],
      [{ type: 'text', text: 'half past nine' }],
    ])
    const whole = await client.whole(question)
    expect(whole.text).toContain('The tool answered: seventeen degrees | half past nine.')
    expect(resultsSeenBy(pair.to, gateway)).toEqual([
      expect.stringContaining('seventeen degrees'),
      expect.stringContaining('half past nine'),
    ])
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })

  test('TCL-14 an empty result stays one', async () => {
    const question = await askedWithResults(pair, [[], [{ type: 'text', text: 'half past nine' }]])
    const whole = await clientFor(pair, gateway).whole(question)
    expect(whole.text).toContain('half past nine')
    expect(resultsSeenBy(pair.to, gateway)).toHaveLength(2)
  })
})

// Chat and Responses have no way to say that a tool failed
const sayingErrors = TALKING_PAIRS.filter(({ from }) => from === 'anthropic-messages' || from === 'gemini')

test.each(sayingErrors)('TCL-13 $from → $to: a tool that failed', async (pair) => {
  const client = clientFor(pair, gateway)
  const question = await askedWithResults(
    pair,
    [[{ type: 'text', text: 'no such city' }], [{ type: 'text', text: 'half past nine' }]],
    [0],
  )
  const whole = await client.whole(question)
  const [first, second] = resultsSeenBy(pair.to, gateway)
  expect(first).toContain(FAILED[pair.to])
  expect(second).not.toContain('error')
  // the text says it where there is no flag
  expect(approximatedIn(whole)).toHaveLength(pair.to.startsWith('openai') ? 1 : 0)
  expect(shared(await client.streamed(question))).toEqual(shared(whole))
})

// Chat's results hold nothing but text
const showingImages = TALKING_PAIRS.filter(({ from }) => from !== 'openai-chat')

test.each(showingImages)('TCL-11 TCL-12 $from → $to: a result with an image and a PDF', async (pair) => {
  const client = clientFor(pair, gateway)
  const question = await askedWithResults(pair, [
    [
      { type: 'text', text: 'the radar picture:' },
      { type: 'image', mediaType: 'image/png', data: PIXEL },
    ],
    [
      { type: 'text', text: 'the table:' },
      { type: 'pdf', filename: 'times.pdf', data: PDF },
    ],
  ])
  const whole = await client.whole(question)
  const sent = JSON.stringify(lastBody(gateway))
  const [picture, table] = pair.to === 'openai-chat' ? labelled(sent) : resultsSeenBy(pair.to, gateway)
  expect(picture).toContain(PIXEL)
  expect(table).toContain(PDF)
  // Chat's results hold nothing but text, so that the user shows what they held
  expect(approximatedIn(whole)).toHaveLength(pair.to === 'openai-chat' ? 1 : 0)
  expect(shared(await client.streamed(question))).toEqual(shared(whole))
})

/** What follows each label in the user's message. */
function labelled(sent: string): string[] {
  return sent.split('Returned by the tool call').slice(1)
}

/** What a failure looks like upstream. */
const FAILED: Readonly<Record<Upstream, string>> = {
  'openai-chat': '"content":"{\\"error\\":\\"no such city\\"}"',
  'openai-responses': '"output":"{\\"error\\":\\"no such city\\"}"',
  'anthropic-messages': '"is_error":true',
  gemini: '"response":{"error":"no such city"}',
}

/** What became of the conversation; a limit that Anthropic requires is another matter. */
function approximatedIn({ losses }: Outcome): string[] {
  const isLimit = (path: string) => /max_?output_?tokens|max_completion/i.test(path)
  const paths = losses.flatMap(({ path, action }) =>
    action === 'approximated' && !isLimit(path) ? [path] : [],
  )
  for (const path of paths) expect(path).toMatch(/^(messages|contents|input)/)
  return paths
}

/** A first answer that calls both tools, and these results of them. */
async function askedWithResults(
  pair: Pair<Talker>,
  contents: readonly (readonly Shown[])[],
  failed: readonly number[] = [],
): Promise<Question> {
  const first = { model: REASONERS[pair.to], prompt: 'Use both tools', tools: [WEATHER, TIME] }
  const answer = await clientFor(pair, gateway).whole(first)
  const results = answer.calls.map((call, index) => ({
    call,
    content: contents[index] ?? [],
    isError: failed.includes(index),
  }))
  const turns: Turn[] = [said(first.prompt), { role: 'assistant', answer }, { role: 'tool', results }]
  return { model: first.model, tools: first.tools, turns }
}

/** The results that the upstream was sent, each as JSON. */
function resultsSeenBy(upstream: Upstream, from: TestGateway): string[] {
  const body = lastBody(from)
  const found: Record<Upstream, () => unknown[]> = {
    'openai-chat': () => body.messages.filter(({ role }: Json) => role === 'tool'),
    'openai-responses': () => body.input.filter(({ type }: Json) => type === 'function_call_output'),
    'anthropic-messages': () =>
      body.messages.at(-1).content.filter(({ type }: Json) => type === 'tool_result'),
    gemini: () => body.contents.at(-1).parts.filter(({ functionResponse }: Json) => functionResponse),
  }
  return found[upstream]().map((result) => JSON.stringify(result))
}
