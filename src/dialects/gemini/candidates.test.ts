import { expect, test } from 'vitest'
import { chatRequest, GEMINI_2_5, GEMINI_3 } from '../../../test/support/dialects/gemini.ts'
import { converter } from './converter.ts'

const chunk = (parts: readonly object[], rest: object = {}) => ({
  modelVersion: 'm',
  candidates: [{ content: { role: 'model', parts }, ...rest }],
})

test('STP-24 an answer that the model would continue counts as cut, and says so', () => {
  const { finish, dropped } = converter.decodeResponse(
    chunk([{ text: 'Once' }], { finishReason: 'CONTINUATION', continuationToken: 'AA==' }),
  )
  expect(finish).toEqual({ unified: 'length', raw: 'CONTINUATION' })
  expect(dropped).toMatchObject([{ path: 'candidates[].finishReason', action: 'approximated' }])
})

test('PRT-15 TCL-18 a signed picture loses its signature, which is reported', () => {
  const inlineData = { mimeType: 'image/png', data: 'AA==' }
  const { parts, dropped } = converter.decodeResponse(
    chunk([{ inlineData, thoughtSignature: 's' }], { finishReason: 'STOP' }),
  )
  expect(parts).toMatchObject([{ type: 'image' }])
  expect(dropped).toMatchObject([{ action: 'dropped', reason: expect.stringContaining('signature') }])
})

test('RSN-10 a budget stays below the most that the model takes', () => {
  const { capabilities } = GEMINI_2_5
  const thinking = { ...capabilities.thinking, maxBudgetTokens: 24_576 }
  const target = { ...GEMINI_2_5, capabilities: { ...capabilities, thinking } }
  const encode = (reasoning: object) => {
    const { body, dropped } = converter.encodeRequest(chatRequest({ reasoning }), target)
    return [body.generationConfig, dropped.map(({ action }) => action)]
  }
  const capped = { thinkingConfig: { thinkingBudget: 24_576 } }
  expect(encode({ effort: 'max' })).toEqual([capped, ['approximated']])
  expect(encode({ mode: 'budget', budgetTokens: 32_000 })).toEqual([capped, ['approximated']])
  expect(encode({ mode: 'budget', budgetTokens: 1000 })).toEqual([
    { thinkingConfig: { thinkingBudget: 1000 } },
    [],
  ])
})

test('PRT-08 an upload keeps its media type', () => {
  const fileData = {
    fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a',
    mimeType: 'image/png',
  }
  const body = { contents: [{ role: 'user', parts: [{ fileData }] }] }
  const request = converter.decodeRequest(body, { model: 'm', headers: {} })
  expect(converter.encodeRequest(request, GEMINI_3).body.contents).toEqual(body.contents)
})

test('TOP-09 one choice that fails before it says anything is an error, several or not', () => {
  const decode = converter.createStreamDecoder()
  const [, event] = decode({
    data: JSON.stringify({
      modelVersion: 'm',
      candidates: [{ index: 1, finishReason: 'MALFORMED_FUNCTION_CALL' }],
    }),
  })
  expect(event).toMatchObject({ type: 'error', error: { code: 'upstream_error' } })
})
