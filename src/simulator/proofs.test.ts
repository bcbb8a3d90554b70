import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './server.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

// biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as there are dialects
type Json = any

const HEADERS = { authorization: 'Bearer k', 'anthropic-version': '2023-06-01', 'x-goog-api-key': 'k' }
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } } }
const PROMPT = 'Use both tools and ponder'

async function send(path: string, body: object): Promise<Json> {
  const response = await fetch(simulator.url + path, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(body),
  })
  return response.json()
}

describe('Anthropic takes thinking back as it was, or not at all', () => {
  const history = { role: 'user', content: PROMPT }
  const ask = (messages: Json[], model = 'claude') =>
    send('/v1/messages', {
      model,
      max_tokens: 5000,
      thinking: { type: 'adaptive' },
      tools: ['one', 'two'].map((name) => ({ name, input_schema: SCHEMA })),
      messages,
    })
  const resultsOf = (content: Json[]) => ({
    role: 'user',
    content: content
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'x' })),
  })
  const goOn = async (change: (content: Json[]) => Json[], model?: string): Promise<string> => {
    const { content } = await ask([history], model)
    const changed = change(content)
    const answer = await ask([history, { role: 'assistant', content: changed }, resultsOf(changed)], model)
    return answer.error?.message ?? answer.stop_reason
  }

  test.each(['claude', 'simulated-redacted'])('%s', async (model) => {
    const isThought = ({ type }: Json) => type.endsWith('thinking')
    expect(await goOn((content) => content, model)).toBe('end_turn')
    expect(await goOn((content) => content.filter((block) => !isThought(block)), model)).toBe('end_turn')
    expect(await goOn((content) => content.toSpliced(2, 1), model)).toContain('cannot be modified')
    const swapped = ([first, one, second, two]: Json[]) => [second, one, first, two]
    expect(await goOn(swapped, model)).toContain('cannot be modified')
    const forged = { type: 'redacted_thinking', data: 'AAAA' }
    expect(await goOn((content) => content.with(0, forged), model)).toContain('Invalid `data`')
  })
})

test('OpenAI takes encrypted reasoning for the item that it belongs to', async () => {
  const ask = (input: Json[]) =>
    send('/v1/responses', {
      model: 'gpt',
      input,
      store: false,
      reasoning: { effort: 'low' },
      include: ['reasoning.encrypted_content'],
      tools: ['one', 'two'].map((name) => ({ type: 'function', name, parameters: SCHEMA })),
    })
  const history = { role: 'user', content: PROMPT }
  const { output } = await ask([history])
  const results = output
    .filter(({ type }: Json) => type === 'function_call')
    .map(({ call_id }: Json) => ({ type: 'function_call_output', call_id, output: 'x' }))
  expect(await ask([history, ...output, ...results])).toMatchObject({ status: 'completed' })
  const [first, one, second, two] = output
  const mixed = [{ ...first, encrypted_content: second.encrypted_content }, one, second, two]
  expect(await ask([history, ...mixed, ...results])).toMatchObject({
    error: { code: 'invalid_encrypted_content' },
  })
})

test('Gemini takes a signature for the step that it was made for', async () => {
  const ask = (contents: Json[]) =>
    send('/v1beta/models/gemini-3-pro:generateContent', {
      contents,
      tools: [{ functionDeclarations: [{ name: 'one', parametersJsonSchema: SCHEMA }] }],
    })
  const history = { role: 'user', parts: [{ text: 'Use one' }] }
  const call = async () => (await ask([history])).candidates[0].content
  const [first, other] = [await call(), await call()]
  const { name, id } = first.parts[0].functionCall
  const result = { role: 'user', parts: [{ functionResponse: { name, id, response: { output: 'x' } } }] }
  expect(await ask([history, first, result])).toHaveProperty('candidates')
  const { thoughtSignature } = other.parts[0]
  const mixed = { ...first, parts: [{ ...first.parts[0], thoughtSignature }] }
  expect(await ask([history, mixed, result])).toMatchObject({
    error: { message: 'Corrupted thought signature.' },
  })
})

describe('simulated-interleaved sends the fragments of parallel calls in turn', () => {
  const answer = async (path: string, body: object): Promise<Json[]> => {
    const request = { ...body, model: 'simulated-interleaved', stream: true }
    const init = { method: 'POST', headers: HEADERS, body: JSON.stringify(request) }
    const text = await (await fetch(simulator.url + path, init)).text()
    return text
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)))
  }

  test('in Chat', async () => {
    const chunks = await answer('/v1/chat/completions', {
      messages: [{ role: 'user', content: 'Use both tools' }],
      tools: ['one', 'two'].map((name) => ({ type: 'function', function: { name, parameters: SCHEMA } })),
    })
    const indexes = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls?.[0].index ?? [])
    expect(indexes.slice(0, 4)).toEqual([0, 1, 0, 1])
  })

  test('in Responses, numbered without gaps', async () => {
    const events = await answer('/v1/responses', {
      input: 'Use both tools',
      tools: ['one', 'two'].map((name) => ({ type: 'function', name, parameters: SCHEMA })),
    })
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index))
    const deltas = events.filter(({ type }) => type.endsWith('arguments.delta'))
    expect(deltas.slice(0, 4).map(({ output_index }) => output_index)).toEqual([0, 1, 0, 1])
  })
})

test('simulated-cached reads a quarter of the prompt from a cache and writes an eighth, rounded up', async () => {
  const messages = [{ role: 'user', content: 'word '.repeat(37) }]
  const { usage } = await send('/v1/messages', { model: 'simulated-cached', max_tokens: 9, messages })
  expect(usage).toMatchObject({
    input_tokens: 24,
    cache_read_input_tokens: 11,
    cache_creation_input_tokens: 6,
  })
})
