import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answerContext,
  chatRequest,
  encode,
  MODERN,
  OLD,
} from '../../../test/support/dialects/anthropic-messages.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest, Message, Tool } from '../../ir/request.ts'
import type { ChatResponse } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { readSseEvent, writeSseEvent } from '../../wire/sse-event.ts'
import { checkConversation } from '../check-conversation.ts'
import { converter } from './converter.ts'
import { createFold } from './fold.ts'
import { anthropicMessages } from './index.ts'

const FIXTURES = [
  'text',
  'thinking-and-calls',
  'thinking-omitted',
  'stop-sequence',
  'max-tokens',
  'refusal',
  'empty',
]

const read = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')

function decodeStream(sse: string): StreamEvent[] {
  const decode = converter.createStreamDecoder()
  return sse.split('\n\n').flatMap((block) => {
    const event = readSseEvent(Buffer.from(block))
    return event === undefined ? [] : decode(event)
  })
}

/** What differs from one answer to the next, taken out. */
function withoutIds({ upstreamId: _id, usage: _usage, parts, ...rest }: ChatResponse): unknown {
  return {
    ...rest,
    parts: parts.map((part) => {
      if (part.type === 'tool-call') return { ...part, callId: '' }
      return part.type === 'reasoning' ? { ...part, carrier: part.carrier?.kind } : part
    }),
  }
}

describe.each(FIXTURES)('the recorded answer "%s"', (name) => {
  test('a stream amounts to the whole answer', () => {
    const events = decodeStream(read(`${name}.sse`))
    const fold = createFold()
    for (const block of read(`${name}.sse`).split('\n\n')) {
      const event = readSseEvent(Buffer.from(block))
      if (event !== undefined) fold.add(JSON.parse(event.data) as JsonObject)
    }
    expect(foldStream(events)).toEqual(converter.decodeResponse(fold.whole()))
    const whole = converter.decodeResponse(JSON.parse(read(`${name}.json`)))
    expect(withoutIds(foldStream(events))).toEqual(withoutIds(whole))
  })

  test('PAS-07 there and back it is the same, signatures and all', () => {
    const wire = JSON.parse(read(`${name}.json`)) as JsonObject
    const {
      usage: _usage,
      id: _id,
      ...encoded
    } = converter.encodeResponse(converter.decodeResponse(wire), answerContext())
    // the IR has no place for the category of a refusal
    const stop_details = wire.stop_details && { ...(wire.stop_details as JsonObject), category: null }
    expect({ ...wire, stop_details }).toMatchObject(encoded)
  })
})

