import { APIError as AnthropicError } from '@anthropic-ai/sdk'
import { APIError as OpenAiError } from 'openai'
import { describe, expect, test } from 'vitest'
import { DIALECT_IDS } from '../core/dialect-id.ts'
import { ERROR_CODES, GatewayError } from '../core/errors.ts'
import { decodeError as decodeAnthropicError } from './anthropic-messages/errors.ts'
import { decodeError as decodeGeminiError } from './gemini/errors.ts'
import { DIALECTS } from './index.ts'
import { decodeOpenAiError } from './openai-errors.ts'

describe.each(DIALECT_IDS)('%s', (id) => {
  const dialect = DIALECTS[id]

  test.each(ERROR_CODES)('%s has a status, its code and its message', (code) => {
    const { status, body } = dialect.encodeError(new GatewayError(code, 'What happened.'), 'req_1')
    const text = JSON.stringify(body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(text).toContain('What happened.')
    // some of OpenAI's own codes stand in for ours
    expect(text.toLowerCase()).toMatch(dialect.family === 'openai' ? /"code":"\w+"/ : code)
  })

  test('says whose fault it is', () => {
    const statusOf = (code: (typeof ERROR_CODES)[number]) =>
      dialect.encodeError(new GatewayError(code, 'x'), 'req_1').status
    expect(statusOf('invalid_json')).toBe(400)
    expect(statusOf('key_unknown')).toBe(401)
    expect(statusOf('model_not_allowed')).toBe(403)
    expect(statusOf('model_not_found')).toBe(404)
    expect(statusOf('request_too_large')).toBe(413)
    expect(statusOf('quota_exceeded')).toBe(429)
    expect(statusOf('internal')).toBe(500)
    expect(statusOf('upstream_credentials_rejected')).toBe(502)
    expect(statusOf('upstream_cut')).toBe(502)
    expect(statusOf('shutting_down')).toBe(503)
    expect(statusOf('upstream_timeout')).toBe(504)
  })

  test('keeps an upstream’s status, and the path of a field at fault', () => {
    const error = new GatewayError('upstream_error', 'x', { upstreamStatus: 507, path: 'messages[0].role' })
    const { status, body } = dialect.encodeError(error, 'req_1')
    expect(status).toBe(507)
    expect(JSON.stringify(body)).toContain('messages[0].role')
  })

  test('ends a stream with an error that no reader takes for the end', () => {
    const error = new GatewayError('upstream_cut', 'Broken off.')
    const text = dialect.encodeStreamError(error, 'req_1', {})
    expect(text).toMatch(/\n\n$/)
    expect(text).not.toContain('[DONE]')
    const reader = dialect.createStreamReader({ keepsAnswer: false })
    expect(reader.read(Buffer.from(text))).toBe('error')
    expect(reader.facts.error?.message).toContain('Broken off.')
  })
})

test('the official SDKs find code, type and message where they look for them', () => {
  const error = new GatewayError('quota_exceeded', 'Too many.')
  const openai = DIALECTS['openai-chat'].encodeError(error, 'req_1')
  const openaiError = OpenAiError.generate(openai.status, openai.body, undefined, new Headers())
  expect(openaiError).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' })
  const anthropic = DIALECTS['anthropic-messages'].encodeError(error, 'req_1')
  const anthropicError = AnthropicError.generate(anthropic.status, anthropic.body, undefined, new Headers())
  expect(anthropicError).toMatchObject({ status: 429, type: 'rate_limit_error' })
})

describe('an upstream’s error', () => {
  test.each([
    [{ message: 'm', code: 'rate_limit_exceeded' }, 'upstream_rate_limited', undefined],
    [{ message: 'm', type: 'insufficient_quota', code: null }, 'upstream_rate_limited', undefined],
    [{ message: 'm', code: 'context_length_exceeded' }, 'context_length_exceeded', undefined],
    [{ message: 'm', code: 502 }, 'upstream_error', 502],
    [{ message: 'm' }, 'upstream_error', undefined],
    ['text', 'upstream_error', undefined],
  ])('of OpenAI’s shape: %j', (wire, code, upstreamStatus) => {
    expect(decodeOpenAiError(wire)).toMatchObject({ code, upstreamStatus })
  })

  test('of Anthropic’s shape', () => {
    const decode = (type: string) => decodeAnthropicError({ type: 'error', error: { type, message: 'm' } })
    expect(decode('overloaded_error')).toMatchObject({ code: 'upstream_overloaded', upstreamStatus: 529 })
    expect(decode('rate_limit_error')).toMatchObject({ code: 'upstream_rate_limited' })
    expect(decode('a_new_error')).toMatchObject({ code: 'upstream_error' })
  })

  test('of Gemini’s shape', () => {
    expect(decodeGeminiError({ code: 503, message: 'm' })).toMatchObject({ code: 'upstream_overloaded' })
    expect(decodeGeminiError({ status: 'RESOURCE_EXHAUSTED' })).toMatchObject({
      code: 'upstream_rate_limited',
    })
  })

  test('is absent where there is none', () => {
    for (const nothing of [undefined, null, '', 0]) expect(decodeOpenAiError(nothing)).toBeUndefined()
    expect(decodeGeminiError(undefined)).toBeUndefined()
  })
})
