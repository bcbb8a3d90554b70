import {
  FunctionCallingConfigMode,
  type GenerateContentParameters,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './server.ts'

let simulator: Simulator
let client: GoogleGenAI
beforeAll(async () => {
  simulator = await startSimulator()
  client = new GoogleGenAI({
    apiKey: 'any',
    httpOptions: { baseUrl: simulator.url, retryOptions: { attempts: 1 } },
  })
})
afterAll(() => simulator.close())

const parametersJsonSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [
  {
    functionDeclarations: [
      { name: 'one', parametersJsonSchema },
      { name: 'two', parametersJsonSchema },
    ],
  },
]
const ask = (contents: unknown, config: object = {}, model = 'gemini-3-pro') =>
  ({ model, contents, config }) as GenerateContentParameters

/** The whole answer, after a check that the stream of the same request says the same. */
async function answerBothWays(params: GenerateContentParameters) {
  const whole = await client.models.generateContent(params)
  const parts: Part[] = []
  let last = whole
  for await (const chunk of await client.models.generateContentStream(params)) {
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []))
    last = chunk
  }
  const said = (list: Part[], isThought: boolean) =>
    list
      .filter((part) => (part.thought ?? false) === isThought)
      .map((part) => part.text ?? '')
      .join('')
  const wholeParts = whole.candidates?.[0]?.content?.parts ?? []
  for (const isThought of [true, false]) expect(said(parts, isThought)).toBe(said(wholeParts, isThought))
  const calls = (list: Part[]) => list.flatMap((part) => (part.functionCall ? [part.functionCall.name] : []))
  expect(calls(parts)).toEqual(calls(wholeParts))
  expect(last.usageMetadata).toEqual(whole.usageMetadata)
  expect(last.candidates?.[0]?.finishReason).toBe(whole.candidates?.[0]?.finishReason)
  return { whole, parts: wholeParts, text: said(wholeParts, false) }
}

describe('gemini', () => {
  test('a plain answer is the same whole and streamed, and its usage adds up', async () => {
    const { text, whole } = await answerBothWays(ask('Hello'))
    expect(text).toMatch(/^Simulated answer to: Hello\./)
    const { promptTokenCount = 0, candidatesTokenCount = 0, totalTokenCount } = whole.usageMetadata ?? {}
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount)
  })

  test('thoughts are shown where asked, and counted apart', async () => {
    const { parts, whole } = await answerBothWays(ask('Hi', { thinkingConfig: { includeThoughts: true } }))
    expect(parts.map((part) => part.thought ?? false)).toEqual([true, false])
    expect(parts.at(-1)?.thoughtSignature).toBeTypeOf('string')
    const {
      promptTokenCount = 0,
      candidatesTokenCount = 0,
      thoughtsTokenCount = 0,
      totalTokenCount,
    } = whole.usageMetadata ?? {}
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount + thoughtsTokenCount)
  })

  test('parallel calls are signed on the first, and must come back signed', async () => {
    const question = { role: 'user', parts: [{ text: 'use both tools' }] }
    const { whole, parts } = await answerBothWays(ask([question], { tools }))
    expect(parts.map((part) => part.thoughtSignature !== undefined)).toEqual([true, false])
    const respond = (part: Part) => ({
      functionResponse: { name: part.functionCall?.name ?? '', response: { output: 'rain' } },
    })
    const answer = { role: 'user', parts: parts.map(respond) }
    const { text } = await answerBothWays(ask([question, whole.candidates?.[0]?.content, answer], { tools }))
    expect(text).toContain('rain | rain')
    const unsigned = { role: 'model', parts: parts.map(({ functionCall }) => ({ functionCall })) }
    const refused = client.models.generateContent(ask([question, unsigned, answer], { tools }))
    await expect(refused).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('thought_signature'),
    })
    const excused = unsigned.parts.map((part, index) =>
      index === 0 ? { ...part, thoughtSignature: 'skip_thought_signature_validator' } : part,
    )
    await answerBothWays(ask([question, { role: 'model', parts: excused }, answer], { tools }))
    await answerBothWays(ask([question, unsigned, answer], { tools }, 'gemini-2.5-flash'))
  })

  test('forced calls, limits, stop sequences and schemas are obeyed', async () => {
    const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['two'] }
    const forced = await answerBothWays(ask('Hi', { tools, toolConfig: { functionCallingConfig } }))
    expect(forced.parts[0]?.functionCall).toMatchObject({ name: 'two', args: { city: 'sample city' } })
    const short = await answerBothWays(ask('Hello', { maxOutputTokens: 3 }))
    expect(short.whole.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    const stopped = await answerBothWays(ask('Hello STOP there', { stopSequences: ['STOP'] }))
    expect(stopped.text).toBe('Simulated answer to: Hello ')
    const json = await answerBothWays(
      ask('Hi', { responseMimeType: 'application/json', responseJsonSchema: parametersJsonSchema }),
    )
    expect(JSON.parse(json.text)).toEqual({ city: 'sample city' })
  })

  test('a blocked prompt has feedback instead of candidates, a filtered one stops for safety', async () => {
    const { whole } = await answerBothWays(ask('Hi', {}, 'simulated-refusal'))
    expect(whole).toMatchObject({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } })
    const filtered = await answerBothWays(ask('Hi', {}, 'simulated-content-filter'))
    expect(filtered.whole.candidates?.[0]?.finishReason).toBe('SAFETY')
  })

  test('tokens are counted as the answer counts them, contents are embedded', async () => {
    const { whole } = await answerBothWays(ask('Count these words'))
    const counted = await client.models.countTokens({ model: 'gemini-3-pro', contents: 'Count these words' })
    expect(counted.totalTokens).toBe(whole.usageMetadata?.promptTokenCount)
    const { embeddings } = await client.models.embedContent({
      model: 'simulated',
      contents: ['a', 'b'],
      config: { outputDimensionality: 8 },
    })
    expect(embeddings?.map((embedding) => embedding.values?.length)).toEqual([8, 8])
  })

  test('without alt=sse a stream is a JSON array, and so are its errors', async () => {
    const post = (model: string) =>
      fetch(`${simulator.url}/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?key=any`, {
        method: 'POST',
        body: JSON.stringify({ contents: [{ parts: [{ text: 'Hi' }] }] }),
      })
    const chunks = (await (await post('publishers/x/simulated')).json()) as { modelVersion: string }[]
    expect(chunks.length).toBeGreaterThan(5)
    expect(chunks[0]?.modelVersion).toBe('publishers/x/simulated')
    expect(await (await post('simulated-503')).json()).toMatchObject([
      { error: { code: 503, status: 'UNAVAILABLE' } },
    ])
  })
})
