import { describe, expect, test } from 'vitest'
import { answerContext, chunkOf, fixture } from '../../../test/support/dialects/gemini.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Carrier, Part } from '../../ir/part.ts'
import type { ChatResponse, Finish } from '../../ir/response.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { wrapCarrier } from '../carrier.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { UNPROVEN } from './signature.ts'

const decodeFile = (name: string) => decodeResponse(JSON.parse(fixture(name)))
const finish = (finishReason: string, more: object = {}) =>
  decodeResponse(chunkOf([{ text: 'a' }], { finishReason, ...more })).finish
const answer = (parts: readonly Part[], more: Partial<ChatResponse> = {}): ChatResponse => ({
  model: 'gpt-6',
  parts,
  finish: { unified: 'stop' },
  dropped: [],
  ...more,
})
const encode = (parts: readonly Part[], more: Partial<ChatResponse> = {}, reasoning = {}) =>
  encodeResponse(answer(parts, more), answerContext(reasoning))
const candidate = (body: JsonObject) => (body.candidates as JsonObject[])[0] ?? {}
const partsOf = (body: JsonObject) => (candidate(body).content as JsonObject).parts
const SHOWN = { reasoning: { summary: 'auto' } } as const
const signed: Carrier = { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' }
const encrypted: Carrier = { origin: 'openai-responses', kind: 'encrypted', payload: 'enc' }

describe('decoding', () => {
  test('STP-01 STP-03 STP-04 STP-10 STP-24 every finish reason', () => {
    expect(finish('STOP')).toEqual({ unified: 'stop', raw: 'STOP' })
    expect(finish('MAX_TOKENS').unified).toBe('length')
    expect(finish('CONTINUATION').unified).toBe('length')
    for (const reason of ['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY'])
      expect(finish(reason, { finishMessage: 'why' })).toEqual({
        unified: 'refusal',
        raw: reason,
        explanation: 'why',
      })
    for (const reason of ['OTHER', 'LANGUAGE', 'NO_IMAGE']) expect(finish(reason).unified).toBe('other')
  })

  test('STP-26 a reason that nobody knows is no stop', () => {
    expect(finish('BRAND_NEW')).toEqual({ unified: 'other', raw: 'BRAND_NEW' })
    expect(finish('toString').unified).toBe('other')
  })

  test('STP-25 a broken call is an error where nothing was said, else reported', () => {
    for (const finishReason of ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL']) {
      expect(() => decodeResponse(chunkOf([], { finishReason }))).toThrow(
        expect.objectContaining({ code: 'upstream_error', upstreamStatus: 502 }),
      )
      expect(decodeResponse(chunkOf([{ text: 'a' }], { finishReason }))).toMatchObject({
        finish: { unified: 'other' },
        dropped: [{ path: 'candidates[].finishReason' }],
      })
    }
  })

  test('RSP-13 ERR-16 STP-04 a blocked prompt is a refusal', () => {
    expect(decodeFile('blocked.json')).toMatchObject({
      parts: [],
      finish: {
        unified: 'refusal',
        raw: 'PROHIBITED_CONTENT',
        explanation: expect.stringContaining('PROHIBITED_CONTENT'),
      },
    })
    const feedback = { promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'Because.' } }
    expect(decodeResponse(feedback).finish.explanation).toBe('Because.')
  })

  test('RSP-10 nothing said is nothing', () => {
    expect(decodeFile('empty.json')).toMatchObject({ parts: [], finish: { unified: 'stop' } })
    expect(decodeResponse({ candidates: [{ finishReason: 'STOP' }] })).toMatchObject({ parts: [] })
  })

  test('RSP-12 of several candidates the first counts', () => {
    const first = { index: 0, content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }
    const second = { index: 1, content: { parts: [{ text: 'b' }] } }
    expect(decodeResponse({ candidates: [second, first] }).parts).toEqual([{ type: 'text', text: 'a' }])
  })

  test('RSP-16 RSP-19 an error body is an error, anything else that is no answer malformed', () => {
    expect(() => decodeResponse({ error: { code: 429, message: 'slow' } })).toThrow(
      expect.objectContaining({ code: 'upstream_rate_limited' }),
    )
    for (const body of ['x', null, [], [1], 7])
      expect(() => decodeResponse(body)).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
  })

  test('RSP-17 a list of chunks is one answer', () => {
    expect(
      decodeResponse([chunkOf([{ text: 'a' }]), chunkOf([{ text: 'b' }], { finishReason: 'STOP' })]),
    ).toMatchObject({
      parts: [{ text: 'ab' }],
      finish: { unified: 'stop' },
    })
  })

  test('RSP-01 RSP-02 RSP-03 id, model and time', () => {
    expect(decodeResponse({ ...chunkOf([]), createTime: '2026-11-03T10:00:00Z' })).toMatchObject({
      upstreamId: 'r-1',
      model: 'm',
      createdSeconds: Date.parse('2026-11-03T10:00:00Z') / 1000,
    })
  })

  test('PRT-15 media that the model made are parts of their own; a draft among the thoughts is none', () => {
    const inline = (mimeType: string) => ({ inlineData: { mimeType, data: 'AA' } })
    const chunk = chunkOf(
      [
        inline('image/png'),
        inline('audio/wav'),
        inline('video/mp4'),
        inline('application/pdf'),
        { ...inline('image/png'), thought: true },
      ],
      { finishReason: 'STOP' },
    )
    const { parts, dropped } = decodeResponse(chunk)
    expect(parts).toEqual([
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA' } },
      { type: 'audio', mediaType: 'audio/wav', data: 'AA' },
      { type: 'video', source: { type: 'base64', mediaType: 'video/mp4', data: 'AA' } },
      { type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: 'AA' } },
    ])
    expect(dropped).toMatchObject([{ path: 'candidates[].content.parts', action: 'dropped' }])
    expect(candidate(encode(parts)).content).toMatchObject({
      parts: [inline('image/png'), inline('audio/wav'), inline('video/mp4'), inline('application/pdf')],
    })
  })

  test('CIT-04 offsets count from the part they name', () => {
    const groundingMetadata = {
      groundingChunks: [{ web: { uri: 'https://example.org' } }],
      groundingSupports: [
        { segment: { partIndex: 1, startIndex: 0, endIndex: 4 }, groundingChunkIndices: [0] },
      ],
    }
    const parts = [{ text: 'hm', thought: true }, { text: 'Tür!' }]
    const { parts: decoded } = decodeResponse(chunkOf(parts, { finishReason: 'STOP', groundingMetadata }))
    expect(decoded[1]).toMatchObject({ citations: [{ url: 'https://example.org', start: 0, end: 3 }] })
  })

  test('TOP-13 STR-25 logprobs', () => {
    const chosen = { token: 'a', logProbability: -0.5 }
    const logprobsResult = {
      chosenCandidates: [chosen],
      topCandidates: [{ candidates: [chosen, { token: 'b', logProbability: -1 }] }],
    }
    const { parts } = decodeResponse(chunkOf([{ text: 'a' }], { finishReason: 'STOP', logprobsResult }))
    const token = { token: 'a', logprob: -0.5 }
    const alternatives = [token, { token: 'b', logprob: -1 }]
    expect(parts).toEqual([{ type: 'text', text: 'a', logprobs: [{ ...token, alternatives }] }])
    expect(candidate(encode(parts)).logprobsResult).toEqual(logprobsResult)
  })
})

