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
    expect(statusOf('upstream_quota_exceeded')).toBe(429)
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

test('ERR-10 an empty account is told apart from a limit where the format can', () => {
  const error = new GatewayError('upstream_quota_exceeded', 'Too much.', { upstreamStatus: 429 })
  const { body } = DIALECTS['openai-chat'].encodeError(error, 'req_1')
  expect(body).toMatchObject({ error: { type: 'insufficient_quota', code: 'insufficient_quota' } })
  expect(DIALECTS['anthropic-messages'].encodeError(error, 'req_1').body).toMatchObject({
    error: { type: 'rate_limit_error' },
  })
  expect(DIALECTS.gemini.encodeError(error, 'req_1').body).toMatchObject({
    error: { status: 'RESOURCE_EXHAUSTED' },
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
    [{ message: 'm', type: 'insufficient_quota', code: null }, 'upstream_quota_exceeded', undefined],
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

  test.each([
    ['OpenAI', decodeOpenAiError({ message: 'Incorrect key sk-…1234', code: 'invalid_api_key' })],
    ['DeepSeek', decodeOpenAiError({ message: 'Key sk-…1234', type: 'authentication_error', code: 'x' })],
    ['OpenRouter', decodeOpenAiError({ message: 'No credits for sk-…1234', code: 402 })],
    [
      'Gemini',
      decodeGeminiError({ code: 400, message: 'Key sk-…1234', details: [{ reason: 'API_KEY_INVALID' }] }),
    ],
    ['Gemini, by status', decodeGeminiError({ message: 'sk-…1234', status: 'PERMISSION_DENIED' })],
    ['Anthropic', decodeAnthropicError({ error: { type: 'authentication_error', message: 'sk-…1234' } })],
    [
      'Anthropic, unpaid',
      decodeAnthropicError({
        error: { type: 'invalid_request_error', message: 'Your credit balance is too low (sk-…1234).' },
      }),
    ],
  ])('ERR-04 ERR-05 of the operator’s account is told in words of ours: %s', (_provider, error) => {
    expect(error).toMatchObject({ code: 'upstream_credentials_rejected' })
    expect(error?.message).toContain('operator')
    expect(error?.message).not.toContain('1234')
  })

  test.each([
    decodeOpenAiError({ message: "This model's maximum context length is 4096 tokens.", code: 400 }),
    decodeOpenAiError({ message: 'the request exceeds the available context size (4096 tokens)', code: 400 }),
    decodeOpenAiError({ message: "This model's maximum prompt length is 131072 but the request has more." }),
    decodeOpenAiError({
      message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
    }),
    decodeGeminiError({
      code: 400,
      message: 'The input token count (12) exceeds the maximum number of tokens allowed (9).',
    }),
    decodeAnthropicError({
      error: {
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 1 + 2 > 2',
      },
    }),
  ])('ERR-15 of a conversation that is too long is known, whoever says it how: %#', (error) => {
    expect(error).toMatchObject({ code: 'context_length_exceeded' })
  })

  test.each(['content_filter', 'content_policy_violation', 'invalid_prompt', 'bio_policy'])(
    'ERR-16 of a prompt against the rules is one: %s',
    (code) => expect(decodeOpenAiError({ message: 'm', code })).toMatchObject({ code: 'content_filtered' }),
  )

  test('ERR-07 of an unknown model is one', () => {
    const anthropic = { error: { type: 'not_found_error', message: 'model: claude-9' } }
    for (const error of [
      decodeOpenAiError({ message: 'No such model.', code: 'model_not_found' }),
      decodeAnthropicError(anthropic),
      decodeGeminiError({ code: 404, message: 'models/gemini-9 is not found for API version v1beta' }),
    ])
      expect(error).toMatchObject({ code: 'model_not_found' })
  })

  test.each([
    [{ message: 'm', code: 429 }, 'upstream_rate_limited', 429],
    [{ message: 'm', code: '529' }, 'upstream_overloaded', 529],
    [{ message: 'm', type: 'invalid_request_error', code: null }, 'upstream_error', 400],
    [{ message: 'm', code: 'invalid_image_url' }, 'upstream_error', 400],
  ])('ERR-02 ERR-22 in a stream says what its status would have been: %j', (wire, code, upstreamStatus) => {
    expect(decodeOpenAiError(wire)).toMatchObject({ code, upstreamStatus })
  })

  test('ERR-23 with a code that is no HTTP status gets one', () => {
    expect(decodeGeminiError({ code: 13, message: 'm', status: 'INTERNAL' })).toMatchObject({
      upstreamStatus: 500,
    })
  })

  test('is absent where there is none', () => {
    for (const nothing of [undefined, null, '', 0]) expect(decodeOpenAiError(nothing)).toBeUndefined()
    expect(decodeGeminiError(undefined)).toBeUndefined()
  })
})
