import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { sha256Hex } from '../../src/config/secrets.ts'
import { DIALECT_IDS } from '../../src/core/dialect-id.ts'
import { chunk, event, exception, frames } from '../support/aws-frames.ts'
import { isSignedBy } from '../support/aws-signature.ts'
import { ask, errorCodeOf, isTerminal, parseEvents, readBody } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  json,
  type RecordedRequest,
  type ScriptedUpstream,
  sse,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts'
import { until } from '../support/until.ts'

const AWS_KEYS = {
  accessKeyId: 'AKIDTEST',
  secretAccessKey: 'aws-secret-key-0123456789',
  sessionToken: 'aws-session-token-0123',
}
const REGION = 'eu-central-1'
const ENTRA_SECRET = 'entra-client-secret-0123'
const GOOGLE_TOKEN = 'google-access-token-0123'
const ENTRA_TOKEN = 'entra-access-token-0123'
const BEDROCK_KEY = 'bedrock-api-key-0123456789'
const SECRETS = [
  AWS_KEYS.secretAccessKey,
  AWS_KEYS.sessionToken,
  ENTRA_SECRET,
  GOOGLE_TOKEN,
  ENTRA_TOKEN,
  BEDROCK_KEY,
]

const key = (id: string, account: string) =>
  `  - { id: ${id}, key_hash: ${sha256Hex(`vk_${id}`)}, account: ${account} }`

