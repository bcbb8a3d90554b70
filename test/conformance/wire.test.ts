import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkStreamGrammar } from '../../src/conformance/stream-grammar.ts'
import type { Expectation } from '../../src/conformance/stream-grammars/findings.ts'
import { DIALECT_IDS, type DialectId } from '../../src/core/dialect-id.ts'
import { ask, parseEvents, readBody } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const UPSTREAMS = {
  'openai-chat': { provider: 'openai', dialect: 'openai-chat' },
  'openai-responses': { provider: 'openai', dialect: 'openai-responses' },
  'anthropic-messages': { provider: 'anthropic' },
  gemini: { provider: 'gemini' },
} as const

const PROMPT = 'Use get_weather and get_time'
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const NAMES = ['get_weather', 'get_time']

/** Two calls, after thinking aloud where the client can ask for it. */
const RICH: Readonly<Record<DialectId, object>> = {
  'openai-chat': {
    messages: [{ role: 'user', content: PROMPT }],
    tools: NAMES.map((name) => ({ type: 'function', function: { name, parameters: SCHEMA } })),
    reasoning_effort: 'low',
    stream_options: { include_usage: true },
  },
  'openai-completions': { prompt: 'Hello', max_tokens: 500 },
  'openai-responses': {
    input: PROMPT,
    tools: NAMES.map((name) => ({ type: 'function', name, parameters: SCHEMA, strict: false })),
    reasoning: { effort: 'low', summary: 'auto' },
  },
  'anthropic-messages': {
    max_tokens: 5000,
    messages: [{ role: 'user', content: PROMPT }],
    tools: NAMES.map((name) => ({ name, input_schema: SCHEMA })),
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: 'low' },
  },
  gemini: {
    contents: [{ parts: [{ text: PROMPT }] }],
    tools: [{ functionDeclarations: NAMES.map((name) => ({ name, parametersJsonSchema: SCHEMA })) }],
    generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } },
  },
}

/** Formats that always end with the counts. */
const USAGE: Partial<Record<DialectId, Expectation>> = {
  'openai-responses': { usage: 'wanted' },
  'anthropic-messages': { usage: 'wanted' },
  gemini: { usage: 'wanted' },
}

let gateway: TestGateway

beforeAll(async () => {
  const keys = Object.fromEntries(
    Object.entries(UPSTREAMS).map(([id, entry]) => [
      `vk_${id}`,
      { ...entry, api_key: 'sk-up', base_url: '{simulator}' },
    ]),
  )
  gateway = await startGateway({ keys, flags: { 'quota.enabled': false } })
})

afterAll(() => gateway.close())

const pairs = DIALECT_IDS.flatMap((from) => Object.keys(UPSTREAMS).map((to) => ({ from, to })))

describe.each(pairs)('AGT-06 $from → $to follows the grammar of its format', ({ from, to }) => {
  test.each([
    ['a text', {}],
    ['thoughts and two calls', RICH[from]],
  ])('%s', async (_what, body) => {
    const request = { dialect: from, model: 'simulated', mode: 'streamed', key: `vk_${to}`, body } as const
    const response = await ask(gateway.url, request)
    const { bytes } = await readBody(response)
    expect([response.status, checkStreamGrammar(from, parseEvents(bytes), USAGE[from])]).toEqual([200, []])
  })
})

test.each(DIALECT_IDS)('the grammar of %s notices a missing event, wherever it was', async (from) => {
  const request = { dialect: from, model: 'simulated', mode: 'streamed', body: RICH[from] } as const
  const { bytes } = await readBody(await ask(gateway.url, { ...request, key: 'vk_openai-chat' }))
  const events = parseEvents(bytes)
  expect(checkStreamGrammar(from, events)).toEqual([])
  // these two begin with content
  const first = from === 'gemini' || from === 'openai-completions' ? [] : [0]
  for (const missing of [...first, events.length - 1])
    expect(checkStreamGrammar(from, events.toSpliced(missing, 1))).not.toEqual([])
})
