import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestGateway } from '../support/gateway.ts'
import { type Outcome, shared } from './clients/conversation.ts'
import { clientFor, lastBody, REASONERS, startMatrix, TALKING_PAIRS, WEATHER } from './matrix.ts'

/** Its keys are in no order but their own. */
const SCHEMA = objectOf({
  zebra: { type: 'string' },
  apple: { type: 'integer' },
  list: { type: 'array', items: { type: 'string' } },
})
const ANSWER = { zebra: 'sample zebra', apple: 1, list: ['sample list'] }
const LONG = objectOf({ text: { type: 'string', enum: ['word '.repeat(100)] } })

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startMatrix()
})

afterAll(() => gateway.close())

describe.each(TALKING_PAIRS)('$from → $to', (pair) => {
  const model = REASONERS[pair.to]

  test('SCH-01 SCH-04 TLD-06 an answer of a schema’s shape, whole and streamed alike', async () => {
    const client = clientFor(pair, gateway)
    const question = { model, prompt: 'Hello', schema: SCHEMA }
    const whole = await client.whole(question)
    expect(whole.text).toBe(JSON.stringify(ANSWER))
    expect(JSON.stringify(lastBody(gateway))).toContain(JSON.stringify(SCHEMA))
    expect(lossesOfFormat(whole)).toEqual([])
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })

  test('SCH-07 a schema together with tools', async () => {
    const client = clientFor(pair, gateway)
    const question = { model, prompt: 'Use get_weather', schema: SCHEMA, tools: [WEATHER] }
    const whole = await client.whole(question)
    expect(whole.calls).toMatchObject([{ name: 'get_weather', input: { city: 'sample city' } }])
    const sent = JSON.stringify(lastBody(gateway))
    expect(sent).toContain(JSON.stringify(SCHEMA))
    expect(sent).toContain(JSON.stringify(WEATHER.schema))
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })

  test('SCH-10 JSON that was cut is handed out as it is', async () => {
    const client = clientFor(pair, gateway)
    const question = { model, prompt: 'Hello', schema: LONG, maxTokens: 40 }
    const whole = await client.whole(question)
    expect(whole.text).toMatch(/^\{"text":"word (word )+/)
    expect(whole.finish).toMatch(/length|max_output_tokens|max_tokens|MAX_TOKENS/)
    // OpenAI's helper hands out no JSON that is not whole: it throws an error that says why
    const streamed = await client
      .streamed(question)
      .then(shared, (error: Error) => (error.message.includes('length limit') ? 'cut' : error))
    const expected = pair.from === 'openai-chat' ? 'cut' : shared(whole)
    expect(streamed).toEqual(expected)
  })
})

// Anthropic has no such mode, so its clients cannot ask for it
const anyJson = TALKING_PAIRS.filter(({ from }) => from !== 'anthropic-messages')

test.each(anyJson)('SCH-05 $from → $to: an answer of any JSON', async (pair) => {
  const client = clientFor(pair, gateway)
  const question = { model: REASONERS[pair.to], prompt: 'Say it in JSON', schema: 'json' } as const
  const whole = await client.whole(question)
  const isEmulated = pair.to === 'anthropic-messages'
  expect(lossesOfFormat(whole)).toEqual(isEmulated ? ['approximated'] : [])
  const sent = JSON.stringify(lastBody(gateway))
  expect(sent).toMatch(isEmulated ? /Answer with one valid JSON object/ : /json_object|application\/json/)
  expect(whole.text).toContain('Simulated answer')
  expect(shared(await client.streamed(question))).toEqual(shared(whole))
})

function lossesOfFormat({ losses }: Outcome): string[] {
  return losses.flatMap(({ path, action }) => (/format|MimeType|JsonSchema/i.test(path) ? [action] : []))
}

function objectOf(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}
