import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectId } from '../core/dialect-id.ts'
import { type Simulator, startSimulator } from '../simulator/server.ts'
import { createLineState, findEventEnds } from '../wire/sse-boundaries.ts'
import type { StreamReader } from './dialect.ts'
import { DIALECTS } from './index.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

interface Scenario {
  readonly path: string
  readonly streamPath?: string
  readonly body: object
}

const TOOLS = ['get_weather', 'get_time'].map((name) => ({
  name,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}))
const ask = (content: string) => ({ messages: [{ role: 'user', content }] })
const CALL = 'narrate, then call both tools'

const chat = (body: object): Scenario => ({
  path: '/v1/chat/completions',
  body: { model: 'simulated', stream_options: { include_usage: true }, ...body },
})
const completions = (body: object): Scenario => ({
  path: '/v1/completions',
  body: { model: 'simulated', max_tokens: 500, stream_options: { include_usage: true }, ...body },
})
const responses = (body: object): Scenario => ({
  path: '/v1/responses',
  body: { model: 'simulated', ...body },
})
const anthropic = (body: object): Scenario => ({
  path: '/v1/messages',
  body: { model: 'simulated', max_tokens: 2000, ...body },
})
const gemini = (body: object, model = 'simulated'): Scenario => ({
  path: `/v1beta/models/${model}:generateContent`,
  streamPath: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
  body,
})
const contents = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] })

const SCENARIOS: Readonly<Record<DialectId, Readonly<Record<string, Scenario>>>> = {
  'openai-chat': {
    text: chat(ask('Hello é😀')),
    'two choices': chat({ ...ask('Hello'), n: 2 }),
    'tool calls': chat({ ...ask(CALL), tools: TOOLS.map((each) => ({ type: 'function', function: each })) }),
    reasoning: chat({ ...ask('Hello'), model: 'simulated-deepseek', reasoning_effort: 'low' }),
    refusal: chat({ ...ask('Hello'), model: 'simulated-refusal' }),
    'too short': chat({ ...ask('Hello'), max_tokens: 3 }),
    empty: chat({ ...ask('Hello'), model: 'simulated-empty' }),
  },
  'openai-completions': {
    text: completions({ prompt: 'Hello é😀' }),
    'two choices': completions({ prompt: 'Hello', n: 2 }),
    'too short': completions({ prompt: 'Hello', max_tokens: 3 }),
  },
  'openai-responses': {
    text: responses({ input: 'Hello é😀' }),
    'tool calls': responses({ input: CALL, tools: TOOLS.map((each) => ({ type: 'function', ...each })) }),
    reasoning: responses({ input: 'Hello', reasoning: { effort: 'low', summary: 'auto' } }),
    'too short': responses({ input: 'Hello', max_output_tokens: 16 }),
    refusal: responses({ input: 'Hello', model: 'simulated-refusal' }),
  },
  'anthropic-messages': {
    text: anthropic(ask('Hello é😀')),
    'tool calls': anthropic({
      ...ask(CALL),
      tools: TOOLS.map(({ name, parameters }) => ({ name, input_schema: parameters })),
    }),
    thinking: anthropic({ ...ask('Hello'), thinking: { type: 'enabled', budget_tokens: 1024 } }),
    'stop sequence': anthropic({ ...ask('Hello'), stop_sequences: ['made'] }),
    refusal: anthropic({ ...ask('Hello'), model: 'simulated-refusal' }),
  },
  gemini: {
    text: gemini(contents('Hello é😀')),
    'tool calls': gemini({ ...contents(CALL), tools: [{ functionDeclarations: TOOLS }] }),
    thoughts: gemini({
      ...contents('Hello'),
      generationConfig: { thinkingConfig: { includeThoughts: true } },
    }),
    blocked: gemini(contents('Hello'), 'simulated-refusal'),
  },
}

async function post(path: string, body: object): Promise<string> {
  const headers = {
    authorization: 'Bearer k',
    'x-api-key': 'k',
    'x-goog-api-key': 'k',
    'anthropic-version': '2023-06-01',
  }
  const response = await fetch(simulator.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  expect([response.status, text]).toEqual([200, text])
  return text
}

/** Ids and times differ from one request to the next. */
function normalised(json: unknown): unknown {
  const text = JSON.stringify(json)
    // in whole chat messages only
    .replaceAll(/,"(refusal|annotations)":(null|\[\])/g, '')
    .replaceAll(/sim[0-9a-z]{10,16}/g, 'sim')
    .replaceAll(
      /"(created|created_at|completed_at|signature|thoughtSignature|encrypted_content)":("[^"]*"|\d+)/g,
      '"$1":0',
    )
  return JSON.parse(text)
}

function readStream(dialect: DialectId, text: string): StreamReader {
  const reader = DIALECTS[dialect].createStreamReader({ keepsAnswer: true })
  const bytes = Buffer.from(text)
  let start = 0
  for (const end of findEventEnds(createLineState(), bytes)) {
    reader.read(bytes.subarray(start, end))
    start = end
  }
  return reader
}

describe.each(Object.keys(SCENARIOS) as DialectId[])('%s', (dialect) => {
  test.each(Object.entries(SCENARIOS[dialect]))(
    'folds %s to what a whole answer is',
    async (_name, scenario) => {
      const { path, streamPath = path, body } = scenario
      const isNamedByPath = dialect === 'gemini'
      const { stream_options: _, ...wholeBody } = body as { stream_options?: unknown }
      const whole: unknown = JSON.parse(await post(path, wholeBody))
      const reader = readStream(
        dialect,
        await post(streamPath, isNamedByPath ? body : { ...body, stream: true }),
      )
      expect(reader.isComplete).toBe(true)
      expect(normalised(reader.answer())).toEqual(normalised(whole))
      const { usage, finishReason, model } = DIALECTS[dialect].readAnswer(whole)
      expect(usage).toBeDefined()
      expect(reader.facts).toMatchObject({ usage, finishReason, model })
    },
  )
})
