import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Content, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answerContext,
  chatRequest,
  decodeStream,
  GEMINI_2_5,
  GEMINI_3,
} from '../../../test/support/dialects/gemini.ts'
import type { JsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Message } from '../../ir/request.ts'
import type { ChatResponse } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { writeSseEvent } from '../../wire/sse-event.ts'
import { decodeCountAnswer, encodeCountRequest } from './count-tokens.ts'
import { decodeRequest } from './decode-request.ts'
import { embedAnswerToOpenAi, embedRequestFromOpenAi } from './embeddings.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { createStreamEncoder } from './stream-encoder.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

async function post(method: string, body: JsonObject, model = 'gemini-3-pro'): Promise<string> {
  const response = await fetch(`${simulator.url}/v1beta/models/${model}:${method}`, {
    method: 'POST',
    headers: { 'x-goog-api-key': 'k', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  expect({ status: response.status, text }).toMatchObject({ status: 200 })
  return text
}

const TOOLS = ['one', 'two'].map((name) => ({
  type: 'function' as const,
  name,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}))
const question: Message = { role: 'user', parts: [{ type: 'text', text: 'use both tools, then narrate' }] }

/** The conversation with the calls answered. */
function answered(answer: Pick<ChatResponse, 'parts'>): Message[] {
  const results = answer.parts.flatMap((part) =>
    part.type === 'tool-call'
      ? [
          {
            type: 'tool-result',
            callId: part.callId,
            content: [{ type: 'text', text: `sun in ${part.name}` }],
            isError: false,
            kind: 'function',
          } as const,
        ]
      : [],
  )
  return [question, { role: 'assistant', parts: answer.parts }, { role: 'user', parts: results }]
}

describe('as an upstream', () => {
  test.each(['whole', 'streamed'])(
    'TCL-04 TCL-07 RSN-21 a %s step of parallel calls is answered, its signature returned',
    async (way) => {
      const { body } = encodeRequest(chatRequest({ messages: [question], tools: TOOLS }), GEMINI_3)
      const answer =
        way === 'whole'
          ? decodeResponse(JSON.parse(await post('generateContent', body)))
          : foldStream(decodeStream(await post('streamGenerateContent?alt=sse', body)))
      expect(answer.finish.unified).toBe('tool-calls')
      const next = encodeRequest(chatRequest({ messages: answered(answer), tools: TOOLS }), GEMINI_3)
      expect(JSON.stringify(next.body)).not.toContain('skip_thought_signature_validator')
      const end = decodeResponse(JSON.parse(await post('generateContent', next.body)))
      expect(end.parts).toMatchObject([
        { type: 'text', text: expect.stringContaining('sun in one | sun in two') },
      ])
    },
  )

  test('RSN-22 history of another model is accepted, by exemption', async () => {
    const calls = ['one', 'two'].map(
      (name) =>
        ({
          type: 'tool-call',
          callId: `toolu_${name}`,
          name,
          input: '{"city":"x"}',
          kind: 'function',
        }) as const,
    )
    const thought = {
      type: 'reasoning',
      text: 'hm',
      carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 's' },
    } as const
    const { body, dropped } = encodeRequest(
      chatRequest({ messages: answered({ parts: [thought, ...calls] }), tools: TOOLS }),
      GEMINI_3,
    )
    await post('generateContent', body)
    expect(dropped).toHaveLength(2)
  })

  test('everything at once is what Gemini takes', async () => {
    const image = {
      type: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' },
      detail: 'high',
    } as const
    const request = chatRequest({
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'S' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'q' },
            image,
            { type: 'document', source: { type: 'text', text: 't' } },
          ],
        },
        { role: 'system', parts: [{ type: 'text', text: 'now' }] },
        {
          role: 'assistant',
          parts: [{ type: 'tool-call', callId: 'c', name: 'one', input: '[]', kind: 'function' }],
        },
        {
          role: 'user',
          parts: [{ type: 'tool-result', callId: 'c', content: [image], isError: true, kind: 'function' }],
        },
      ],
      tools: [...TOOLS, { type: 'custom', name: '!', description: 'd' }],
      toolChoice: { type: 'allowed', mode: 'required', names: ['one', '!'] },
      allowsParallelCalls: false,
      maxOutputTokens: 500,
      stopSequences: ['STOP'],
      sampling: {
        temperature: 1,
        topP: 1,
        topK: 3,
        seed: 1,
        presencePenalty: 0.1,
        frequencyPenalty: 0.1,
        logprobs: 2,
      },
      reasoning: { effort: 'max', summary: 'auto' },
      format: { type: 'json-schema', schema: { type: 'object', properties: { a: { type: 'string' } } } },
      serviceTier: 'flex',
      isStored: false,
    })
    expect(await post('generateContent', encodeRequest(request, GEMINI_3).body)).toContain('candidates')
    await post(
      'streamGenerateContent?alt=sse',
      encodeRequest({ ...request, tools: [], toolChoice: { type: 'auto' } }, GEMINI_2_5).body,
      'gemini-2.5-flash',
    )
  })

  test('CNT-02 CNT-06 tokens are counted as the answer counts them', async () => {
    const request = chatRequest({ messages: [question], tools: TOOLS })
    const counted = decodeCountAnswer(
      JSON.parse(await post('countTokens', encodeCountRequest(request, GEMINI_3).body)),
    )
    const { usage } = decodeResponse(
      JSON.parse(await post('generateContent', encodeRequest(request, GEMINI_3).body)),
    )
    expect(counted.inputTokens).toBe(usage?.inputTokens)
  })

  test('embeddings, one and many', async () => {
    for (const input of ['a', ['a', 'b']]) {
      const asked = embedRequestFromOpenAi({ model: 'x', input, dimensions: 8 }, 'text-embedding')
      const { method, count, body } = asked
      const answer = embedAnswerToOpenAi(JSON.parse(await post(method, body, 'text-embedding')), {
        model: 'text-embedding',
        count,
      })
      expect(answer.data).toHaveLength(Array.isArray(input) ? 2 : 1)
    }
  })
})