describe('a strict upstream', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator()
  })
  afterAll(() => simulator.close())

  async function send(request: ChatRequest, capabilities = MODERN): Promise<JsonObject> {
    const { body, headers } = converter.encodeRequest(request, { model: 'simulated', capabilities })
    const init = { method: 'POST', headers: { 'x-api-key': 'k', ...headers }, body: JSON.stringify(body) }
    const response = await fetch(`${simulator.url}/v1/messages`, init)
    return (await response.json()) as JsonObject
  }

  const tools: Tool[] = [
    {
      type: 'function',
      name: 'get_weather',
      parameters: { properties: { city: { type: 'string' } } },
      isStrict: true,
    },
    { type: 'custom', name: 'note.it' },
  ]

  test.each([
    ['new', MODERN],
    ['old', OLD],
  ])('TCL-07 MSG-01 HDR-06 takes all that a request may hold (%s model)', async (_name, capabilities) => {
    const answer = await send(
      chatRequest({
        messages: [
          { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'user', parts: [{ type: 'text', text: 'Use both tools' }] },
        ],
        tools,
        maxOutputTokens: 20_000,
        reasoning: { effort: 'medium' },
        sampling: { temperature: 1.5, topP: 0.5, topK: 3 },
        allowsParallelCalls: true,
        stopSequences: ['never'],
        endUserId: 'u',
        metadata: { team: 'x' },
        format: { type: 'json' },
        isStored: true,
      }),
      capabilities,
    )
    expect(answer).toMatchObject({ type: 'message', stop_reason: 'tool_use' })
  })

  test('RSN-21 TCL-07 the next turn brings thinking and results back', async () => {
    const ask: Message = { role: 'user', parts: [{ type: 'text', text: 'Use both tools' }] }
    const first = converter.decodeResponse(
      await send(chatRequest({ messages: [ask], tools, reasoning: { effort: 'low' } })),
    )
    const results = first.parts.flatMap((part): Part[] =>
      part.type === 'tool-call'
        ? [
            {
              type: 'tool-result',
              callId: part.callId,
              content: [{ type: 'text', text: '7' }],
              isError: false,
              kind: 'function',
            },
          ]
        : [],
    )
    const messages: Message[] = [
      ask,
      { role: 'assistant', parts: first.parts },
      { role: 'user', parts: results },
    ]
    const second = await send(chatRequest({ messages, tools, reasoning: { effort: 'low' } }))
    expect(results).toHaveLength(2)
    expect(second).toMatchObject({ type: 'message', stop_reason: 'end_turn' })
  })

  test('SCH-01 structured output', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string', minLength: 1 } },
      required: ['city'],
    }
    const answer = await send(chatRequest({ format: { type: 'json-schema', schema, isStrict: true } }))
    expect(answer.content).toMatchObject([{ text: '{"city":"sample city"}' }])
  })
})