describe('encoding', () => {
  test('RSP-01 RSP-02 RSP-08 RSP-09 TCL-02 text and calls, with our id and the upstream’s model', () => {
    const call: Part = {
      type: 'tool-call',
      callId: 'call_1',
      name: 'f',
      input: '{"z":1.0,"a":12345678901234567890}',
      kind: 'function',
    }
    const body = encode([{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, call], {
      finish: { unified: 'tool-calls' },
    })
    expect(JSON.stringify(body)).toBe(
      `{"candidates":[{"content":{"role":"model","parts":[{"text":"ab"},{"functionCall":{"id":"call_1","name":"f","args":{"z":1.0,"a":12345678901234567890}},"thoughtSignature":"${UNPROVEN}"}]},"finishReason":"STOP","index":0}],"modelVersion":"gpt-6","responseId":"req-1"}`,
    )
  })

  test('STP-01 STP-02 STP-03 STP-04 STP-05 STP-06 STP-26 finish reasons', () => {
    const reason = (value: Finish) => candidate(encode([], { finish: value })).finishReason
    expect(reason({ unified: 'stop', raw: 'end_turn' })).toBe('STOP')
    expect(reason({ unified: 'stop-sequence', stopSequence: 'x' })).toBe('STOP')
    expect(reason({ unified: 'length' })).toBe('MAX_TOKENS')
    expect(reason({ unified: 'tool-calls' })).toBe('STOP')
    expect(reason({ unified: 'refusal' })).toBe('SAFETY')
    expect(reason({ unified: 'other', raw: 'weird' })).toBe('OTHER')
  })

  test('STP-07 STP-23 a paused answer is an error', () => {
    const finish = { unified: 'pause', raw: 'pause_turn' } as const
    expect(() => encode([{ type: 'text', text: 'Hi' }], { finish })).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    )
  })

  test('RSP-11 STP-04 a refusal keeps its words and says why', () => {
    const body = encode([{ type: 'refusal', text: 'No.' }], {
      finish: { unified: 'refusal', explanation: 'policy' },
    })
    expect(candidate(body)).toMatchObject({
      content: { parts: [{ text: 'No.' }] },
      finishReason: 'SAFETY',
      finishMessage: 'policy',
    })
  })

  test('STP-20 STR-07 a call that was cut off is left out, one without arguments is not', () => {
    const call: Part = { type: 'tool-call', callId: '1', name: 'f', input: '{"a', kind: 'function' }
    expect(partsOf(encode([call], { finish: { unified: 'length' } }))).toEqual([])
    // even such a call is a step's first, and told apart from Gemini's own
    expect(partsOf(encode([call], { finish: { unified: 'stop' } }))).toMatchObject([
      { functionCall: { args: { _raw: '{"a' } }, thoughtSignature: UNPROVEN },
    ])
    expect(partsOf(encode([{ ...call, input: '' }]))).toMatchObject([{ functionCall: { args: {} } }])
  })

  test('USG-01 USG-03 USG-05 CCH-09 counts: thoughts apart from the text, the cache within the prompt', () => {
    const usage = {
      ...NO_USAGE,
      inputTokens: 10,
      cacheReadTokens: 5,
      cacheWriteTokens: 2,
      outputTokens: 7,
      reasoningTokens: 3,
    }
    expect(encode([], { usage }).usageMetadata).toMatchObject({
      promptTokenCount: 17,
      cachedContentTokenCount: 5,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 3,
      totalTokenCount: 27,
    })
  })

  test('USG-10 USG-11 unknown counts are not given, audio is told apart', () => {
    expect(encode([])).not.toHaveProperty('usageMetadata')
    expect(
      encode([], { usage: { ...NO_USAGE, inputTokens: 1, inputAudioTokens: 2 } }).usageMetadata,
    ).toMatchObject({
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 1 },
        { modality: 'AUDIO', tokenCount: 2 },
      ],
    })
  })

  test('RSN-28 RSN-29 RSN-12 thoughts are shown to whoever asked', () => {
    const parts: Part[] = [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'so' },
    ]
    expect(partsOf(encode(parts, {}, SHOWN))).toEqual([{ text: 'hm', thought: true }, { text: 'so' }])
    expect(partsOf(encode(parts))).toEqual([{ text: 'so' }])
  })

  test('RSN-20 RSN-23 AGT-05 proofs of others ride on the call, where every client keeps them', () => {
    const call: Part = { type: 'tool-call', callId: '1', name: 'f', input: '{}', kind: 'function' }
    expect(
      partsOf(encode([{ type: 'reasoning', text: 'hm', carrier: encrypted }, call], {}, SHOWN)),
    ).toMatchObject([
      { text: 'hm', thought: true },
      { functionCall: {}, thoughtSignature: wrapCarrier(encrypted, 'gemini') },
    ])
    expect(partsOf(encode([{ type: 'reasoning', text: '', carrier: signed }, call]))).toMatchObject([
      { functionCall: {}, thoughtSignature: wrapCarrier(signed, 'gemini') },
    ])
  })

  test('RSN-20 a proof that holds for its words stays with them, asked for or not', () => {
    const parts: Part[] = [
      { type: 'reasoning', text: 'hm', carrier: signed },
      { type: 'text', text: 'so' },
    ]
    const expected = [
      { text: 'hm', thought: true, thoughtSignature: wrapCarrier(signed, 'gemini') },
      { text: 'so' },
    ]
    expect(partsOf(encode(parts, {}, SHOWN))).toEqual(expected)
    expect(partsOf(encode(parts))).toEqual(expected)
  })

  test('CIT-01 CIT-02 sources become grounding, in bytes', () => {
    const text = '😀 Grüße. Spain won.'
    const citations = [
      { type: 'url', url: 'https://example.org/a', title: 'A', start: 10, end: 20 },
      { type: 'url', url: 'https://example.org/a' },
    ] as const
    expect(candidate(encode([{ type: 'text', text, citations }])).groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: 'https://example.org/a', title: 'A' } }],
      groundingSupports: [
        { segment: { startIndex: 14, endIndex: 24, text: 'Spain won.' }, groundingChunkIndices: [0] },
        { segment: { startIndex: 0, endIndex: 24, text }, groundingChunkIndices: [0] },
      ],
    })
  })
})