let gateway: TestGateway
let upstream: ScriptedUpstream
/** Gives out Google's and Entra's tokens. */
let issuer: ScriptedUpstream
/** Everything that clients were told. */
let seen = ''

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  issuer = await startScriptedUpstream()
  const identity = JSON.stringify({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${issuer.url}/google`,
    credential_source: { url: `${issuer.url}/subject` },
  })
  vi.stubEnv('AZURE_AUTHORITY_HOST', issuer.url)
  gateway = await startGateway({
    yaml: `
gateway_keys:
${['bedrock', 'vertex', 'azure', 'bearer'].map((name) => key(name, name)).join('\n')}
upstream_accounts:
  - id: bedrock
    type: aws
    provider: bedrock
    base_url: ${upstream.url}
    aws: { region: ${REGION}, access_key_id: ${AWS_KEYS.accessKeyId}, secret_access_key: ${AWS_KEYS.secretAccessKey}, session_token: ${AWS_KEYS.sessionToken} }
  - { id: bearer, provider: aws-bedrock, api_key: ${BEDROCK_KEY}, base_url: ${upstream.url} }
  - id: vertex
    type: google
    provider: vertex
    base_url: ${upstream.url}
    google: { project: my-project, location: europe-west4, credentials_json: '${identity}' }
  - id: azure
    type: azure
    provider: azure-openai
    base_url: ${upstream.url}
    azure: { tenant_id: contoso, client_id: app, client_secret: ${ENTRA_SECRET} }
logging: { capture: all }
`,
    flags: { 'quota.enabled': false },
  })
})

beforeEach(() => {
  upstream.received.length = 0
  issuer.received.length = 0
  issuer.answerWith((response, { path }) => {
    if (path === '/subject') response.end('subject-token')
    else {
      const access_token = path === '/google' ? GOOGLE_TOKEN : ENTRA_TOKEN
      response.end(
        JSON.stringify({ access_token, token_type: 'Bearer', expires_in: 3600, issued_token_type: 'x' }),
      )
    }
  })
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await gateway.close()
  await upstream.close()
  await issuer.close()
})

type Ask = Omit<Parameters<typeof ask>[1], 'mode'> & { readonly mode?: 'whole' | 'streamed' }

async function talk({ mode = 'whole', ...request }: Ask) {
  const response = await ask(gateway.url, { mode, ...request })
  const { bytes, isBroken } = await readBody(response)
  const text = bytes.toString('utf8')
  seen += text + JSON.stringify([...response.headers])
  return { status: response.status, headers: response.headers, text, bytes, isBroken }
}

function received(): RecordedRequest {
  const [request, ...more] = upstream.received
  if (request === undefined || more.length > 0)
    throw new Error(`${upstream.received.length} requests arrived`)
  return request
}

const bodyOf = ({ body }: RecordedRequest): unknown => JSON.parse(body.toString('utf8'))

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA = 'us.amazon.nova-pro-v1:0'

const CONVERSE = {
  metrics: { latencyMs: 551 },
  output: { message: { content: [{ text: 'Hello there' }], role: 'assistant' } },
  stopReason: 'end_turn',
  usage: { cacheReadInputTokens: 4, inputTokens: 12, outputTokens: 3, serverToolUsage: {}, totalTokens: 19 },
}

const CONVERSE_STREAM = [
  event('messageStart', { p: 'abcdef', role: 'assistant' }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' }, p: 'abcd' }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: ' there' }, p: 'abcdefghijk' }),
  event('contentBlockStop', { contentBlockIndex: 0, p: 'abc' }),
  event('messageStop', { p: 'abcdefghijklmn', stopReason: 'end_turn' }),
  event('metadata', {
    metrics: { latencyMs: 316 },
    p: 'abcd',
    usage: { inputTokens: 12, outputTokens: 3, totalTokens: 15 },
  }),
]

describe.each(DIALECT_IDS)('%s against Converse', (dialect) => {
  test('whole', async () => {
    upstream.answerWith(json(JSON.stringify(CONVERSE)))
    const { status, text, headers } = await talk({ dialect, model: NOVA, key: 'vk_bedrock' })
    expect([status, headers.get('x-gateway-upstream')]).toEqual([200, 'bedrock'])
    expect(text).toContain('Hello there')
    // the answer names no model: it is the one that was asked
    expect(text).toContain(NOVA)
    const request = received()
    expect(request.path).toBe(`/model/${encodeURIComponent(NOVA)}/converse`)
    expect(bodyOf(request)).toMatchObject({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] })
    expect(await isSignedBy(AWS_KEYS, REGION, request)).toBe(true)
    expect(request.headers['x-amz-security-token']).toBe(AWS_KEYS.sessionToken)
  })

  test('streamed', async () => {
    upstream.answerWith(frames(CONVERSE_STREAM))
    const { status, text, bytes, headers } = await talk({
      dialect,
      model: NOVA,
      key: 'vk_bedrock',
      mode: 'streamed',
    })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect(text).toContain('Hello')
    const events = parseEvents(bytes)
    expect(events.filter((one) => isTerminal(dialect, one))).toHaveLength(1)
    const request = received()
    expect(request.path).toBe(`/model/${encodeURIComponent(NOVA)}/converse-stream`)
    expect(await isSignedBy(AWS_KEYS, REGION, request)).toBe(true)
  })

  test('a stream that is cut behind content, at a frame or within one, never looks complete', async () => {
    const whole = Buffer.concat(CONVERSE_STREAM)
    const stopped = Buffer.concat(CONVERSE_STREAM.slice(0, 4)).length
    for (const length of [stopped, stopped + 30, Buffer.concat(CONVERSE_STREAM.slice(0, 2)).length]) {
      upstream.answerWith(frames([whole.subarray(0, length)]))
      const { status, bytes } = await talk({ dialect, model: NOVA, key: 'vk_bedrock', mode: 'streamed' })
      const events = parseEvents(bytes)
      expect(status).toBe(200)
      expect(events.filter((one) => isTerminal(dialect, one))).toEqual([])
      expect(errorCodeOf(dialect, events.at(-1)?.json)).toBe('upstream_cut')
    }
  })

  test('an exception before content is a status, and behind it an error in the stream', async () => {
    upstream.answerWith(frames([exception('throttlingException', 'Too many tokens, please wait.')]))
    const early = await talk({ dialect, model: NOVA, key: 'vk_bedrock', mode: 'streamed' })
    expect(early.status).toBe(429)
    expect(early.text).toContain('Too many tokens')
    upstream.answerWith(
      frames([...CONVERSE_STREAM.slice(0, 3), exception('modelStreamErrorException', 'It broke.')]),
    )
    const late = await talk({ dialect, model: NOVA, key: 'vk_bedrock', mode: 'streamed' })
    const events = parseEvents(late.bytes)
    expect([late.status, events.some((one) => isTerminal(dialect, one))]).toEqual([200, false])
    expect(errorCodeOf(dialect, events.at(-1)?.json)).toBe('upstream_error')
  })

  test('damage is noticed', async () => {
    const damaged = Buffer.concat(CONVERSE_STREAM)
    const at = damaged.indexOf(' there')
    damaged[at + 1] = (damaged[at + 1] ?? 0) ^ 1
    upstream.answerWith(frames([damaged]))
    const { text, bytes } = await talk({ dialect, model: NOVA, key: 'vk_bedrock', mode: 'streamed' })
    expect(text).not.toContain('uhere')
    expect(errorCodeOf(dialect, parseEvents(bytes).at(-1)?.json)).toBe('upstream_malformed')
  })
})

test('Converse: what a throttled account says keeps its status, and a refused one says nothing', async () => {
  const throttled = {
    'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/coral/',
    'retry-after': '7',
  }
  upstream.answerWith(
    json('{"message":"Too many requests, please wait before trying again."}', 429, throttled),
  )
  const asked = { dialect: 'openai-chat', model: NOVA, key: 'vk_bedrock' } as const
  const limited = await talk(asked)
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
  expect(limited.text).toContain('Too many requests')
  upstream.answerWith(json('{"message":"Input is too long for requested model."}', 400))
  const long = await talk(asked)
  expect([long.status, errorCodeOf('openai-chat', JSON.parse(long.text))]).toEqual([
    400,
    'context_length_exceeded',
  ])
  upstream.answerWith(json(`{"message":"The security token ${AWS_KEYS.sessionToken} is invalid."}`, 403))
  const refused = await talk(asked)
  expect(refused.status).toBe(502)
})

const MESSAGE_EVENTS = [
  {
    type: 'message_start',
    message: {
      id: 'msg_bdrk_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5-20250929',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße' } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 5 },
  },
  { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 10, outputTokenCount: 5 } },
]

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
}

/** A body whose spelling no parser would give back. */
const bodyFor = (model: string) =>
  `{ "model" : "${model}",\n "max_tokens":1.0e3, "stream":true ,"unknown":{"x":1.10},"messages":[{"role":"user","content":"\\u0048i"}] }`

function postMessages(
  account: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    headers: {
      'x-api-key': `vk_${account}`,
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      ...headers,
    },
    body,
  })
}

describe('Claude on Bedrock', () => {
  test('a Messages client passes untouched but for the envelope, and its events come back one by one', async () => {
    upstream.answerWith(frames(MESSAGE_EVENTS.map(chunk)))
    const response = await postMessages('bedrock', bodyFor(CLAUDE), {
      'anthropic-beta': 'one-2025-01-01, two-2025-01-01',
      accept: 'text/event-stream',
    })
    const { bytes } = await readBody(response)
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ])
    expect(parseEvents(bytes).map(({ event: name, json: data }) => [name, data])).toEqual(
      MESSAGE_EVENTS.map((one) => [one.type, one]),
    )
    const request = received()
    expect(request.path).toBe(`/model/${encodeURIComponent(CLAUDE)}/invoke-with-response-stream`)
    expect(request.body.toString()).toBe(
      '{ "max_tokens":1.0e3 ,"unknown":{"x":1.10},"messages":[{"role":"user","content":"\\u0048i"}] ,"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["one-2025-01-01","two-2025-01-01"]}',
    )
    expect(request.headers).not.toHaveProperty('anthropic-beta')
    expect(request.headers).not.toHaveProperty('anthropic-version')
    expect(await isSignedBy(AWS_KEYS, REGION, request)).toBe(true)
  })

  test('an inference profile’s ARN is one segment of the path', async () => {
    upstream.answerWith(json(JSON.stringify(MESSAGE)))
    const arn = `arn:aws:bedrock:${REGION}:123456789012:inference-profile/${CLAUDE}`
    const { status, text } = await talk({ dialect: 'anthropic-messages', model: arn, key: 'vk_bedrock' })
    expect([status, JSON.parse(text)]).toEqual([200, MESSAGE])
    const request = received()
    expect(request.path).toBe(`/model/${encodeURIComponent(arn)}/invoke`)
    expect(await isSignedBy(AWS_KEYS, REGION, request)).toBe(true)
  })

  test('Bedrock’s own refusals come in the client’s shape, and Claude’s as they are', async () => {
    const asked = { dialect: 'anthropic-messages', model: CLAUDE, key: 'vk_bedrock' } as const
    upstream.answerWith(json('{"message":"The provided model identifier is invalid."}', 400))
    const invalid = await talk(asked)
    expect([invalid.status, JSON.parse(invalid.text)]).toMatchObject([
      400,
      { type: 'error', error: { message: 'The provided model identifier is invalid.' } },
    ])
    const own = { type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too large' } }
    upstream.answerWith(json(JSON.stringify(own), 400))
    const passed = await talk(asked)
    expect([passed.status, JSON.parse(passed.text)]).toEqual([400, own])
  })

  test('a cut stream and an exception are told in Claude’s own way', async () => {
    const asked = {
      dialect: 'anthropic-messages',
      model: CLAUDE,
      key: 'vk_bedrock',
      mode: 'streamed',
    } as const
    upstream.answerWith(frames(MESSAGE_EVENTS.slice(0, 4).map(chunk)))
    const cut = parseEvents((await talk(asked)).bytes)
    expect([cut.at(-1)?.event, errorCodeOf('anthropic-messages', cut.at(-1)?.json)]).toEqual([
      'error',
      'upstream_cut',
    ])
    upstream.answerWith(
      frames([
        ...MESSAGE_EVENTS.slice(0, 3).map(chunk),
        exception('serviceUnavailableException', 'Bedrock is unable to process your request.'),
      ]),
    )
    const broken = parseEvents((await talk(asked)).bytes)
    expect(broken.at(-1)?.json).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
    upstream.answerWith(frames([exception('validationException', 'messages: bad')]))
    const refused = await talk(asked)
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      400,
      { type: 'error', error: { message: 'messages: bad' } },
    ])
  })

  test('HDR-06 other clients are converted into it, version and streaming said as Bedrock wants them', async () => {
    upstream.answerWith(frames(MESSAGE_EVENTS.map(chunk)))
    const { status, text } = await talk({
      dialect: 'openai-chat',
      model: CLAUDE,
      key: 'vk_bedrock',
      mode: 'streamed',
    })
    expect([status, text.includes('Grüße'), text.endsWith('data: [DONE]\n\n')]).toEqual([200, true, true])
    const body = bodyOf(received())
    expect(body).toMatchObject({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 64_000 })
    expect(body).not.toHaveProperty('model')
    expect(body).not.toHaveProperty('stream')
  })

  test('tokens are estimated: no model works for a count', async () => {
    const response = await fetch(`${gateway.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: {
        'x-api-key': 'vk_bedrock',
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
      },
      body: JSON.stringify({ model: CLAUDE, messages: [{ role: 'user', content: 'Hello' }] }),
    })
    expect([response.status, await response.json()]).toEqual([
      200,
      { input_tokens: expect.any(Number) as unknown },
    ])
    expect(upstream.received).toEqual([])
  })

  test('the rest of the family’s endpoints does not exist there', async () => {
    const response = await fetch(`${gateway.url}/v1/messages/batches`, {
      headers: { 'x-api-key': 'vk_bedrock' },
    })
    expect(response.status).toBe(404)
    expect(upstream.received).toEqual([])
  })

  test('Bedrock’s own keys are bearers', async () => {
    upstream.answerWith(json(JSON.stringify(MESSAGE)))
    await talk({ dialect: 'anthropic-messages', model: CLAUDE, key: 'vk_bearer' })
    upstream.answerWith(json(JSON.stringify(CONVERSE)))
    await talk({ dialect: 'gemini', model: NOVA, key: 'vk_bearer' })
    const sent = upstream.received.map(({ headers }) => [headers.authorization, headers['x-api-key']])
    expect(sent).toEqual([
      [`Bearer ${BEDROCK_KEY}`, undefined],
      [`Bearer ${BEDROCK_KEY}`, undefined],
    ])
  })

  test('raw paths pass as they are, signed', async () => {
    const bytes = Buffer.concat(CONVERSE_STREAM)
    upstream.answerWith(frames(CONVERSE_STREAM))
    const path = `/model/${encodeURIComponent(NOVA)}/converse-stream`
    const response = await fetch(`${gateway.url}/bedrock${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer vk_bedrock', 'content-type': 'application/json' },
      body: '{"messages":[]}',
    })
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
    expect(response.headers.get('content-type')).toBe('application/vnd.amazon.eventstream')
    const request = received()
    expect([request.path, request.body.toString()]).toEqual([path, '{"messages":[]}'])
    expect(await isSignedBy(AWS_KEYS, REGION, request)).toBe(true)
  })
})

const VERTEX = '/v1/projects/my-project/locations/europe-west4'

describe('Vertex AI', () => {
  test('Gemini keeps its paths below the project, with a token that is fetched once', async () => {
    const answer = {
      candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
      modelVersion: 'gemini-2.5-pro',
    }
    upstream.answerWith(json(JSON.stringify(answer)))
    const all = await Promise.all(
      Array.from({ length: 20 }, () =>
        talk({ dialect: 'gemini', model: 'gemini-2.5-pro', key: 'vk_vertex' }),
      ),
    )
    expect(all.map(({ status, text }) => [status, JSON.parse(text) as unknown])).toEqual(
      all.map(() => [200, answer]),
    )
    expect(issuer.received.filter(({ path }) => path === '/google')).toHaveLength(1)
    for (const { path, headers } of upstream.received) {
      expect(path).toBe(`${VERTEX}/publishers/google/models/gemini-2.5-pro:generateContent`)
      expect([headers.authorization, headers['x-goog-api-key']]).toEqual([
        `Bearer ${GOOGLE_TOKEN}`,
        undefined,
      ])
    }
  })

  test('other clients reach Gemini too', async () => {
    const data = {
      candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
    }
    upstream.answerWith(sse([`data: ${JSON.stringify(data)}\n\n`]))
    const { status, text } = await talk({
      dialect: 'anthropic-messages',
      model: 'gemini-3-flash',
      key: 'vk_vertex',
      mode: 'streamed',
    })
    expect([status, text.includes('message_stop')]).toEqual([200, true])
    expect(received().path).toBe(
      `${VERTEX}/publishers/google/models/gemini-3-flash:streamGenerateContent?alt=sse`,
    )
  })

  test('Claude passes untouched but for the envelope', async () => {
    const events = MESSAGE_EVENTS.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`)
    upstream.answerWith(sse(events))
    const model = 'claude-sonnet-4-5@20250929'
    const response = await postMessages('vertex', bodyFor(model), {
      'anthropic-beta': 'context-1m-2025-08-07',
    })
    expect(await response.text()).toBe(events.join(''))
    const request = received()
    expect(request.path).toBe(`${VERTEX}/publishers/anthropic/models/${model}:streamRawPredict`)
    expect(request.body.toString()).toBe(
      bodyFor(model)
        .replace(/"model" : "[^"]+",\n /, '')
        .replace(/ \}$/, ' ,"anthropic_version":"vertex-2023-10-16"}'),
    )
    expect(request.headers['anthropic-beta']).toBe('context-1m-2025-08-07')
    expect(request.headers.authorization).toBe(`Bearer ${GOOGLE_TOKEN}`)
    expect(request.headers).not.toHaveProperty('x-api-key')
  })

  test('CCH-07 Claude for other clients: prompt and tools stand before the messages', async () => {
    upstream.answerWith(json(JSON.stringify(MESSAGE)))
    const tools = [
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ]
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]
    const { status } = await talk({
      dialect: 'openai-chat',
      model: 'claude-opus-4-1@20250805',
      key: 'vk_vertex',
      body: { tools, messages },
    })
    expect(status).toBe(200)
    const request = received()
    expect(request.path).toBe(`${VERTEX}/publishers/anthropic/models/claude-opus-4-1@20250805:rawPredict`)
    expect(Object.keys(bodyOf(request) as object)).toEqual([
      'max_tokens',
      'system',
      'tools',
      'messages',
      'anthropic_version',
    ])
  })

  test('Google’s refusals come in Claude’s shape to a Claude client', async () => {
    const refusal = {
      error: {
        code: 429,
        message: 'Quota exceeded for aiplatform.googleapis.com',
        status: 'RESOURCE_EXHAUSTED',
      },
    }
    for (const body of [refusal, [refusal]]) {
      upstream.answerWith(json(JSON.stringify(body), 429))
      const { status, text } = await talk({
        dialect: 'anthropic-messages',
        model: 'claude-opus-4-1@20250805',
        key: 'vk_vertex',
      })
      expect([status, JSON.parse(text)]).toMatchObject([
        429,
        { type: 'error', error: { type: 'rate_limit_error' } },
      ])
    }
  })

  test('open models speak Chat', async () => {
    const completion = {
      id: 'c',
      object: 'chat.completion',
      model: 'meta/llama',
      choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    }
    upstream.answerWith(json(JSON.stringify(completion)))
    const model = 'meta/llama-4-maverick-17b-128e-instruct-maas'
    const { status } = await talk({ dialect: 'openai-chat', model, key: 'vk_vertex' })
    const request = received()
    expect([status, request.path]).toEqual([200, `${VERTEX}/endpoints/openapi/chat/completions`])
    expect(bodyOf(request)).toMatchObject({ model })
  })

  test('a token that is refused is replaced once, and the client does not notice', async () => {
    let count = 0
    upstream.answerWith((response) => {
      count += 1
      if (count === 1)
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":401}}')
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(MESSAGE))
    })
    const { status, headers } = await talk({
      dialect: 'anthropic-messages',
      model: 'claude-opus-4-1@20250805',
      key: 'vk_vertex',
    })
    expect([status, headers.get('x-gateway-attempts')]).toEqual([200, '2'])
  })
})

