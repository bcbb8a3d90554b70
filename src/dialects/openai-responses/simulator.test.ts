import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeAll, encode, readSse } from '../../../test/support/dialects/openai-responses.ts'
import type { JsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest, Message, Tool } from '../../ir/request.ts'
import type { ChatResponse } from '../../ir/response.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { decodeResponse } from './response.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

async function post(body: JsonObject): Promise<string> {
  const response = await fetch(`${simulator.url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-any' },
    body: JSON.stringify(body),
  })
  return await response.text()
}

async function answerBothWays(changes: Partial<ChatRequest>, model = 'simulated'): Promise<ChatResponse> {
  const body = { ...encode(changes).body, model }
  const whole = decodeResponse(JSON.parse(await post(body)))
  const folded = foldStream(decodeAll(readSse(await post({ ...body, stream: true }))))
  expect(plain(folded)).toEqual(plain(whole))
  return whole
}

/** Without what differs from one answer to the next. */
function plain(response: ChatResponse): unknown {
  const changing = [
    'upstreamId',
    'callId',
    'payload',
    'itemId',
    'createdSeconds',
    'cacheReadTokens',
    'inputTokens',
    'cacheWriteTokens',
  ]
  return JSON.parse(
    JSON.stringify(response, (key, value: unknown) => (changing.includes(key) ? undefined : value)),
  )
}

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] })
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools: Tool[] = [
  { type: 'function', name: 'one', parameters },
  { type: 'custom', name: 'shout' },
]

describe('what we send is taken by a strict upstream, whole and streamed answers are the same', () => {
  test('a text with instructions, images and documents', async () => {
    const png = 'iVBORw0KGgo='
    const parts: Part[] = [
      { type: 'text', text: 'look' },
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: png } },
      { type: 'document', source: { type: 'text', text: 'hello' } },
    ]
    const system: Message = { role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] }
    const { parts: said } = await answerBothWays({ messages: [system, { role: 'user', parts }, system] })
    expect(said).toMatchObject([{ type: 'text', text: expect.stringContaining('1 image and 1 file') }])
  })

  test('RSN-20 RSN-21 RSN-27 TCL-07 a reasoned loop of tools goes round, and a failed result with it', async () => {
    const settings = { tools, reasoning: { effort: 'low', summary: 'auto' } } as const
    const first = await answerBothWays({ ...settings, messages: [user('narrate both tools')] })
    expect(first.parts.map(({ type }) => type)).toEqual([
      'reasoning',
      'text',
      'tool-call',
      'text',
      'tool-call',
    ])
    expect(first.finish.unified).toBe('tool-calls')
    const results = first.parts.flatMap((part): Part[] =>
      part.type === 'tool-call'
        ? [
            {
              type: 'tool-result',
              callId: part.callId,
              kind: part.kind,
              isError: part.kind === 'custom',
              content: [{ type: 'text', text: 'rain' }],
            },
          ]
        : [],
    )
    const messages: Message[] = [
      user('narrate both tools'),
      { role: 'assistant', parts: first.parts },
      { role: 'user', parts: results },
    ]
    const { parts } = await answerBothWays({ ...settings, messages })
    expect(parts.at(-1)).toMatchObject({ text: expect.stringContaining('rain | {"error":"rain"}') })
  })

  test('RSN-22 MSG-20 history of another provider: foreign reasoning, ids and calls', async () => {
    const messages: Message[] = [
      user('use one'),
      {
        role: 'assistant',
        parts: [
          {
            type: 'reasoning',
            text: 'hm',
            carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' },
          },
          { type: 'tool-call', callId: 'toolu_1', name: 'one', input: '{"city":"Rome"}', kind: 'function' },
        ],
      },
      {
        role: 'user',
        parts: [
          {
            type: 'tool-result',
            callId: 'toolu_1',
            kind: 'function',
            isError: false,
            content: [{ type: 'text', text: 'sun' }],
          },
        ],
      },
    ]
    const { parts } = await answerBothWays({ tools, messages })
    expect(parts).toMatchObject([{ text: expect.stringContaining('sun') }])
  })

  test('SCH-01 SCH-04 structured output', async () => {
    const format = { type: 'json-schema', schema: parameters } as const
    const { parts } = await answerBothWays({ format })
    expect(parts).toMatchObject([{ text: '{"city":"sample city"}' }])
  })

  test('STP-03 STP-04 SCH-10 ends that are none', async () => {
    expect((await answerBothWays({ maxOutputTokens: 3 })).finish.unified).toBe('length')
    expect((await answerBothWays({}, 'simulated-refusal')).finish.unified).toBe('refusal')
    expect((await answerBothWays({}, 'simulated-content-filter')).finish.unified).toBe('refusal')
    expect(await answerBothWays({}, 'simulated-empty')).toMatchObject({
      parts: [],
      finish: { unified: 'stop' },
    })
  })

  test('every setting at once', async () => {
    const answer = await answerBothWays({
      tools,
      toolChoice: { type: 'allowed', mode: 'auto', names: ['one'] },
      allowsParallelCalls: false,
      maxOutputTokens: 500,
      sampling: { temperature: 0.5, topP: 0.5, logprobs: 2 },
      reasoning: { effort: 'none' },
      verbosity: 'low',
      serviceTier: 'flex',
      metadata: { a: 'b' },
      endUserId: 'x'.repeat(300),
      caching: { key: 'k', isAutomatic: true, lifetime: 'short' },
      isStored: false,
    })
    expect(answer.parts).toHaveLength(1)
  })
})

describe('faults of the upstream', () => {
  const eventsOf = async (model: string) =>
    decodeAll(readSse(await post({ ...encode({ isStreaming: true }).body, model }))).map(({ type }) => type)

  test('STR-14 a stream without its end has no finish', async () => {
    expect(await eventsOf('simulated-end-early')).not.toContain('finish')
    expect(await eventsOf('simulated-no-done')).not.toContain('finish')
  })

  test('ERR-20 ERR-22 errors in the stream are errors', async () => {
    expect((await eventsOf('simulated-error-in-stream')).at(-1)).toBe('error')
    expect(await eventsOf('simulated-error-first-event')).toEqual(['error'])
  })

  test('RSP-19 broken data throws', async () => {
    await expect(eventsOf('simulated-malformed')).rejects.toMatchObject({ code: 'upstream_malformed' })
  })

  test('RSP-16 an error with status 200 throws', async () => {
    const body = JSON.parse(await post({ ...encode({}).body, model: 'simulated-error-first-event' }))
    expect(() => decodeResponse(body)).toThrow(expect.objectContaining({ code: 'upstream_error' }))
  })

  test('STR-29 line ends and comments do not matter', async () => {
    expect((await eventsOf('simulated-comments')).at(-1)).toBe('finish')
  })
})
