import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  contextFor,
  decodeStream,
  encode,
  encodeStream,
} from '../../../test/support/dialects/openai-chat-base.ts'
import { GatewayError } from '../../core/errors.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest, Message } from '../../ir/request.ts'
import type { ChatResponse } from '../../ir/response.ts'
import { converter } from './converter.ts'

const words = fc.string({ minLength: 1, unit: 'grapheme' })
const cache = fc.option(fc.constantFrom({}, { lifetime: 'short' as const }, { lifetime: 'long' as const }), {
  nil: undefined,
})
const optional = <Key extends string, Value>(key: Key, value: Value | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [Name in Key]?: Value }

const textPart = fc
  .tuple(words, cache)
  .map(([text, mark]): Part => ({ type: 'text', text, ...optional('cache', mark) }))
const imagePart = fc
  .tuple(fc.base64String({ minLength: 4 }), fc.constantFrom('low' as const, undefined), cache)
  .map(([data, detail, mark]): Part => {
    const source = { type: 'base64', mediaType: 'image/png', data } as const
    return { type: 'image', source, ...optional('detail', detail), ...optional('cache', mark) }
  })
const userMessage = fc
  .array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 })
  .map((parts): Message => ({ role: 'user', parts }))
const input = fc.jsonValue().map((value) => JSON.stringify({ value }))

/** An exchange with tools: what was said and called, the results, and an answer, so that turns stay apart. */
const exchange = fc
  .tuple(
    fc.option(words, { nil: undefined }),
    fc.array(input, { minLength: 1, maxLength: 3 }),
    fc.uuid(),
    words,
  )
  .map(([said, inputs, id, result]): Message[] => {
    const ids = inputs.map((_input, index) => `${id}-${index}`)
    const calls = inputs.map(
      (text, index): Part => ({
        type: 'tool-call',
        callId: ids[index] ?? '',
        name: 'one',
        input: text,
        kind: 'function',
      }),
    )
    const before: Part[] = said === undefined ? [] : [{ type: 'text', text: said }]
    const results = ids.map(
      (callId): Part => ({
        type: 'tool-result',
        callId,
        content: [{ type: 'text', text: result }],
        isError: false,
        kind: 'function',
      }),
    )
    return [
      { role: 'assistant', parts: [...before, ...calls] },
      { role: 'user', parts: results },
      { role: 'assistant', parts: [{ type: 'text', text: 'Done.' }] },
    ]
  })
const request = fc
  .record({
    system: fc.array(words, { maxLength: 2 }),
    turns: fc.array(
      fc.oneof(
        userMessage.map((message) => [message]),
        exchange,
      ),
      { minLength: 1, maxLength: 4 },
    ),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value || 0),
    maxOutputTokens: fc.integer({ min: 1, max: 1e6 }),
    stopSequences: fc.array(words, { maxLength: 4 }),
  })
  .map(({ system, turns, temperature, ...rest }): ChatRequest => {
    const first = system.map(
      (text): Message => ({ role: 'system', authority: 'system', parts: [{ type: 'text', text }] }),
    )
    return {
      source: 'openai-chat',
      model: 'served',
      isStreaming: false,
      messages: [...first, ...turns.flat()],
      tools: [{ type: 'function', name: 'one', parameters: { type: 'object', properties: {} } }],
      sampling: { temperature },
      wantsStreamUsage: false,
      extras: [],
      ...rest,
    }
  })

test('decode(encode(request)) is the request, and encoding is the same every time', () => {
  fc.assert(
    fc.property(request, (asked) => {
      const { body, dropped } = encode(asked)
      expect(converter.decodeRequest(JSON.parse(JSON.stringify(body)), { headers: {} })).toEqual(asked)
      expect(dropped).toEqual([])
      expect(JSON.stringify(encode(asked).body)).toBe(JSON.stringify(body))
    }),
  )
})

