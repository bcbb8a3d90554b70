import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'

let gateway: TestGateway
let upstream: ScriptedUpstream

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const account = (provider: string, dialect?: string) => ({
    provider,
    api_key: 'sk-upstream',
    base_url: upstream.url,
    ...(dialect !== undefined && { dialect }),
  })
  const keys = {
    vk_chat: account('openai', 'openai-chat'),
    vk_gemini: account('gemini'),
    vk_anthropic: account('anthropic'),
  }
  gateway = await startGateway({ keys, environment: { QUOTA_ENABLED: 'false' } })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

type Key = 'vk_chat' | 'vk_gemini' | 'vk_anthropic'

async function post(key: Key, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const messages = [{ role: 'user', content: 'Hi' }]
const chatAnswer = {
  id: 'x',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
}
const chatEvents = [
  { id: 'x', model: 'm', choices: [{ index: 0, delta: { content: 'Hello' } }] },
  { id: 'x', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
]
const chatSse = `${chatEvents.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`

const PACKERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

describe.each(Object.entries(PACKERS))('PAS-10 an answer that comes packed as %s', (encoding, pack) => {
  const packed = (text: string, type: string) =>
    json(pack(Buffer.from(text)), 200, { 'content-type': type, 'content-encoding': encoding })

  test('passes to a client of the same format, unpacked', async () => {
    upstream.answerWith(packed(JSON.stringify(chatAnswer), 'application/json'))
    const whole = await post('vk_chat', '/v1/chat/completions', { model: 'm', messages })
    expect([whole.status, whole.headers.get('content-encoding'), whole.text]).toEqual([
      200,
      null,
      JSON.stringify(chatAnswer),
    ])
    upstream.answerWith(packed(chatSse, 'text/event-stream'))
    const streamed = await post('vk_chat', '/v1/chat/completions', { model: 'm', messages, stream: true })
    expect([streamed.status, streamed.text]).toEqual([200, chatSse])
  })

  test('is converted like any other', async () => {
    const ask = { model: 'm', max_tokens: 9, messages }
    upstream.answerWith(packed(JSON.stringify(chatAnswer), 'application/json'))
    const whole = await post('vk_chat', '/v1/messages', ask)
    expect(JSON.parse(whole.text)).toMatchObject({ content: [{ text: 'Hello' }], stop_reason: 'end_turn' })
    upstream.answerWith(packed(chatSse, 'text/event-stream'))
    const streamed = await post('vk_chat', '/v1/messages', { ...ask, stream: true })
    expect(streamed.text).toContain('"text":"Hello"')
    expect(streamed.text).toContain('event: message_stop')
  })
})

test('PAS-10 RSP-19 what says that it is packed and is not, or only half, is a 502', async () => {
  const half = gzipSync(JSON.stringify(chatAnswer)).subarray(0, 40)
  for (const body of ['{"no":"gzip"}', half]) {
    upstream.answerWith(json(body, 200, { 'content-encoding': 'gzip' }))
    const { status, text } = await post('vk_chat', '/v1/messages', { model: 'm', max_tokens: 9, messages })
    expect(status).toBe(502)
    expect(JSON.parse(text)).toMatchObject({ type: 'error' })
  }
})

test('RSP-19 a whole answer that is not UTF-8 is a 502 in the client’s shape, in no format an answer with holes', async () => {
  const [before, after] = JSON.stringify(chatAnswer)
    .split('Hello')
    .map((half) => Buffer.from(half))
  upstream.answerWith(
    json(Buffer.concat([before, Buffer.from([0xff, 0xc3]), after].filter((each) => each !== undefined))),
  )
  const passing = await post('vk_chat', '/v1/chat/completions', { model: 'm', messages })
  expect(passing.status).toBe(502)
  expect(JSON.parse(passing.text)).toMatchObject({ error: { code: 'upstream_malformed' } })
  const converted = await post('vk_chat', '/v1/messages', { model: 'm', max_tokens: 9, messages })
  expect(converted.status).toBe(502)
  expect(JSON.parse(converted.text)).toMatchObject({ type: 'error', error: { type: 'api_error' } })
})

test('PAS-04 PAS-10 a packed error is still readable', async () => {
  const error = { error: { message: 'too long', type: 'invalid_request_error', code: 'x', param: null } }
  upstream.answerWith(json(gzipSync(JSON.stringify(error)), 400, { 'content-encoding': 'gzip' }))
  const { status, text } = await post('vk_chat', '/v1/chat/completions', { model: 'm', messages })
  expect([status, JSON.parse(text)]).toEqual([400, error])
})

describe("Gemini's stream as a JSON list", () => {
  const path = '/v1beta/models/m:streamGenerateContent'
  const ask = { contents: [{ parts: [{ text: 'Hi' }] }] }
  const error = { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } }
  const chunk = (text: string, rest: object = {}) => ({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, ...rest }],
    modelVersion: 'm',
  })

  test('ERR-19 STR-34 that begins with an error is one, with a real status', async () => {
    for (const body of [
      JSON.stringify([error]),
      ` \r\n[\n${JSON.stringify(error)}\n,`,
      JSON.stringify(error),
    ]) {
      upstream.answerWith(json(body))
      const { status, text } = await post('vk_gemini', path, ask)
      expect(status).toBe(429)
      expect(text).toContain('RESOURCE_EXHAUSTED')
    }
  })

  test('PAS-03 STR-34 that begins with an answer passes byte for byte, whatever brackets its texts hold', async () => {
    const body = `[${JSON.stringify(chunk('a "]}" b'))}\r\n,\r\n${JSON.stringify(chunk('!', { finishReason: 'STOP' }))}]`
    upstream.answerWith(json(body))
    const { status, text } = await post('vk_gemini', path, ask)
    expect([status, text]).toEqual([200, body])
  })

  test('STR-33 goes out as soon as its first element is there', async () => {
    const first = `[${JSON.stringify(chunk('Hi'))}`
    let finish = () => {}
    upstream.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(first)
      finish = () => response.end(`,${JSON.stringify(chunk('!', { finishReason: 'STOP' }))}]`)
    })
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'x-goog-api-key': 'vk_gemini', 'content-type': 'application/json' },
      body: JSON.stringify(ask),
    })
    const reader = response.body?.getReader()
    const begun = await reader?.read()
    expect(Buffer.from(begun?.value ?? []).toString()).toBe(first)
    finish()
    await reader?.read()
    await reader?.cancel()
  })
})