describe('the official SDK', () => {
  /** Serves one answer, streamed or not, the way a gateway would. */
  async function ask(respond: (isStreaming: boolean) => string, isStreaming: boolean): Promise<unknown> {
    const server = createServer((_request, response) => {
      const type = isStreaming ? 'text/event-stream' : 'application/json'
      response.writeHead(200, { 'content-type': type }).end(respond(isStreaming))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: 'k', maxRetries: 0 })
    const params = { model: 'm', max_tokens: 1, messages: [] }
    try {
      if (isStreaming) return await client.messages.stream(params).finalMessage()
      return await client.messages.create(params)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  }

  test('RSP-04 STR-10 gets the same message streamed and whole', async () => {
    const context = answerContext()
    const events = decodeStream(read('thinking-and-calls.sse'))
    const encode = converter.createStreamEncoder(context)
    const respond = (isStreaming: boolean) =>
      isStreaming
        ? events.flatMap(encode).map(writeSseEvent).join('')
        : JSON.stringify(converter.encodeResponse(foldStream(events), context))
    const plain = (message: unknown) => {
      const {
        usage,
        parsed_output: _sugar,
        ...rest
      } = JSON.parse(JSON.stringify(message)) as { usage: JsonObject; parsed_output?: unknown }
      return { ...rest, tokens: [usage.input_tokens, usage.output_tokens, usage.output_tokens_details] }
    }
    expect(plain(await ask(respond, true))).toEqual(plain(await ask(respond, false)))
  })

  test('ERR-20 throws what a stream breaks off with', async () => {
    const encode = converter.createStreamEncoder(answerContext())
    const error = new GatewayError('upstream_overloaded', 'Too much to do.')
    const bytes = [{ type: 'start', model: 'm' } as const, { type: 'error', error } as const].flatMap(encode)
    await expect(ask(() => bytes.map(writeSseEvent).join(''), true)).rejects.toMatchObject({
      type: 'overloaded_error',
    })
  })
})

describe('properties', () => {
  const word = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== '')
  const json = fc.jsonValue({ maxDepth: 3 })
  const object = fc.dictionary(
    fc.string({ maxLength: 4 }).filter((key) => key !== '__proto__'),
    json,
    { maxKeys: 3 },
  )
  const callsOf = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/), { maxLength: 3 })
  const text = word.map((value): Part => ({ type: 'text', text: value }))

  /** A round of question, answer with calls, and results, each call with an id of its own. */
  const round = fc.tuple(
    fc.array(text, { minLength: 1, maxLength: 2 }),
    text,
    callsOf,
    object,
    word,
    fc.boolean(),
  )
  const conversation = fc.array(round, { minLength: 1, maxLength: 3 }).map((rounds): Message[] =>
    rounds.flatMap(([question, answer, ids, input, output, isError], index): Message[] => {
      const named = ids.map((id) => `${index}${id}`)
      const calls = named.map(
        (callId): Part => ({
          type: 'tool-call',
          callId,
          name: 'f',
          input: JSON.stringify(input),
          kind: 'function',
        }),
      )
      const content = [{ type: 'text', text: output } as const]
      const results = named.map(
        (callId): Part => ({ type: 'tool-result', callId, content, isError, kind: 'function' }),
      )
      return [
        { role: 'user', parts: question },
        { role: 'assistant', parts: [answer, ...calls] },
        { role: 'user', parts: [...results, answer] },
        { role: 'assistant', parts: [answer] },
      ]
    }),
  )
  const end: Message = { role: 'user', parts: [{ type: 'text', text: 'end' }] }

  test('what this format can say survives the way out and back', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const request = chatRequest({
          messages: [...messages, end],
          tools: [{ type: 'function', name: 'f' }],
        })
        const { body } = encode(request)
        const again = converter.decodeRequest(JSON.parse(JSON.stringify(body)) as JsonObject, { headers: {} })
        expect(again.messages).toEqual(request.messages)
        expect(JSON.stringify(encode(request).body)).toBe(JSON.stringify(body))
      }),
      { numRuns: 200 },
    )
  })

  test('system messages anywhere and results that were torn from their calls still make legal turns', () => {
    const system: Message = { role: 'system', parts: [{ type: 'text', text: 's' }] }
    fc.assert(
      fc.property(conversation, fc.array(fc.nat(12)), fc.boolean(), (messages, places, isNew) => {
        const mixed = [...messages, end]
        for (const place of places) mixed.splice(Math.min(place, mixed.length), 0, system)
        const request = checkConversation(
          chatRequest({ messages: mixed, tools: [{ type: 'function', name: 'f' }] }),
        )
        const { body } = encode(request, isNew ? MODERN : OLD)
        expectLegalTurns(body.messages as { role: string; content: JsonObject[] }[])
      }),
      { numRuns: 200 },
    )
  })

  function expectLegalTurns(messages: readonly { role: string; content: JsonObject[] }[]): void {
    expect(messages[0]?.role).toBe('user')
    for (const [index, { role, content }] of messages.entries()) {
      const next = messages[index + 1]
      expect(content.length).toBeGreaterThan(0)
      expect(next?.role).not.toBe(role)
      expect(role === 'system' && next?.role === 'user').toBe(false)
      const calls = content.filter((block) => block.type === 'tool_use').map((block) => block.id)
      expect(next?.content.slice(0, calls.length).map((block) => block.tool_use_id) ?? []).toEqual(calls)
    }
  }

  const anything = fc.oneof(
    json,
    fc.record({
      type: fc.constantFrom('text', 'tool_use', 'image', 'document', 'thinking'),
      text: json,
      source: json,
    }),
  )
  const role = fc.constantFrom('user', 'assistant', 'system', 'x')

  test('TOP-34 no request makes it crash', () => {
    const names = [
      'system',
      'tools',
      'tool_choice',
      'thinking',
      'output_config',
      'metadata',
      'stop_sequences',
      'max_tokens',
    ]
    const body = fc.record({
      model: fc.constantFrom('m', 5),
      messages: fc.array(fc.record({ role, content: fc.oneof(json, fc.array(anything)) })),
      extra: fc.dictionary(fc.constantFrom(...names), fc.oneof(json, fc.array(anything)), { maxKeys: 3 }),
    })
    fc.assert(
      fc.property(body, ({ extra, ...rest }) => {
        const codes = ['invalid_request', 'unsupported_parameter']
        expect([undefined, ...codes]).toContain(
          codeOf(() => {
            const request = converter.decodeRequest({ ...rest, ...extra }, { headers: {} })
            converter.encodeRequest(request, { model: 'm', capabilities: MODERN })
          }),
        )
      }),
      { numRuns: 1000 },
    )
  })

  test('RSP-19 STR-28 nothing that an upstream sends makes it crash', () => {
    const answer = fc.record({ content: fc.oneof(json, fc.array(anything)), usage: json, stop_reason: json })
    const types = [
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
    ]
    const event = fc.record({
      type: fc.constantFrom(...types, 'message_stop', 'error', 'constructor'),
      index: fc.constantFrom(0, 1, null),
      message: json,
      content_block: anything,
      delta: anything,
      usage: json,
      error: json,
    })
    fc.assert(
      fc.property(fc.oneof(json, answer), fc.array(event), (body, events) => {
        expect(codeOf(() => converter.decodeResponse(body)) ?? 'upstream').toMatch(/^upstream/)
        const decode = converter.createStreamDecoder()
        const encodeEvent = converter.createStreamEncoder(answerContext())
        const run = () => events.flatMap((one) => decode({ data: JSON.stringify(one) })).flatMap(encodeEvent)
        expect(codeOf(run) ?? 'upstream').toMatch(/^upstream_(malformed|error)$|^upstream$/)
      }),
      { numRuns: 1000 },
    )
  })

  function codeOf(act: () => unknown): string | undefined {
    try {
      act()
      return undefined
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return error.code
    }
  }

  test('STR-03 however calls interleave, the stream amounts to the whole answer, one block at a time', () => {
    const call = fc.record({ name: word, input: object })
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(3)), (calls, order) => {
        const queues = calls.map(({ name, input }, index) =>
          callEvents(`c${index}`, name, JSON.stringify(input)),
        )
        const usage = { ...NO_USAGE, inputTokens: 1 }
        const finish = { type: 'finish', finish: { unified: 'tool-calls' }, usage } as const
        const events: StreamEvent[] = [{ type: 'start', model: 'm' }, ...interleave(queues, order), finish]
        const encodeEvent = converter.createStreamEncoder(answerContext())
        const fold = createFold()
        let open: unknown
        for (const { data } of events.flatMap(encodeEvent)) {
          const json = JSON.parse(data) as JsonObject
          const isStart = json.type === 'content_block_start'
          // a start finds nothing open; whatever else has an index means the open block
          expect(json.index).toBe(isStart ? (json.index as number) : open)
          expect(isStart && open !== undefined).toBe(false)
          if (isStart) open = json.index
          if (json.type === 'content_block_stop') open = undefined
          fold.add(json)
        }
        const whole = converter.encodeResponse(foldStream(events), answerContext())
        expect(fold.whole()).toEqual(JSON.parse(JSON.stringify(whole)))
      }),
      { numRuns: 200 },
    )
  })

  function callEvents(id: string, name: string, input: string): StreamEvent[] {
    const pieces = [input.slice(0, 3), input.slice(3)]
    return [
      { type: 'tool-call-start', id, callId: id, name, kind: 'function' },
      ...pieces.map((piece): StreamEvent => ({ type: 'tool-call-delta', id, input: piece })),
      { type: 'tool-call-end', id },
    ]
  }

  /** Starts come in order, as upstreams send them; everything else in any. */
  function interleave(queues: StreamEvent[][], order: readonly number[]): StreamEvent[] {
    const events = queues.flatMap((queue) => queue.splice(0, 1))
    for (const pick of order) events.push(...(queues[pick % queues.length]?.splice(0, 1) ?? []))
    return [...events, ...queues.flat()]
  }
})

test('the dialect offers its converter both ways', () => {
  expect(anthropicMessages).toMatchObject({ client: converter, upstream: converter })
})