describe('for Google’s own SDK', () => {
  const RESPONSE: ChatResponse = {
    model: 'claude-opus-5',
    parts: [
      {
        type: 'reasoning',
        text: 'Let me see.',
        carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' },
      },
      { type: 'text', text: 'I will call.' },
      { type: 'tool-call', callId: 'toolu_1', name: 'one', input: '{"city":"Berlin"}', kind: 'function' },
      { type: 'tool-call', callId: 'toolu_2', name: 'one', input: '{}', kind: 'function' },
    ],
    finish: { unified: 'tool-calls', raw: 'tool_use' },
    usage: { ...NO_USAGE, inputTokens: 3, cacheReadTokens: 2, outputTokens: 7, reasoningTokens: 4 },
    dropped: [],
  }
  const context = answerContext({ reasoning: { summary: 'auto' } })
  let server: Server
  let client: GoogleGenAI
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.includes('streamGenerateContent') !== true) {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(encodeResponse(RESPONSE, context)))
        return
      }
      response.setHeader('content-type', 'text/event-stream')
      const encode = createStreamEncoder(context)
      response.end(eventsOf(RESPONSE).flatMap(encode).map(writeSseEvent).join(''))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    client = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl, retryOptions: { attempts: 1 } } })
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  async function streamed(): Promise<GenerateContentResponse[]> {
    const chunks: GenerateContentResponse[] = []
    for await (const chunk of await client.models.generateContentStream({ model: 'm', contents: 'q' }))
      chunks.push(chunk)
    return chunks
  }

  test('RSP-02 STR-13 the stream says what the whole answer says', async () => {
    const whole = await client.models.generateContent({ model: 'm', contents: 'q' })
    const chunks = await streamed()
    const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
    const said = (isThought: boolean) =>
      parts
        .filter(({ thought = false }) => thought === isThought)
        .map((part) => part.text ?? '')
        .join('')
    expect(said(false)).toBe(whole.text)
    expect(said(true)).toBe('Let me see.')
    expect(chunks.flatMap((chunk) => chunk.functionCalls ?? [])).toEqual(whole.functionCalls)
    const last = chunks.at(-1)
    expect(last?.usageMetadata).toEqual(whole.usageMetadata)
    expect(last?.candidates?.[0]?.finishReason).toBe(whole.candidates?.[0]?.finishReason)
    expect(last?.modelVersion).toBe('claude-opus-5')
    expect(new Set(chunks.map(({ responseId }) => responseId)).size).toBe(1)
  })

  test('RSN-20 RSN-21 TCL-03 what a chat keeps of the stream gives the same answer back', async () => {
    const chat = client.chats.create({ model: 'm' })
    for await (const _ of await chat.sendMessageStream({ message: 'q' }));
    const history = chat.getHistory(true)
    const decoded = decodeRequest({ contents: history as unknown as Content[] }, { model: 'm', headers: {} })
    expect(decoded.messages.flatMap(({ role, parts }) => (role === 'assistant' ? parts : []))).toEqual(
      RESPONSE.parts,
    )
  })
})

function eventsOf({ model, parts, finish, usage }: ChatResponse): StreamEvent[] {
  const events = parts.flatMap((part, index): StreamEvent[] => {
    const id = `p${index}`
    if (part.type === 'tool-call') {
      const { callId, name, kind, input } = part
      return [
        { type: 'tool-call-start', id, callId, name, kind },
        { type: 'tool-call-delta', id, input },
        { type: 'tool-call-end', id },
      ]
    }
    if (part.type !== 'text' && part.type !== 'reasoning') return []
    const { type, text, carrier } = part
    return [
      { type: `${type}-start`, id },
      ...text.split(/(?= )/).map((piece) => ({ type: `${type}-delta`, id, text: piece }) as const),
      { type: `${type}-end`, id, ...(carrier && { carrier }) },
    ]
  })
  return [{ type: 'start', model }, ...events, { type: 'finish', finish, ...(usage && { usage }) }]
}
