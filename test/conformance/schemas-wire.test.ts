import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Expectation } from '../../src/conformance/stream-grammars/findings.ts'
import { DIALECT_IDS, type DialectId } from '../../src/core/dialect-id.ts'
import { ask, type Mode, parseEvents, readBody } from '../support/conversation.ts'
import { problemsOfStream } from '../support/emitted.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { validateEmitted } from '../support/sdk-schemas/validate.ts'

// Whatever a real gateway sends, to clients and to upstreams, through every pair of formats.

const ACCOUNTS = {
  'openai-chat': { provider: 'openai', dialect: 'openai-chat' },
  'openai-responses': { provider: 'openai', dialect: 'openai-responses' },
  'anthropic-messages': { provider: 'anthropic' },
  gemini: { provider: 'gemini' },
} as const
type UpstreamId = keyof typeof ACCOUNTS

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const PROMPT = 'Use get_weather and get_time'
const NAMES = ['get_weather', 'get_time']

/** Two calls after some thought, and counts at the end of the stream. */
const TOOLS: Readonly<Record<DialectId, object>> = {
  'openai-chat': {
    messages: [{ role: 'user', content: PROMPT }],
    reasoning_effort: 'low',
    tools: NAMES.map((name) => ({ type: 'function', function: { name, parameters: SCHEMA } })),
  },
  'openai-completions': {},
  'openai-responses': {
    input: PROMPT,
    reasoning: { effort: 'low', summary: 'auto' },
    tools: NAMES.map((name) => ({ type: 'function', name, parameters: SCHEMA, strict: false })),
  },
  'anthropic-messages': {
    messages: [{ role: 'user', content: PROMPT }],
    max_tokens: 5000,
    thinking: { type: 'adaptive', display: 'summarized' },
    tools: NAMES.map((name) => ({ name, input_schema: SCHEMA })),
  },
  gemini: {
    contents: [{ role: 'user', parts: [{ text: PROMPT }] }],
    generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } },
    tools: [{ functionDeclarations: NAMES.map((name) => ({ name, parametersJsonSchema: SCHEMA })) }],
  },
}

const ENDINGS = [
  'simulated',
  'simulated-refusal',
  'simulated-empty',
  'simulated-cached',
  'simulated-interleaved',
]
const FAILURES = ['simulated-cut', 'simulated-end-early', 'simulated-error-in-stream', 'simulated-malformed']
const ERRORS = [
  'simulated-error-400',
  'simulated-error-429',
  'simulated-error-500',
  'simulated-context-length',
]

let gateway: TestGateway

beforeAll(async () => {
  const account = (id: UpstreamId) => ({ ...ACCOUNTS[id], api_key: `sk-up-${id}`, base_url: '{simulator}' })
  const keys = Object.keys(ACCOUNTS).map((id) => [`vk_${id}`, account(id as UpstreamId)])
  gateway = await startGateway({
    keys: Object.fromEntries(keys) as Record<string, object>,
    environment: { QUOTA_ENABLED: 'false' },
  })
})

afterAll(() => gateway.close())

interface Question {
  readonly from: DialectId
  readonly to: UpstreamId
  readonly model: string
  readonly mode: Mode
  readonly body?: object
}

/** What the client got, once what the upstream got was found to be sound. */
async function answerTo({ from, to, model, mode, body }: Question) {
  const before = gateway.simulator.received.length
  const asksForUsage = mode === 'streamed' && from.startsWith('openai-c')
  const more = { ...(asksForUsage && { stream_options: { include_usage: true } }), ...body }
  const response = await ask(gateway.url, { dialect: from, model, mode, key: `vk_${to}`, body: more })
  const { bytes } = await readBody(response)
  const received = gateway.simulator.received.slice(before)
  expect(received.length).toBeGreaterThan(0)
  for (const request of received) expect(validateEmitted(to, 'request', request.body)).toEqual([])
  return { status: response.status, bytes }
}

async function expectWhole(question: Omit<Question, 'mode'>): Promise<void> {
  const { status, bytes } = await answerTo({ ...question, mode: 'whole' })
  const body: unknown = JSON.parse(bytes.toString('utf8'))
  expect(validateEmitted(question.from, status === 200 ? 'whole' : 'error', body)).toEqual([])
}

/** Returns how many events there were. */
async function expectStream(question: Omit<Question, 'mode'>, expected: Expectation): Promise<number> {
  const { status, bytes } = await answerTo({ ...question, mode: 'streamed' })
  expect(status).toBe(200)
  const events = parseEvents(bytes).map(({ event, data }) =>
    event === undefined ? { data } : { event, data },
  )
  expect(problemsOfStream(question.from, events, expected)).toEqual([])
  return events.length
}

// where both speak the same format, the bytes are the simulator's
const pairs = DIALECT_IDS.flatMap((from) =>
  (Object.keys(ACCOUNTS) as UpstreamId[]).flatMap((to) => (from === to ? [] : [{ from, to }])),
)

describe.each(pairs)('$from → $to', ({ from, to }) => {
  test.each(ENDINGS)('%s, whole and streamed', async (model) => {
    await expectWhole({ from, to, model })
    await expectStream({ from, to, model }, { usage: 'wanted' })
  })

  test('RSP-07 STR-10 thinking and calls, whole and streamed', async () => {
    const question = { from, to, model: 'simulated', body: TOOLS[from] }
    await expectWhole(question)
    await expectStream(question, { usage: 'wanted' })
  })

  test.each(FAILURES)('ERR-20 %s: what came before is sent, then the error', async (model) => {
    expect(await expectStream({ from, to, model }, { ending: 'error' })).toBeGreaterThan(1)
  })

  test.each(ERRORS)('ERR-01 %s', async (model) => {
    await expectWhole({ from, to, model })
  })
})
