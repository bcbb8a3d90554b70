import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  answerContext,
  CAPABILITIES,
  chatRequest,
  decode,
} from '../../../test/support/dialects/openai-responses.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest, Message, Tool } from '../../ir/request.ts'
import type { ChatResponse } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { unfoldResponse } from '../../ir/unfold.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { createStreamDecoder } from './stream-decoder.ts'
import { createStreamEncoder } from './stream-encoder.ts'

const target = { model: 'gpt-6', capabilities: { ...CAPABILITIES, sampling: 'yes' } } as const

const words = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)
const cache = fc.constantFrom(
  {},
  { cache: {} },
  { cache: { lifetime: 'short' as const } },
  { cache: { lifetime: 'long' as const } },
)
const textPart = fc.tuple(words, cache).map(([text, extra]): Part => ({ type: 'text', text, ...extra }))
const imagePart = fc.constantFrom<Part>(
  { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QQ==' }, detail: 'auto' },
  { type: 'image', source: { type: 'url', url: 'https://a.example/x' }, detail: 'low' },
  { type: 'document', source: { type: 'text', text: 'hé' }, filename: 'a.txt' },
  {
    type: 'document',
    source: { type: 'base64', mediaType: 'application/pdf', data: 'QQ==' },
    filename: 'a.pdf',
  },
)
const saidPart = fc.oneof(
  words.map((text): Part => ({ type: 'text', text })),
  words.map((text): Part => ({ type: 'refusal', text })),
)
const sealedPart = fc.tuple(words, words).map(
  ([text, payload]): Part => ({
    type: 'reasoning',
    text,
    isSummary: true,
    carrier: { origin: 'openai-responses', kind: 'encrypted', payload, itemId: 'rs_1' },
  }),
)

interface Turn {
  readonly question: readonly Part[]
  readonly said: readonly Part[]
  readonly calls: readonly { name: string; input: string; kind: 'function' | 'custom'; output: string }[]
  readonly final: Part
}

/** A question, an answer that ends in something said or done, and what came of its calls. */
const turn: fc.Arbitrary<Turn> = fc.record({
  question: fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 }),
  said: fc.array(fc.oneof(saidPart, sealedPart), { maxLength: 3 }),
  calls: fc.array(
    fc.record({
      name,
      input: fc.json(),
      kind: fc.constantFrom('function' as const, 'custom' as const),
      output: words,
    }),
    { maxLength: 3 },
  ),
  final: saidPart,
})

function messagesOf(turns: readonly Turn[]): Message[] {
  return turns.flatMap(({ question, said, calls, final }, turnIndex): Message[] => {
    const callId = (index: number) => `call_${turnIndex}_${index}`
    const called = calls.map(
      ({ name: tool, input, kind }, index): Part => ({
        type: 'tool-call',
        callId: callId(index),
        name: tool,
        input,
        kind,
      }),
    )
    const results = calls.map(
      ({ kind, output }, index): Part => ({
        type: 'tool-result',
        callId: callId(index),
        kind,
        isError: false,
        content: [{ type: 'text', text: output }],
      }),
    )
    const last: Message[] =
      results.length === 0
        ? []
        : [
            { role: 'user', parts: results },
            { role: 'assistant', parts: [final] },
          ]
    const answer: Message = { role: 'assistant', parts: [...said, ...(called.length > 0 ? called : [final])] }
    return [{ role: 'user', parts: question }, answer, ...last]
  })
}

const tool = fc.record({ name, strict: fc.boolean(), custom: fc.boolean() }).map(
  ({ name: each, strict, custom }): Tool =>
    custom
      ? { type: 'custom', name: each, grammar: { syntax: 'lark', definition: 'x' } }
      : {
          type: 'function',
          name: each,
          parameters: { type: 'object', properties: { z: {}, a: {} } },
          isStrict: strict,
        },
)

const request = fc
  .record(
    {
      tools: fc.uniqueArray(tool, {
        maxLength: 3,
        selector: (each) => (each.type === 'hosted' ? '' : each.name),
      }),
      maxOutputTokens: fc.integer({ min: 16, max: 1000 }),
      sampling: fc.record(
        {
          temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
          topP: fc.constant(0.5),
        },
        { requiredKeys: [] },
      ),
      reasoning: fc.constantFrom(
        { effort: 'low', summary: 'auto' } as const,
        { effort: 'none', summary: 'none' } as const,
      ),
      verbosity: fc.constantFrom('low', 'high'),
      serviceTier: fc.constantFrom('auto', 'flex'),
      metadata: fc.dictionary(name, words),
      endUserId: name,
      isStored: fc.boolean(),
      isStreaming: fc.boolean(),
      caching: fc.constantFrom({ key: 'k' }, { isAutomatic: false, lifetime: 'long' } as const),
      format: fc.constantFrom(
        { type: 'json' } as const,
        { type: 'json-schema', name: 'n', schema: { b: 1, a: 2 }, isStrict: true } as const,
      ),
    },
    { requiredKeys: ['tools', 'sampling', 'isStreaming', 'isStored'] },
  )
  .chain((settings) =>
    fc.array(turn, { minLength: 1, maxLength: 3 }).map(
      (turns): ChatRequest =>
        ({
          ...chatRequest(),
          source: 'openai-responses',
          model: 'gpt-6',
          messages: messagesOf(turns),
          ...settings,
        }) as ChatRequest,
    ),
  )

