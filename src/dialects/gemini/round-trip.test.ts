import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerContext, chatRequest, GEMINI_2_5, GEMINI_3 } from '../../../test/support/dialects/gemini.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest, Message } from '../../ir/request.ts'
import type { ChatResponse } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { createStreamDecoder } from './stream-decoder.ts'
import { createStreamEncoder } from './stream-encoder.ts'
import { decodeUsage, encodeUsage } from './usage.ts'

const text = fc.string({ minLength: 1, unit: 'grapheme' })
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)
const args = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  .map((value) => JSON.stringify(value))
const signature = { origin: 'gemini', kind: 'thought-signature', payload: 'c2ln' } as const
const carrier = fc.constantFrom({}, { carrier: signature })

const textPart = text.map((value): Part => ({ type: 'text', text: value }))
const mediaPart = fc.constantFrom('image/png', 'application/pdf', 'video/mp4').map((mediaType): Part => {
  const source = { type: 'base64', mediaType, data: 'AAAA' } as const
  if (mediaType.startsWith('image')) return { type: 'image', source }
  return mediaType.startsWith('video') ? { type: 'video', source } : { type: 'document', source }
})
const callPart = fc.tuple(args, carrier).map(
  ([input, more]): Part => ({
    type: 'tool-call',
    callId: '',
    name: 'f',
    input: JSON.stringify(JSON.parse(input)),
    kind: 'function',
    ...more,
  }),
)
const user: fc.Arbitrary<Message> = fc
  .array(fc.oneof(textPart, mediaPart), { minLength: 1, maxLength: 3 })
  .map((parts) => ({ role: 'user', parts }))

/** A turn that ends in calls, and the results of all of them. */
const step = fc
  .tuple(text, fc.array(callPart, { minLength: 1, maxLength: 3 }))
  .map(([said, calls]) => ({ said, calls }))

const conversation = fc
  .tuple(user, fc.array(step, { maxLength: 3 }), fc.option(text))
  .map(([first, steps, system]) => {
    const messages: Message[] =
      system === null ? [first] : [{ role: 'system', parts: [{ type: 'text', text: system }] }, first]
    steps.forEach(({ said, calls }, turn) => {
      const named = calls.map((call, index) => ({ ...call, callId: `call_${turn}_${index}` }) as Part)
      messages.push({ role: 'assistant', parts: [{ type: 'text', text: said }, ...named] })
      messages.push({
        role: 'user',
        parts: named.map((call) => ({
          type: 'tool-result',
          callId: call.type === 'tool-call' ? call.callId : '',
          name: 'f',
          content: [{ type: 'text', text: said }],
          isError: false,
          kind: 'function',
        })),
      })
    })
    return messages
  })

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    messages: conversation,
    maxOutputTokens: fc.integer({ min: 1, max: 60_000 }),
    stopSequences: fc.array(text, { maxLength: 5 }),
    sampling: fc.record(
      { temperature: fc.double({ min: 0, max: 2, noNaN: true }), seed: fc.nat() },
      { requiredKeys: [] },
    ),
    toolChoice: fc.constantFrom({ type: 'auto' }, { type: 'none' }, { type: 'required' }, {
      type: 'tool',
      name: 'f',
    } as const),
    reasoning: fc.constantFrom({ effort: 'low', summary: 'auto' }, {
      effort: 'high',
      summary: 'none',
    } as const),
  })
  .map((fields) =>
    chatRequest({
      source: 'gemini',
      tools: [
        {
          type: 'function',
          name: 'f',
          parameters: { type: 'object', properties: { a: { type: 'string' } } },
        },
      ],
      ...(fields as Partial<ChatRequest>),
    }),
  )

test('PRT-13 TLD-06 decode(encode(x)) is x, as far as Gemini can say it', () => {
  fc.assert(
    fc.property(request, (original) => {
      const { body, dropped } = encodeRequest(original, GEMINI_2_5_WITH_LEVELS)
      const decoded = decodeRequest(JSON.parse(JSON.stringify(body)) as JsonObject, {
        model: 'm',
        headers: {},
      })
      expect(decoded).toEqual(JSON.parse(JSON.stringify(original)))
      expect(dropped).toEqual([])
    }),
  )
})

/** No exemptions from signatures, so that nothing is added. */
const GEMINI_2_5_WITH_LEVELS = {
  ...GEMINI_2_5,
  capabilities: { ...GEMINI_3.capabilities, requiresSignatures: false },
}

test('CCH-07 encoding twice makes the same bytes', () => {
  fc.assert(
    fc.property(request, (original) => {
      const again = structuredClone(original)
      expect(JSON.stringify(encodeRequest(original, GEMINI_3))).toBe(
        JSON.stringify(encodeRequest(again, GEMINI_3)),
      )
    }),
  )
})

