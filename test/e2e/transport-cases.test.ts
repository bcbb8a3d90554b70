import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, chatBody, send } from '../support/client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, type ScriptedUpstream, sse, startScriptedUpstream } from '../support/scripted-upstream.ts'

/** Headers, errors and endings on the way between two formats: what neither of their converters sees. */

const CHAT_ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})
const MESSAGES_BODY = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }
const GEMINI_BODY = { contents: [{ parts: [{ text: 'x' }] }] }
const VERSION = { 'anthropic-version': '2023-06-01' }

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const to = (provider: string, dialect?: string) => ({
    provider,
    api_key: `sk-secret-of-${provider}`,
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

const askMessages = (key: string, headers: Record<string, string> = {}) =>
  send(`${gateway.url}/v1/messages`, {
    headers: { 'x-api-key': key, ...VERSION, ...headers },
    body: MESSAGES_BODY,
  })
const askChat = (key: string) =>
  send(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body: chatBody('m') })
const askGemini = (key: string) =>
  send(`${gateway.url}/v1beta/models/m:generateContent?key=${key}`, { body: GEMINI_BODY })

describe('credentials', () => {
  test.each([
    ['x-api-key', { 'x-api-key': 'vk_chat' }],
    ['a bearer token', bearer('vk_chat')],
    ['both, x-api-key first', { 'x-api-key': 'vk_chat', ...bearer('vk_nobody') }],
  ])('HDR-01 a Messages client is known by %s', async (_place, headers) => {
    upstream.answerWith(json(CHAT_ANSWER))
    const answer = await send(`${gateway.url}/v1/messages`, {
      headers: { ...headers, ...VERSION },
      body: MESSAGES_BODY,
    })
    expect(answer.json).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hi' }] })
  })

  test.each([
    ['x-goog-api-key', '', { 'x-goog-api-key': 'vk_chat' }],
    ['?key=', '?key=vk_chat', {}],
    ['a bearer token', '', bearer('vk_chat')],
  ])('HDR-03 a Gemini client is known by %s, and no URL shows it', async (_place, query, headers) => {
    upstream.answerWith(json(CHAT_ANSWER))
    const url = `${gateway.url}/v1beta/models/m:generateContent${query}`
    const answer = await send(url, { headers, body: GEMINI_BODY })
    expect(answer.json.candidates[0].content.parts).toEqual([{ text: 'Hi' }])
    expect(upstream.received.at(-1)?.path).toBe('/v1/chat/completions')
    await gateway.logged(1)
    expect(gateway.logText()).not.toContain('vk_chat')
  })
})

test('HDR-09 ?beta=true is the same path, converted or not', async () => {
  const ask = (key: string, path: string) =>
    send(`${gateway.url}${path}?beta=true`, {
      headers: { 'x-api-key': key, ...VERSION, 'anthropic-beta': 'one-2025-01-01,two-2026-01-01' },
      body: MESSAGES_BODY,
    })
  upstream.answerWith(json(CHAT_ANSWER))
  expect((await ask('vk_chat', '/v1/messages')).json).toMatchObject({ type: 'message' })
  expect(JSON.stringify(upstream.received.at(-1)?.headers)).not.toContain('two-2026')
  upstream.answerWith(json('{"input_tokens":3}'))
  expect((await ask('vk_messages', '/v1/messages/count_tokens')).json).toEqual({ input_tokens: 3 })
  expect(upstream.received.at(-1)?.path).toBe('/v1/messages/count_tokens?beta=true')
  expect(upstream.received.at(-1)?.headers['anthropic-beta']).toBe('one-2025-01-01,two-2026-01-01')
})

test('HDR-10 the request’s id is where the client’s SDK looks, in errors in the body, too', async () => {
  upstream.answerWith(json(CHAT_ANSWER, 200, { 'x-request-id': 'theirs' }))
  const good = await askMessages('vk_chat')
  expect(good.headers.get('request-id')).toMatch(/^req_/)
  expect(good.headers.get('request-id')).toBe(good.headers.get('x-request-id'))
  upstream.answerWith(json('{"error":{"message":"no","type":"invalid_request_error"}}', 400))
  const bad = await askMessages('vk_chat')
  expect(bad.headers.get('request-id')).toMatch(/^req_/)
  expect(bad.json.request_id).toBe(bad.headers.get('request-id'))
})

describe('HDR-11 when to come back', () => {
  test('passes untouched in the same format, with the wish not to', async () => {
    const hints = { 'retry-after': '7', 'retry-after-ms': '6500', 'x-should-retry': 'false' }
    upstream.answerWith(json('{"error":{"message":"slow"}}', 429, hints))
    const { status, headers } = await askChat('vk_chat')
    expect(status).toBe(429)
    for (const [name, value] of Object.entries(hints)) expect(headers.get(name)).toBe(value)
  })

  test.each([
    ['seconds', { 'retry-after': '7' }, '7'],
    ['milliseconds', { 'retry-after-ms': '6500' }, '7'],
    ['nothing, which means something', {}, null],
  ])('is told to clients of other formats: %s', async (_unit, hints, expected) => {
    upstream.answerWith(json('{"error":{"message":"slow","code":"rate_limit_exceeded"}}', 429, hints))
    const answer = await askMessages('vk_chat')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, expected])
    expect(answer.json.error.type).toBe('rate_limit_error')
  })

  test('ERR-10 is read from the body of Google’s error', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' }]
    const error = { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED', details }
    upstream.answerWith(json(JSON.stringify({ error }), 429))
    const answer = await askChat('vk_gemini')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '35'])
  })
})