const answerParts = fc
  .tuple(fc.option(words, { nil: undefined }), fc.uniqueArray(fc.uuid(), { maxLength: 3 }), input)
  .map(([said, ids, text]): Part[] => [
    ...(said === undefined ? [] : [{ type: 'text', text: said } as const]),
    ...ids.map((callId): Part => ({ type: 'tool-call', callId, name: 'one', input: text, kind: 'function' })),
  ])
const answer = answerParts.map((parts): ChatResponse => {
  const isCalling = parts.some(({ type }) => type === 'tool-call')
  return {
    upstreamId: 'chatcmpl-0123',
    model: 'served',
    createdSeconds: 7,
    parts,
    finish: isCalling ? { unified: 'tool-calls', raw: 'tool_calls' } : { unified: 'stop', raw: 'stop' },
    dropped: [],
  }
})

test('decode(encode(answer)) is the answer, whole and streamed', () => {
  fc.assert(
    fc.property(answer, (response) => {
      const context = contextFor()
      expect(converter.decodeResponse(converter.encodeResponse(response, context))).toEqual(response)
      const events = decodeStream([{ data: JSON.stringify(chunkOf(response)) }, { data: '[DONE]' }])
      const again = decodeStream(encodeStream(events, context))
      expect(foldStream(again)).toEqual(response)
    }),
  )
})

/** The whole answer as one chunk, as some servers stream. */
function chunkOf(response: ChatResponse): object {
  const whole = converter.encodeResponse(response, contextFor())
  const [choice] = whole.choices as { message: object; finish_reason: string }[]
  return { ...whole, choices: [{ index: 0, delta: choice?.message, finish_reason: choice?.finish_reason }] }
}

const NAMES =
  `role content type text name id index function custom arguments input tool_calls tool_call_id function_call refusal
  reasoning_content reasoning reasoning_details thinking_blocks image_url url file input_audio delta message choices finish_reason error
  usage annotations url_citation extra_content google thought_signature format data signature`.split(/\s+/)
const WORDS = [
  'user',
  'assistant',
  'tool',
  'function',
  'custom',
  'text',
  'image_url',
  'reasoning.text',
  'reasoning.encrypted',
  'stop',
  '',
]
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    fc.oneof(fc.constantFrom(...WORDS), fc.integer({ max: 3 }), fc.boolean(), fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('tree'), { maxKeys: 6 }),
  ),
}))

test('TOP-34 any JSON is a request or invalid, with a path', () => {
  const roles = fc.constantFrom('system', 'user', 'assistant', 'tool', 'function')
  const message = fc
    .tuple(roles, fc.dictionary(fc.constantFrom(...NAMES), tree))
    .map(([role, rest]) => ({ ...rest, role }))
  const body = fc.record(
    {
      messages: fc.oneof(tree, fc.array(message, { minLength: 1 })),
      tools: fc.oneof(tree, fc.array(tree)),
      tool_choice: tree,
      response_format: tree,
      stop: tree,
      prompt_cache_options: tree,
      moderation: tree,
      modalities: tree,
      functions: tree,
      function_call: tree,
    },
    { requiredKeys: ['messages'] },
  )
  fc.assert(
    fc.property(body, (wire) => {
      const problem = problemOf(() => converter.decodeRequest({ model: 'm', ...wire }, { headers: {} }))
      expect(
        problem === undefined || (problem.code === 'invalid_request' && problem.path !== undefined),
      ).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('RSP-19 STR-28 any JSON from an upstream is an answer or malformed', () => {
  const chunk = fc.record({
    choices: fc.oneof(
      tree,
      fc.array(fc.record({ index: tree, delta: tree, message: tree, finish_reason: tree })),
    ),
  })
  fc.assert(
    fc.property(fc.array(fc.oneof(tree, chunk), { minLength: 1 }), (wires) => {
      const [first] = wires
      problemOf(() => converter.decodeResponse(first))
      const events = [...wires.map((wire) => ({ data: JSON.stringify(wire) })), { data: '[DONE]' }]
      expect([undefined, 'upstream_malformed']).toContain(problemOf(() => decodeStream(events))?.code)
    }),
    { numRuns: 500 },
  )
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
