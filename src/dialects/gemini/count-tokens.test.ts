import { expect, test } from 'vitest'
import { chatRequest, GEMINI_3 } from '../../../test/support/dialects/gemini.ts'
import {
  decodeCountAnswer,
  decodeCountRequest,
  encodeCountAnswer,
  encodeCountRequest,
} from './count-tokens.ts'

const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]
const context = { model: 'm', headers: {} }

test('CNT-06 bare contents and a whole request are both counted', () => {
  const bare = decodeCountRequest({ contents }, context)
  expect(decodeCountRequest({ generateContentRequest: { model: 'models/m', contents } }, context)).toEqual(
    bare,
  )
  expect(
    decodeCountRequest(
      { generate_content_request: { contents, systemInstruction: { parts: [{ text: 'S' }] } } },
      context,
    ).messages,
  ).toHaveLength(2)
  expect(() => decodeCountRequest({}, context)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
})

test('CNT-02 CNT-05 a request is counted whole, and refused as it would be', () => {
  expect(encodeCountRequest(chatRequest(), GEMINI_3).body).toEqual({
    generateContentRequest: { model: 'models/gemini-3-pro', contents },
  })
  expect(() => encodeCountRequest(chatRequest({ sampling: { logitBias: { 1: 1 } } }), GEMINI_3)).toThrow(
    expect.objectContaining({ path: 'logit_bias' }),
  )
})

test('CNT-02 CNT-06 counts, both ways', () => {
  expect(decodeCountAnswer({ totalTokens: 5, cachedContentTokenCount: 2 })).toEqual({
    inputTokens: 5,
    cacheReadTokens: 2,
  })
  expect(decodeCountAnswer(encodeCountAnswer({ inputTokens: 7 }))).toEqual({ inputTokens: 7 })
  expect(() => decodeCountAnswer({})).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
  expect(() => decodeCountAnswer({ error: { status: 'UNAVAILABLE' } })).toThrow(
    expect.objectContaining({ code: 'upstream_overloaded' }),
  )
})