test('HDR-12 limits of one vendor are not shown to another’s client', async () => {
  const limits = { 'x-ratelimit-remaining-tokens': '5', 'openai-processing-ms': '12' }
  upstream.answerWith(json(CHAT_ANSWER, 200, { ...limits, 'x-unknown': 'kept' }))
  const { headers } = await askMessages('vk_chat')
  for (const name of Object.keys(limits)) expect(headers.get(name)).toBeNull()
  expect([...headers.keys()].filter((name) => name.startsWith('anthropic-'))).toEqual([])
  expect(headers.get('x-unknown')).toBe('kept')
})

describe('errors of an upstream, in the client’s format', () => {
  const ERROR =
    '{"error":{"message":"Not like that.","type":"invalid_request_error","param":null,"code":null}}'

  test.each([400, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504])(
    'ERR-02 status %i means the same to every client',
    async (status) => {
      upstream.answerWith(json(ERROR, status))
      const answers = [
        await askMessages('vk_chat'),
        await askGemini('vk_chat'),
        await askChat('vk_responses'),
      ]
      expect(answers.map((answer) => answer.status)).toEqual([status === 503 ? 529 : status, status, status])
      expect(answers.map(({ json }) => json.error.message)).toEqual(Array(3).fill('Not like that.'))
    },
  )

  test('ERR-02 ERR-12 a status that only Anthropic’s clients know is another for the rest', async () => {
    upstream.answerWith(
      json('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 529),
    )
    expect((await askChat('vk_messages')).status).toBe(503)
    expect((await askGemini('vk_messages')).status).toBe(503)
  })

  test.each([
    ['a page', '<html><body>Bad gateway at 10.0.0.7</body></html>', 'text/html'],
    ['nothing', '', 'application/json'],
    ['half of an object', '{"error":{"mess', 'application/json'],
  ])('ERR-17 %s is wrapped, with its status and none of its words', async (_what, body, type) => {
    upstream.answerWith((response) => response.writeHead(502, { 'content-type': type }).end(body))
    for (const answer of [
      await askMessages('vk_chat'),
      await askChat('vk_chat'),
      await askGemini('vk_chat'),
    ]) {
      expect(answer.status).toBe(502)
      expect(answer.json.error.message).toContain('502')
      expect(answer.text).not.toMatch(/html|10\.0\.0\.7|mess"/)
    }
  })

  test('ERR-17 an error in a list, as Google sends it to streams, is read', async () => {
    const error = { code: 400, message: 'Not like that.', status: 'INVALID_ARGUMENT' }
    upstream.answerWith(json(JSON.stringify([{ error }]), 400))
    const answer = await askChat('vk_gemini')
    expect([answer.status, answer.json.error.message]).toEqual([400, 'Not like that.'])
  })

  test('ERR-18 its words are its own, but for the secret among them', async () => {
    const message = 'Model "m" is gone; see https://docs.example/models (key sk-secret-of-openai).'
    upstream.answerWith(json(JSON.stringify({ error: { message, type: 'x', code: 'gone' } }), 404))
    const { text, json: shown } = await askMessages('vk_chat')
    expect(shown.error.message).toMatch(
      /^Model "m" is gone; see https:\/\/docs.example\/models \(key .+\)\.$/,
    )
    expect(text).not.toContain('sk-secret-of-openai')
  })

  test('ERR-24 an upstream that failed once is not asked again behind the client’s back', async () => {
    const before = upstream.received.length
    upstream.answerWith(json(ERROR, 503, { 'retry-after': '1' }))
    const answer = await askMessages('vk_chat')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([529, '1'])
    expect(upstream.received.length).toBe(before + 1)
  })
})

describe('kinds of errors, by the status of the upstream', () => {
  const ERROR = '{"error":{"message":"Not like that.","type":"x","param":null,"code":null}}'

  test.each([
    ['ERR-03', 400, 'invalid_request_error', 'INVALID_ARGUMENT'],
    ['ERR-07', 404, 'not_found_error', 'NOT_FOUND'],
    ['ERR-08', 409, 'conflict_error', 'ABORTED'],
    ['ERR-09', 413, 'request_too_large', 'INVALID_ARGUMENT'],
    ['ERR-10', 429, 'rate_limit_error', 'RESOURCE_EXHAUSTED'],
    ['ERR-11', 500, 'api_error', 'INTERNAL'],
    ['ERR-12', 503, 'overloaded_error', 'UNAVAILABLE'],
    ['ERR-13', 504, 'timeout_error', 'DEADLINE_EXCEEDED'],
  ])('%s %i is %s to Messages, %s to Gemini', async (_id, status, anthropic, google) => {
    upstream.answerWith(json(ERROR, status))
    expect((await askMessages('vk_chat')).json.error.type).toBe(anthropic)
    expect((await askGemini('vk_chat')).json.error.status).toBe(google)
  })

  test.each([
    ['ERR-03 ERR-07 ERR-08 ERR-09', [400, 404, 409, 413, 422], 'invalid_request_error'],
    ['ERR-10', [429], 'rate_limit_error'],
    ['ERR-11 ERR-12 ERR-13', [500, 502, 503, 504, 529], 'server_error'],
  ])('%s %j are %s to Chat', async (_ids, statuses, type) => {
    for (const status of statuses) {
      upstream.answerWith(json('{"type":"error","error":{"type":"x","message":"Not like that."}}', status))
      expect([status, (await askChat('vk_messages')).json.error.type]).toEqual([status, type])
    }
  })

  test.each(['ERR-04 401', 'ERR-06 403'])('%s of an upstream is the operator’s affair', async (name) => {
    upstream.answerWith(
      json('{"error":{"message":"Bad key sk-se...nai","code":401}}', Number(name.slice(-3))),
    )
    for (const answer of [
      await askMessages('vk_chat'),
      await askGemini('vk_chat'),
      await askChat('vk_gemini'),
    ]) {
      expect(answer.status).toBe(502)
      expect(answer.text).not.toContain('sk-se')
    }
  })
})

describe('state at OpenAI', () => {
  test('STA-07 compacting goes to OpenAI as it is, and is refused in shape elsewhere', async () => {
    upstream.answerWith(json('{"object":"response.compaction","output":[]}'))
    const ask = (key: string) =>
      send(`${gateway.url}/v1/responses/compact`, {
        headers: bearer(key),
        body: { model: 'm', input: 'x' },
      })
    expect((await ask('vk_responses')).json.object).toBe('response.compaction')
    expect(upstream.received.at(-1)?.path).toBe('/v1/responses/compact')
    const before = upstream.received.length
    const elsewhere = await ask('vk_messages')
    expect(elsewhere.status).toBe(404)
    expect(elsewhere.json.error).toMatchObject({ message: expect.any(String), type: 'invalid_request_error' })
    expect(upstream.received.length).toBe(before)
  })

  test('STA-07 STA-01 counting input and fetching a response reach OpenAI', async () => {
    upstream.answerWith(json('{"object":"response.input_tokens","input_tokens":3}'))
    const headers = bearer('vk_responses')
    const counted = await send(`${gateway.url}/v1/responses/input_tokens`, {
      headers,
      body: { model: 'm', input: 'x' },
    })
    expect(counted.json.input_tokens).toBe(3)
    upstream.answerWith(json('{"id":"resp_1"}'))
    expect((await send(`${gateway.url}/v1/responses/resp_1`, { headers })).json.id).toBe('resp_1')
  })

  test('STA-06 a key returns to the account that sealed its reasoning, which arrives as it was', async () => {
    const body =
      '{"model":"m","store":false,"input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA=="},' +
      '{"type":"message","role":"assistant","id":"msg_1","status":"completed","content":[{"type":"output_text","text":"a","annotations":[]}]},{"role":"user","content":"x"}]}'
    upstream.answerWith(json('{"id":"resp_1","object":"response","status":"completed","output":[]}'))
    for (const _turn of [1, 2]) {
      await send(`${gateway.url}/v1/responses`, { headers: bearer('vk_responses'), body })
      const received = upstream.received.at(-1)
      expect(received?.body.toString()).toBe(body)
      expect(received?.headers.authorization).toBe('Bearer sk-secret-of-openai')
    }
  })
})

describe('TCL-02 numbers in the arguments of calls, to the last digit', () => {
  const ARGUMENTS = '{"id":12345678901234567890,"at":1.0}'

  test('from a Messages client', async () => {
    upstream.answerWith(json(CHAT_ANSWER))
    const body = `{"model":"m","max_tokens":9,"temperature":1.0,"messages":[{"role":"user","content":"x"},
      {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":${ARGUMENTS}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"y"}]}]}`
    const answer = await send(`${gateway.url}/v1/messages`, {
      headers: { 'x-api-key': 'vk_chat', ...VERSION },
      body,
    })
    expect(answer.status).toBe(200)
    const sent = JSON.parse(upstream.received.at(-1)?.body.toString() ?? '')
    expect(sent.messages[1].tool_calls[0].function.arguments).toBe(ARGUMENTS)
    expect(sent.temperature ?? 1).toBe(1)
  })

  test('from a Gemini client, results too', async () => {
    upstream.answerWith(json(CHAT_ANSWER))
    const body = `{"generationConfig":{"temperature":1.0},"contents":[{"role":"user","parts":[{"text":"x"}]},
      {"role":"model","parts":[{"functionCall":{"id":"c","name":"f","args":${ARGUMENTS}}}]},
      {"role":"user","parts":[{"functionResponse":{"id":"c","name":"f","response":${ARGUMENTS}}}]}]}`
    await send(`${gateway.url}/v1beta/models/m:generateContent?key=vk_chat`, { body })
    const sent = JSON.parse(upstream.received.at(-1)?.body.toString() ?? '')
    expect(sent.messages[1].tool_calls[0].function.arguments).toBe(ARGUMENTS)
    expect(sent.messages[2].content).toBe(ARGUMENTS)
  })

  test('from Anthropic', async () => {
    const usage = '"usage":{"input_tokens":1,"output_tokens":1}'
    const content = `[{"type":"tool_use","id":"c","name":"f","input":${ARGUMENTS}}]`
    upstream.answerWith(
      json(`{"type":"message","model":"m","content":${content},"stop_reason":"tool_use",${usage}}`),
    )
    const answer = await askChat('vk_messages')
    expect(answer.json.choices[0].message.tool_calls[0].function.arguments).toBe(ARGUMENTS)
  })

  test('from Gemini, whole and streamed', async () => {
    const part = `{"functionCall":{"name":"f","args":${ARGUMENTS}}}`
    const answer = `{"candidates":[{"content":{"parts":[${part}]},"finishReason":"STOP"}]}`
    upstream.answerWith(json(answer))
    const whole = await askChat('vk_gemini')
    expect(whole.json.choices[0].message.tool_calls[0].function.arguments).toBe(ARGUMENTS)
    upstream.answerWith(sse([`data: ${answer}\n\n`]))
    const streamed = await send(`${gateway.url}/v1/chat/completions`, {
      headers: bearer('vk_gemini'),
      body: chatBody('m', { stream: true }),
    })
    expect(streamed.text).toContain(JSON.stringify(ARGUMENTS))
  })
})