describe('JSON that is nested a hundred thousand levels deep', () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const tool = (parameters: string) =>
    `[{"type":"function","function":{"name":"f","parameters":${parameters}}}]`
  const body = (tools: string) => `{"model":"m","messages":${JSON.stringify(messages)},"tools":${tools}}`

  test('TOP-34 in a request to be converted is a 400', async () => {
    for (const key of ['vk_anthropic', 'vk_gemini'] as const) {
      const { status, text } = await post(key, '/v1/chat/completions', body(tool(deep)))
      expect(status).toBe(400)
      expect(JSON.parse(text)).toMatchObject({ error: { type: 'invalid_request_error' } })
    }
  })

  test('TCL-01 in the arguments of an earlier call as well', async () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: deep } }
    const history = [
      ...messages,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: 'x' },
    ]
    const { status } = await post('vk_anthropic', '/v1/chat/completions', { model: 'm', messages: history })
    expect(status).toBe(400)
  })

  test('PAS-01 in a request that passes is for the provider to judge', async () => {
    upstream.answerWith(json(JSON.stringify(chatAnswer)))
    const { status } = await post('vk_chat', '/v1/chat/completions', body(tool(deep)))
    expect(status).toBe(200)
    expect(upstream.received.at(-1)?.body.toString()).toBe(body(tool(deep)))
  })

  test('RSP-19 in an answer is a 502', async () => {
    upstream.answerWith(
      json(
        `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${deep}}}]},"finishReason":"STOP"}]}`,
      ),
    )
    const { status } = await post('vk_gemini', '/v1/chat/completions', { model: 'm', messages })
    expect(status).toBe(502)
  })
})

describe('what an answer loses', () => {
  const ask = { model: 'm', max_tokens: 9, messages }
  const cited = {
    ...chatAnswer,
    choices: [
      {
        index: 0,
        message: {
          content: [
            { type: 'text', text: 'Hi' },
            { type: 'reference', reference_ids: [1] },
          ],
        },
        finish_reason: 'stop',
      },
      { index: 1, message: { content: 'Or this' }, finish_reason: 'stop' },
    ],
  }
  const LOST = [
    { path: 'choices', action: 'dropped' },
    { path: 'choices[].message.content', action: 'dropped' },
  ]

  test('RSP-12 SRV-04 is named in the header of a whole answer, and in its record', async () => {
    const before = (await gateway.logged()).length
    upstream.answerWith(json(JSON.stringify(cited)))
    const { headers, text } = await post('vk_chat', '/v1/messages', ask)
    expect(JSON.parse(headers.get('x-gateway-dropped') ?? '')).toMatchObject(LOST)
    expect(JSON.parse(text)).toMatchObject({ content: [{ text: 'Hi' }] })
    const record = (await gateway.logged(before + 1)).at(-1)
    expect(record?.dropped).toMatchObject([expect.stringContaining('choices:'), expect.anything()])
  })

  test('RSP-12 is in the record of a stream, whose header has gone', async () => {
    const before = (await gateway.logged()).length
    const [first, last] = chatEvents
    const other = { choices: [{ index: 1, delta: { content: 'No' }, finish_reason: 'stop' }] }
    const events = [first, other, other, last].map((event) => `data: ${JSON.stringify(event)}\n\n`)
    upstream.answerWith(
      json(`${events.join('')}data: [DONE]\n\n`, 200, { 'content-type': 'text/event-stream' }),
    )
    const { text, headers } = await post('vk_chat', '/v1/messages', { ...ask, stream: true })
    expect(text).not.toContain('No')
    expect(headers.get('x-gateway-dropped')).toBeNull()
    const records = await gateway.logged(before + 1)
    expect(records.at(-1)?.dropped).toEqual([expect.stringMatching(/^choices: dropped/)])
  })
})

describe('RSN-22 a conversation that goes on with another model', () => {
  const history = [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
        { type: 'text', text: 'Hello' },
      ],
    },
    { role: 'user', content: 'And?' },
  ]
  const strict = { 'x-gateway-strict': 'true' }

  test('is not refused for the reasoning that the other could not read, which is named all the same', async () => {
    upstream.answerWith(json(JSON.stringify(chatAnswer)))
    const ask = { model: 'm', max_tokens: 9, messages: history }
    const { status, headers } = await post('vk_chat', '/v1/messages', ask, strict)
    expect(status).toBe(200)
    expect(JSON.parse(headers.get('x-gateway-dropped') ?? '')).toMatchObject([
      { path: 'messages[1].content[0]', action: 'approximated', isHarmless: true },
    ])
  })

  test('is refused for what it could have read', async () => {
    const ask = { model: 'm', max_tokens: 9, messages: history, top_k: 3 }
    const { status, text } = await post('vk_chat', '/v1/messages', ask, strict)
    expect([status, JSON.parse(text)]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('top_k') } },
    ])
  })
})