describe('garbage', () => {
  const word = fc.constantFrom(
    'contents',
    'role',
    'parts',
    'text',
    'functionCall',
    'function_response',
    'name',
    'args',
    'id',
    'response',
    'inlineData',
    'data',
    'mimeType',
    'tools',
    'functionDeclarations',
    'parameters',
    'type',
    'properties',
    'generationConfig',
    'thinkingConfig',
    'thoughtSignature',
    'candidates',
    'content',
    'finishReason',
    'usageMetadata',
    'promptTokenCount',
    'promptFeedback',
    'blockReason',
    'error',
    'partialArgs',
    'jsonPath',
    'stringValue',
    'willContinue',
    'groundingMetadata',
    'groundingChunks',
    'groundingSupports',
    'segment',
    'web',
    'uri',
    'candidatesTokensDetails',
    'logprobsResult',
    'systemInstruction',
    'toolConfig',
    'functionCallingConfig',
    'mode',
    'safetySettings',
    'responseSchema',
    'model',
    '__proto__',
  )
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('model', 'user', 'STOP', '$.a[0]', 'image/png'),
  )
  const { value: junk } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 7, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(word, tie('value'), { maxKeys: 4 }),
    ),
  }))
  const object = fc.dictionary(word, junk, { maxKeys: 5 })

  function codeOf(run: () => unknown): string | undefined {
    try {
      run()
    } catch (error) {
      if (error instanceof GatewayError) return error.code
      throw error
    }
    return undefined
  }

  test('TOP-34 as a request it is refused, or understood', () => {
    fc.assert(
      fc.property(object, (body) => {
        const wrapped = { contents: [{ parts: [{ text: 'x' }, body] }], ...body }
        for (const one of [body, wrapped])
          expect([undefined, 'invalid_request']).toContain(
            codeOf(() => decodeRequest(one, { model: 'm', headers: {} })),
          )
      }),
      { numRuns: 500 },
    )
  })

  test('RSP-19 as an answer it is an upstream’s error, or understood', () => {
    const chunk = object.map((part) => ({ candidates: [{ content: { parts: [part] }, ...part }], ...part }))
    fc.assert(
      fc.property(fc.oneof(junk, object, chunk), (body) => {
        const codes = [
          codeOf(() => decodeResponse(body)),
          codeOf(() => createStreamDecoder()({ data: JSON.stringify(body) })),
        ]
        for (const code of codes) expect(code ?? 'upstream_').toMatch(/^upstream_/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('answers', () => {
  const part: fc.Arbitrary<Part> = fc.oneof(
    textPart,
    text.map((value): Part => ({ type: 'reasoning', text: value })),
    fc
      .tuple(id, args)
      .map(([callId, input]): Part => ({ type: 'tool-call', callId, name: 'f', input, kind: 'function' })),
  )
  const count = fc.nat({ max: 1_000_000 })
  const usage = fc
    .record({
      inputTokens: count,
      cacheReadTokens: count,
      inputAudioTokens: count,
      outputTokens: count,
      reasoningTokens: count,
      outputAudioTokens: count,
    })
    .map((counts) => ({ ...NO_USAGE, ...counts }))
  const response: fc.Arbitrary<ChatResponse> = fc
    .tuple(
      fc.uniqueArray(part, {
        maxLength: 5,
        selector: (one) => (one.type === 'tool-call' ? one.callId : one),
      }),
      usage,
    )
    .map(([parts, counts]) => {
      const hasCalls = parts.some(({ type }) => type === 'tool-call')
      return {
        model: 'm',
        parts: joined(parts),
        finish: { unified: hasCalls ? 'tool-calls' : 'stop', raw: 'STOP' },
        usage: counts,
        dropped: [],
      }
    })
  const context = answerContext({ reasoning: { summary: 'auto' } })

  test('USG-04 USG-05 counts survive', () => {
    fc.assert(
      fc.property(usage, (counts) => {
        expect(decodeUsage(encodeUsage(counts))).toEqual(counts)
      }),
    )
  })

  test('RSP-14 decode(encode(x)) is x', () => {
    fc.assert(
      fc.property(response, (original) => {
        const wire = JSON.parse(JSON.stringify(encodeResponse(original, context))) as JsonObject
        expect(decodeResponse(wire)).toEqual({ ...withPlainInputs(original), upstreamId: 'req-1' })
      }),
    )
  })

  test('STR-32 the encoded stream, folded, is the encoded answer', () => {
    fc.assert(
      fc.property(response, (original) => {
        const encode = createStreamEncoder(context)
        const decode = createStreamDecoder()
        const events = [...eventsOf(original).flatMap(encode), { data: '[DONE]' }].flatMap(decode)
        expect(foldStream(events)).toEqual(
          decodeResponse(JSON.parse(JSON.stringify(encodeResponse(original, context)))),
        )
      }),
    )
  })
})

/** Neighbouring texts of one kind are one text to Gemini. */
function joined(parts: readonly Part[]): Part[] {
  const all: Part[] = []
  for (const part of parts) {
    const before = all.at(-1)
    if (before?.type === 'text' && part.type === 'text')
      all.splice(-1, 1, { ...part, text: before.text + part.text })
    else if (before?.type === 'reasoning' && part.type === 'reasoning')
      all.splice(-1, 1, { ...part, text: before.text + part.text })
    else all.push(part)
  }
  return all
}

function withPlainInputs(response: ChatResponse): ChatResponse {
  const parts = response.parts.map((part) =>
    part.type === 'tool-call' ? { ...part, input: JSON.stringify(JSON.parse(part.input)) } : part,
  )
  return { ...response, parts }
}

function eventsOf({ model, parts, finish, usage }: ChatResponse): StreamEvent[] {
  const events = parts.flatMap((part, index): StreamEvent[] => {
    const id = `p${index}`
    if (part.type === 'tool-call') {
      const { callId, name, kind, input } = part
      const cut = Math.floor(input.length / 2)
      return [
        { type: 'tool-call-start', id, callId, name, kind },
        { type: 'tool-call-delta', id, input: input.slice(0, cut) },
        { type: 'tool-call-delta', id, input: input.slice(cut) },
        { type: 'tool-call-end', id },
      ]
    }
    if (part.type !== 'text' && part.type !== 'reasoning') return []
    const { type } = part
    return [
      { type: `${type}-start`, id },
      ...Array.from(part.text, (letter) => ({ type: `${type}-delta`, id, text: letter }) as const),
      { type: `${type}-end`, id },
    ]
  })
  return [{ type: 'start', model }, ...events, { type: 'finish', finish, ...(usage && { usage }) }]
}