describe('Azure OpenAI with Entra', () => {
  const completion = {
    id: 'c',
    object: 'chat.completion',
    model: 'gpt-5',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  }

  test.each([
    ['/v1/chat/completions', '/openai/v1/chat/completions'],
    ['/openai/v1/chat/completions', '/openai/v1/chat/completions'],
    [
      '/openai/deployments/mine/chat/completions?api-version=2024-10-21',
      '/openai/deployments/mine/chat/completions?api-version=2024-10-21',
    ],
  ])('%s goes out with a bearer token and no key', async (path, upstreamPath) => {
    upstream.answerWith(json(JSON.stringify(completion)))
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'api-key': 'vk_azure', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'mine', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect([response.status, await response.json()]).toEqual([200, completion])
    const { path: sentTo, headers } = received()
    expect([sentTo, headers.authorization, headers['api-key']]).toEqual([
      upstreamPath,
      `Bearer ${ENTRA_TOKEN}`,
      undefined,
    ])
  })

  test('other clients are converted, with the same token', async () => {
    upstream.answerWith(
      json(
        JSON.stringify({
          id: 'resp_1',
          object: 'response',
          status: 'completed',
          model: 'gpt-5',
          output: [
            {
              type: 'message',
              id: 'msg_1',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: 'hi', annotations: [] }],
            },
          ],
        }),
      ),
    )
    const { status } = await talk({ dialect: 'anthropic-messages', model: 'gpt-5', key: 'vk_azure' })
    const { path, headers } = received()
    expect([status, path, headers.authorization]).toEqual([
      200,
      '/openai/v1/responses',
      `Bearer ${ENTRA_TOKEN}`,
    ])
  })
})

