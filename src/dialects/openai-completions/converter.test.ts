import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../core/errors.ts'
import { foldStream } from '../../ir/fold.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { writeSseEvent } from '../../wire/sse-event.ts'
import { converter } from './converter.ts'

const decode = (body: object) =>
  converter.decodeRequest({ model: 'm', prompt: 'Say hi', ...body }, { headers: {} })
const invalid = (path: string) => expect.objectContaining({ code: 'invalid_request', path })
const contextFor = (body: object = {}) => ({ request: decode(body), requestId: 'req_0123', nowSeconds: 9 })

describe('requests', () => {
  test('LEG-01 LEG-07 a prompt is a message of the user, and 16 tokens answer it', () => {
    const request = decode({})
    expect(request.messages).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'Say hi' }] }])
    expect(request).toMatchObject({ maxOutputTokens: 16, extras: [], tools: [] })
    expect(decode({ prompt: ['Say hi'] }).messages).toEqual(request.messages)
  })

  test.each([[['a', 'b']], [[1, 2]], [[[1], [2]]]])(
    'LEG-02 LEG-03 several prompts and token ids are contracts: %j',
    (prompt) => {
      expect(decode({ prompt }).extras).toMatchObject([{ path: 'prompt', weight: 'contract' }])
    },
  )

  test('LEG-04 what only a completions model does is a contract, its default is none', () => {
    const body = { suffix: 's', echo: true, best_of: 2, logprobs: 0 }
    expect(decode(body).extras.map(({ path, weight }) => [path, weight])).toEqual(
      Object.keys(body).map((path) => [path, 'contract']),
    )
    expect(decode({ suffix: '', echo: false, best_of: 1, logprobs: null }).extras).toEqual([])
  })

  test('LEG-08 no prompt is no request', () => {
    for (const prompt of [undefined, null, [], 1]) expect(() => decode({ prompt })).toThrow(invalid('prompt'))
  })

  test('TOP-05 TOP-08 TOP-09 TOP-10 TOP-11 TOP-12 TOP-15 TOP-18 settings that Chat has, too', () => {
    const body = {
      temperature: 1,
      top_p: 0.5,
      n: 2,
      seed: 0,
      stop: 'X',
      logit_bias: { 1: 2 },
      user: 'u',
      stream: true,
      max_tokens: 5,
    }
    expect(decode({ ...body, stream_options: { include_usage: true } })).toMatchObject({
      source: 'openai-completions',
      sampling: { temperature: 1, topP: 0.5, choices: 2, seed: 0, logitBias: { 1: 2 } },
      stopSequences: ['X'],
      endUserId: 'u',
      isStreaming: true,
      wantsStreamUsage: true,
      maxOutputTokens: 5,
    })
  })

  test('TOP-32 TOP-33 unknown fields are hints, nulls are nothing', () => {
    expect(decode({ vendor: 1, seed: null, other: null }).extras).toMatchObject([
      { path: 'vendor', weight: 'hint' },
    ])
  })

  test('TOP-34 any JSON is a request or invalid, with a path', () => {
    const keys = fc.constantFrom('prompt', 'stop', 'n', 'stream_options', 'echo', 'logit_bias')
    const body = fc.dictionary(keys, fc.jsonValue())
    fc.assert(
      fc.property(body, (wire) => {
        const problem = problemOf(() => decode(wire))
        expect(
          problem === undefined || (problem.code === 'invalid_request' && problem.path !== undefined),
        ).toBe(true)
      }),
    )
  })
})

/** What a conversion refused with; anything but a GatewayError is a bug and is thrown on. */
function problemOf(convert: () => unknown): GatewayError | undefined {
  try {
    convert()
    return undefined
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
}

const START: StreamEvent = { type: 'start', model: 'served' }
const USAGE = { ...NO_USAGE, inputTokens: 3, outputTokens: 2 }
const text = (type: 'text' | 'refusal', ...pieces: string[]): StreamEvent[] => [
  { type: `${type}-start`, id: type },
  ...pieces.map((piece) => ({ type: `${type}-delta`, id: type, text: piece }) as const),
  { type: `${type}-end`, id: type },
]
const finish = (unified: 'stop' | 'length' | 'refusal' | 'tool-calls' | 'pause' | 'other'): StreamEvent => ({
  type: 'finish',
  finish: { unified },
  usage: USAGE,
})
const encode = (events: readonly StreamEvent[], body: object = {}) => {
  const encoder = converter.createStreamEncoder(contextFor(body))
  return events.flatMap((event) => encoder(event))
}

describe('answers', () => {
  test('LEG-01 RSP-01 a whole completion', () => {
    const response = foldStream([START, ...text('text', 'Hi', '!'), finish('stop')])
    expect(converter.encodeResponse(response, contextFor())).toMatchObject({
      id: 'cmpl-0123',
      object: 'text_completion',
      created: 9,
      model: 'served',
      choices: [{ text: 'Hi!', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    })
  })

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['refusal', 'content_filter'],
    ['tool-calls', 'stop'],
    ['other', 'length'],
  ] as const)('LEG-06 STP-01 STP-03 STP-21 %s is %s', (unified, reason) => {
    const response = foldStream([START, ...text('text', 'x'), finish(unified)])
    expect(converter.encodeResponse(response, contextFor())).toMatchObject({
      choices: [{ finish_reason: reason }],
    })
  })

  test('LEG-05 USG-07 chunks of text, counts if asked for, [DONE]', () => {
    const events = encode([START, ...text('text', 'Hi', '!'), { type: 'ping' }, finish('stop')], {
      stream_options: { include_usage: true },
    })
    expect(events.slice(0, -1).map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
      {
        object: 'text_completion',
        choices: [{ text: 'Hi', index: 0, finish_reason: null, logprobs: null }],
        usage: null,
      },
      { choices: [{ text: '!' }] },
      { choices: [{ text: '', finish_reason: 'stop' }], usage: null },
      { choices: [], usage: { total_tokens: 5 } },
    ])
    expect(events.at(-1)).toEqual({ data: '[DONE]' })
    expect(encode([START, finish('stop')])).toHaveLength(2)
  })

  test('ERR-20 STP-23 an error ends the stream without [DONE], and so does an end that is none', () => {
    const error: StreamEvent = { type: 'error', error: new GatewayError('upstream_cut', 'gone') }
    const events = encode([START, ...text('text', 'Hi'), error, finish('stop')])
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'upstream_cut' } })
    expect(() => encode([START, ...text('text', 'x'), finish('pause')])).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    )
  })

  test('LEG-05 the SDK reads the same from the stream as from the whole answer', async () => {
    const events = [START, ...text('text', 'Hi ', '👍'), ...text('refusal', ' No.'), finish('refusal')]
    const wire = encode(events).map(writeSseEvent).join('')
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(wire)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0 })
    let seen = ''
    let reason: string | null = null
    for await (const chunk of await client.completions.create({ model: 'm', prompt: 'x', stream: true })) {
      seen += chunk.choices[0]?.text ?? ''
      reason = chunk.choices[0]?.finish_reason ?? reason
    }
    server.close()
    server.closeAllConnections()
    const whole = converter.encodeResponse(foldStream(events), contextFor())
    expect(whole).toMatchObject({ choices: [{ text: seen, finish_reason: reason }] })
    expect(seen).toBe('Hi 👍 No.')
  })
})
