import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, bearer, chatBody, send } from '../support/client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, type ScriptedUpstream, sse, startScriptedUpstream } from '../support/scripted-upstream.ts'

/** Refusals as real providers word them, to clients of every format: whose fault it is, and what the client can do. */

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const to = (provider: string, dialect?: string) => ({
    provider,
    api_key: 'sk-secret-of-the-operator',
    base_url: upstream.url,
    ...(dialect !== undefined && { dialect }),
  })
  gateway = await startGateway({
    keys: {
      vk_chat: to('openai', 'openai-chat'),
      vk_responses: to('openai', 'openai-responses'),
      vk_messages: to('anthropic'),
      vk_gemini: to('gemini'),
    },
    flags: { 'quota.enabled': false },
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const GEMINI_BODY = { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }

type Ask = (key: string, isStreaming?: boolean) => Promise<Answer>

const VERSION = { 'anthropic-version': '2023-06-01' }

const post = (path: string, key: string, body: object, headers: Record<string, string> = {}) =>
  send(gateway.url + path, { headers: { ...bearer(key), ...headers }, body })

/** One client of each format. */
const CLIENTS: Readonly<Record<string, Ask>> = {
  Chat: (key, stream = false) => post('/v1/chat/completions', key, chatBody('m', { stream })),
  Completions: (key, stream = false) => post('/v1/completions', key, { model: 'm', prompt: 'x', stream }),
  Responses: (key, stream = false) => post('/v1/responses', key, { model: 'm', input: 'x', stream }),
  Messages: (key, stream = false) =>
    post('/v1/messages', key, chatBody('m', { max_tokens: 9, stream }), VERSION),
  Gemini: (key, isStreaming) =>
    post(
      `/v1beta/models/m:${isStreaming ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      key,
      GEMINI_BODY,
    ),
}

const everyone = (key: string, isStreaming = false) =>
  Promise.all(Object.values(CLIENTS).map((ask) => ask(key, isStreaming)))

const HINT = 'sk-…ator'
const BAD_GOOGLE_KEY = {
  error: {
    code: 400,
    message: `API key not valid: ${HINT}`,
    status: 'INVALID_ARGUMENT',
    details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
  },
}
const BAD_OPENAI_KEY = {
  error: { message: `Incorrect API key: ${HINT}`, type: 'x', code: 'invalid_api_key' },
}
const anthropic = (type: string, message: string) => ({ type: 'error', error: { type, message } })

describe('of the operator’s account', () => {
  test.each([
    ['ERR-04 Google’s bad key, which is a 400', 'vk_gemini', 400, BAD_GOOGLE_KEY],
    ['ERR-04 a bad key in an answer that looks good', 'vk_chat', 200, BAD_OPENAI_KEY],
    ['ERR-04 a status within an answer', 'vk_chat', 200, { error: { message: HINT, code: 401 } }],
    ['ERR-05 402', 'vk_chat', 402, { error: { message: `Pay for ${HINT}`, type: 'x', code: null } }],
    ['ERR-05 Anthropic’s bill', 'vk_messages', 402, anthropic('billing_error', `Pay for ${HINT}`)],
    [
      'ERR-05 Anthropic’s credit, which is a 400',
      'vk_messages',
      400,
      anthropic('invalid_request_error', `Your credit balance is too low (${HINT})`),
    ],
  ])('%s: a failure of the server in neutral words, to every client', async (_id, key, status, body) => {
    upstream.answerWith(json(JSON.stringify(body), status))
    for (const answer of await everyone(key)) {
      expect(answer.status).toBe(502)
      expect(answer.text).toContain('operator')
      expect(answer.text).not.toContain(HINT)
    }
  })

  test.each([
    ['vk_chat', BAD_OPENAI_KEY],
    ['vk_responses', { type: 'error', ...BAD_OPENAI_KEY }],
    ['vk_messages', anthropic('authentication_error', HINT)],
    ['vk_gemini', { error: { code: 403, message: HINT, status: 'PERMISSION_DENIED' } }],
  ])('ERR-04 ERR-19 first in a stream of %s, too', async (key, event) => {
    upstream.answerWith(sse([`data: ${JSON.stringify(event)}\n\n`]))
    for (const answer of await everyone(key, true)) {
      expect(answer.status).toBe(502)
      expect(answer.text).not.toContain(HINT)
    }
  })
})

describe('of the request', () => {
  test.each([
    ['vk_chat', { error: { message: "This model's maximum context length is 9 tokens.", code: 400 } }],
    ['vk_gemini', { error: { code: 400, message: 'The input token count (12) exceeds the maximum.' } }],
    ['vk_messages', anthropic('invalid_request_error', 'input length and `max_tokens` exceed context limit')],
  ])('ERR-15 too long for %s: agents of other formats are told so in their words', async (key, body) => {
    upstream.answerWith(json(JSON.stringify(body), 400))
    const responses = await CLIENTS.Responses?.(key)
    expect([responses?.status, responses?.json.error.code]).toEqual([400, 'context_length_exceeded'])
    if (key === 'vk_messages') return
    expect((await CLIENTS.Messages?.(key))?.json.error.message).toMatch(/^prompt is too long: /)
  })

  test.each([
    ['vk_responses', { error: { message: 'No model m', type: 'x', code: 'model_not_found' } }],
    ['vk_messages', anthropic('not_found_error', 'model: m')],
    ['vk_gemini', { error: { code: 404, message: 'models/m is not found', status: 'NOT_FOUND' } }],
  ])('ERR-07 for a model that %s does not have: OpenAI’s clients get its code', async (key, body) => {
    upstream.answerWith(json(JSON.stringify(body), 404))
    const answer = await CLIENTS.Chat?.(key)
    expect([answer?.status, answer?.json.error.code]).toEqual([404, 'model_not_found'])
  })

  test('ERR-10 for want of quota: known as such to OpenAI’s clients', async () => {
    upstream.answerWith(
      json('{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}', 429),
    )
    const answer = await CLIENTS.Chat?.('vk_responses')
    expect([answer?.status, answer?.json.error.code]).toEqual([429, 'insufficient_quota'])
    expect((await CLIENTS.Messages?.('vk_responses'))?.json.error.type).toBe('rate_limit_error')
  })
})

describe('in a shape of their own', () => {
  test.each([
    ['ERR-10', 429, 429, 'rate_limit_error', 'rate_limit_error', 'RESOURCE_EXHAUSTED'],
    ['ERR-12', 503, 529, 'server_error', 'overloaded_error', 'UNAVAILABLE'],
  ])(
    '%s ERR-17 %i as a page is what it would be as JSON',
    async (_id, status, anthropicStatus, openai, type, google) => {
      upstream.answerWith((response) =>
        response.writeHead(status, { 'content-type': 'text/html' }).end('<p>'),
      )
      for (const key of ['vk_chat', 'vk_messages']) {
        const [chat, , , messages, gemini] = await everyone(key)
        expect([chat?.status, chat?.json.error.type]).toEqual([status, openai])
        expect([messages?.status, messages?.json.error.type]).toEqual([anthropicStatus, type])
        expect([gemini?.status, gemini?.json.error.status]).toEqual([status, google])
      }
    },
  )

  test.each([
    [
      'Mistral',
      { object: 'error', message: 'Not like that.', type: 'invalid_model', param: null, code: '1500' },
    ],
    ['FastAPI', { detail: 'Not like that.' }],
    ['a proxy', { message: 'Not like that.' }],
  ])('ERR-18 the words of %s reach clients of other formats', async (_server, body) => {
    upstream.answerWith(json(JSON.stringify(body), 422))
    for (const key of ['vk_chat', 'vk_messages']) {
      const answer = await CLIENTS.Gemini?.(key)
      expect([answer?.status, answer?.json.error.message]).toEqual([422, 'Not like that.'])
    }
  })
})

test.each([200, 204])('ERR-17 nothing at all, with status %i, is no answer in any format', async (status) => {
  const headers = status === 204 ? {} : { 'content-type': 'application/json' }
  upstream.answerWith((response) => response.writeHead(status, headers).end())
  for (const key of ['vk_chat', 'vk_responses', 'vk_messages', 'vk_gemini'])
    for (const answer of await everyone(key)) expect(answer.status).toBe(502)
})

test('HDR-11 ERR-24 a date to come back at is told as seconds to clients of other formats', async () => {
  const date = new Date(Date.now() + 60_000).toUTCString()
  upstream.answerWith(json('{"error":{"message":"slow"}}', 429, { 'retry-after': date }))
  const answer = await CLIENTS.Messages?.('vk_chat')
  const seconds = Number(answer?.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(30)
  expect(seconds).toBeLessThanOrEqual(60)
})

test('ERR-25 a refusal of ours says who cannot, and what to do about it', async () => {
  const before = upstream.received.length
  const answer = await post('/v1/responses', 'vk_gemini', { model: 'm', input: 'x', background: true })
  expect(answer.json.error).toMatchObject({ code: 'unsupported_parameter', param: 'background' })
  expect(answer.json.error.message).toMatch(/"m" at Google Gemini.*Change "background" or leave it out/)
  expect(upstream.received.length).toBe(before)
})