describe('an issuer that gives out nothing', () => {
  test('is the operator’s to mend where it refuses, and away where it fails; the client learns no more', async () => {
    issuer.answerWith(json(`{"error_description":"secret ${ENTRA_SECRET}"}`, 401))
    const other = await startGateway({
      yaml: `
gateway_keys:
${key('fresh', 'fresh')}
upstream_accounts:
  - { id: fresh, type: azure, provider: azure-openai, base_url: ${upstream.url}, azure: { tenant_id: t, client_id: c, client_secret: ${ENTRA_SECRET} } }
`,
    })
    try {
      const asked = { dialect: 'openai-chat', model: 'gpt-5', mode: 'whole', key: 'vk_fresh' } as const
      const refused = await ask(other.url, asked)
      const text = await refused.text()
      expect([refused.status, errorCodeOf('openai-chat', JSON.parse(text))]).toEqual([
        502,
        'upstream_credentials_rejected',
      ])
      expect(text).not.toContain(ENTRA_SECRET)
      issuer.answerWith(json('{}', 503))
      const away = await ask(other.url, asked)
      expect([away.status, errorCodeOf('openai-chat', await away.json())]).toEqual([
        502,
        'upstream_unreachable',
      ])
      expect(upstream.received).toEqual([])
    } finally {
      await other.close()
    }
  })
})