test('decode(encode(x)) is x for all that this API can express; CCH-07 the bytes are the same each time', () => {
  fc.assert(
    fc.property(request, (each) => {
      const { body, dropped } = encodeRequest(each, target)
      expect(dropped).toEqual([])
      expect(JSON.stringify(encodeRequest(each, target).body)).toBe(JSON.stringify(body))
      const wire = JSON.parse(JSON.stringify(body)) as JsonObject
      expect(decodeRequest(wire, { headers: {} })).toEqual(each)
    }),
    { numRuns: 200 },
  )
})

const answerPart = fc.oneof(
  saidPart,
  sealedPart,
  fc
    .tuple(name, fc.json())
    .map(([each, input]): Part => ({ type: 'tool-call', callId: '', name: each, input, kind: 'function' })),
)
const answer = fc.array(answerPart, { maxLength: 6 }).map((parts): ChatResponse => {
  const named = parts.map((part, index) =>
    part.type === 'tool-call' ? { ...part, callId: `call_${index}` } : part,
  )
  const kinds = new Set(named.map(({ type }) => type))
  // a refusal behind text is an answer that was broken off, and says so
  const unified = kinds.has('tool-call') ? 'tool-calls' : kinds.has('refusal') ? 'refusal' : 'stop'
  return { model: 'm', parts: named, finish: { unified }, dropped: [] }
})

test('an answer that goes out to a client says what came in, whole and streamed alike', () => {
  fc.assert(
    fc.property(answer, (each) => {
      const whole = encodeResponse(each, answerContext())
      expect(encodeResponse(each, answerContext())).toEqual(whole)
      const events = unfoldResponse(each).flatMap(createStreamEncoder(answerContext()))
      const last = JSON.parse(events.at(-1)?.data ?? '') as JsonObject
      expect(last.response).toEqual(JSON.parse(JSON.stringify(whole)))
      const withoutSeal = (parts: readonly Part[]) =>
        parts.map((part) => (part.type === 'reasoning' ? { text: part.text } : part))
      expect(withoutSeal(decodeResponse(whole).parts)).toEqual(withoutSeal(each.parts))
      const folded = foldStream(events.flatMap(createStreamDecoder()))
      expect(folded).toEqual(decodeResponse(JSON.parse(JSON.stringify(whole))))
      const output = whole.output as JsonObject[]
      const replayed = decode({ input: [{ role: 'user', content: 'q' }, ...output] }).messages[1]?.parts ?? []
      expect(replayed).toEqual(each.parts)
    }),
    { numRuns: 200 },
  )
})

const keys = fc.constantFrom(
  ...`type role content text input output items tools name call_id arguments id summary encrypted_content refusal annotations item
  output_index content_index delta response error status incomplete_details usage reasoning format schema tool_choice part
  image_url file_data prompt_cache_breakpoint namespace`.split(/\s+/),
)
const texts = fc.constantFrom(
  ...`message user assistant developer function_call function_call_output custom_tool_call reasoning input_text output_text refusal
  input_image input_file additional_tools function custom namespace json_schema data:image/png;base64,QQ== completed incomplete
  response.created response.output_item.added response.output_item.done response.output_text.delta response.completed
  response.function_call_arguments.delta response.content_part.done response.output_text.annotation.added error __proto__`.split(
    /\s+/,
  ),
)
const { json } = fc.letrec<{ json: unknown; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    texts,
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(keys, tie('json'), { maxKeys: 6, noNullPrototype: true }) as fc.Arbitrary<JsonObject>,
}))
const object = fc.dictionary(keys, json, { maxKeys: 8, noNullPrototype: true }) as fc.Arbitrary<JsonObject>

/** The code of the only kind of error that may come out, or nothing. */
function codeOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof GatewayError && (error.code !== 'invalid_request' || error.path !== undefined))
      return error.code
    throw error
  }
}

test('TOP-34 any JSON is a request or is refused with a path', () => {
  fc.assert(
    fc.property(object, fc.array(object, { maxLength: 4 }), (body, input) => {
      const code = codeOf(() => decodeRequest({ model: 'm', input, ...body }, { headers: {} }))
      expect([undefined, 'invalid_request']).toContain(code)
    }),
    { numRuns: 2000 },
  )
})

test('RSP-19 any JSON is an answer or an upstream error', () => {
  fc.assert(
    fc.property(fc.oneof(json, object), fc.array(json, { maxLength: 4 }), (body, output) => {
      for (const each of [body, { output, ...(body as object) }])
        expect(codeOf(() => decodeResponse(each)) ?? 'upstream_').toMatch(/^(upstream_|context_|content_)/)
    }),
    { numRuns: 2000 },
  )
})

/** What is wrong with the order of the events: a part that ends without having begun, or is open at the finish. */
function disorderIn(events: readonly StreamEvent[]): string[] {
  const open = new Set<string>()
  return events.flatMap((event) => {
    if (event.type === 'finish') return [...open]
    if (!('id' in event)) return []
    if (event.type.endsWith('-start')) open.add(event.id)
    const isKnown = event.type.endsWith('-end') ? open.delete(event.id) : open.has(event.id)
    return isKnown ? [] : [event.id]
  })
}

test('STR-28 any events are a stream, and every part that begins is ended before the finish', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 8 }), (events) => {
      const decoder = createStreamDecoder()
      const decoded = events.flatMap((event) => decoder({ data: JSON.stringify(event) }))
      expect(disorderIn(decoded)).toEqual([])
    }),
    { numRuns: 2000 },
  )
})