test('what an answer cost is told by the name that was asked for: areas have prices of their own', async () => {
  upstream.answerWith(json(JSON.stringify(MESSAGE)))
  const model = 'global.anthropic.claude-sonnet-4-5-20250929-v1:0'
  await talk({ dialect: 'anthropic-messages', model, key: 'vk_bedrock' })
  const entry = await until(async () => (await gateway.logged()).find((one) => one.model === model))
  // 10 tokens in at 3 dollars a million, 5 out at 15
  expect(entry.cost_usd).toBe(0.000105)
})

describe('accounts that cannot work', () => {
  test.each([
    ['no region', '{ id: a, provider: bedrock, api_key: secret-key-1 }', /needs a region/],
    ['no project', '{ id: a, provider: vertex, api_key: secret-key-1 }', /needs a project/],
    [
      'no resource',
      '{ id: a, provider: azure, api_key: secret-key-1 }',
      /needs the base_url of your resource/,
    ],
    [
      'a region that is none',
      '{ id: a, provider: bedrock, type: aws, aws: { region: "evil.example/" } }',
      /legal region/,
    ],
    ['another cloud', '{ id: a, provider: openai, type: azure }', /takes no credentials of type "azure"/],
    [
      'half a pair',
      '{ id: a, provider: bedrock, type: aws, aws: { region: x, access_key_id: AKID } }',
      /belong together/,
    ],
  ])('%s: the gateway does not start, and says why', async (_name, account, problem) => {
    const started = startGateway({ yaml: `upstream_accounts:\n  - ${account}\n` })
    const error: unknown = await started
      .then((unwanted) => unwanted.close())
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(problem) as unknown })
    expect(String(error)).not.toContain('secret-key-1')
  })

  test('an entry of keys.json leaves the others alone', async () => {
    const keys = {
      vk_a: { provider: 'bedrock', api_key: 'secret-key-1' },
      vk_b: { provider: 'openai', api_key: 'k', base_url: upstream.url },
    }
    const other = await startGateway({ keys })
    try {
      const refused = await ask(other.url, {
        dialect: 'openai-chat',
        model: NOVA,
        mode: 'whole',
        key: 'vk_a',
      })
      expect([refused.status, await refused.text()]).toEqual([
        502,
        expect.stringContaining('needs a region') as unknown,
      ])
    } finally {
      await other.close()
    }
  })
})

test('no secret showed in answers or in the log', () => {
  const log = gateway.logText()
  expect(seen.length).toBeGreaterThan(10_000)
  expect(log).toContain('bedrock')
  for (const secret of SECRETS) {
    expect(seen).not.toContain(secret)
    expect(log).not.toContain(secret)
  }
})
