import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, type ScriptedUpstream, sse, startScriptedUpstream } from '../support/scripted-upstream.ts'

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const account = { api_key: 'sk-secret', base_url: upstream.url }
  const routed = ['openai', 'anthropic', 'gemini'].map(
    (provider) =>
      `  - { id: up_${provider}, provider: ${provider}, api_key: sk-secret, base_url: "${upstream.url}" }`,
  )
  gateway = await startGateway({
    keys: {
      vk_openai: { provider: 'openai', ...account },
      vk_anthropic: { provider: 'anthropic', ...account },
      vk_gemini: { provider: 'gemini', ...account },
      vk_azure: { provider: 'azure-openai', ...account },
      vk_untouched: { provider: 'openai', ...account, passthrough: true },
    },
    yaml: `
gateway_keys:
  - { id: gw_routed, key_hash: ${createHash('sha256').update('vk_routed').digest('hex')} }
upstream_accounts:
${routed.join('\n')}
model_routes:
  routes:
    - { source_model: alias, target_model: gpt-real, target_provider: openai }
    - { source_model: models, target_model: gemini-real, target_provider: gemini }
`,
    flags: { 'quota.enabled': false },
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

interface Post {
  readonly path?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

function post(
  body: string | Buffer,
  { path = '/v1/chat/completions', key = 'vk_openai', headers }: Post = {},
): Promise<Response> {
  return fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

function lastBody(): string {
  return upstream.received.at(-1)?.body.toString() ?? ''
}

/** JSON that a parser and a printer would not give back as it was. */
const PECULIAR: Readonly<Record<string, string>> = {
  'unknown fields': '{"model":"m","messages":[{"role":"user","content":"x","zz":1}],"x_new":{"deep":[null]}}',
  'duplicate keys':
    '{"model":"m","temperature":1,"messages":[{"role":"user","content":"x"}],"temperature":2}',
  'big integers': '{"model":"m","seed":9007199254740993123456789,"messages":[{"role":"user","content":"x"}]}',
  'number spellings':
    '{"model":"m","temperature":1.0,"top_p":1e0,"n":-0,"z":0.10000000000000000555,"messages":[{"role":"user","content":"x"}]}',
  'escaped Unicode':
    '{"model":"m","messages":[{"role":"user","content":"\\u00e9 é \\ud83d\\ude00 😀 \\ud800 \\/ \\u0000"}]}',
  'whitespace and key order':
    '\r\n{\n\t"messages" : [ { "content":"x" , "role" : "user" } ] ,\n   "model":\t"m"\n}\n\n',
  'names that only look like the model':
    '{"metadata":{"model":"alias"},"messages":[{"role":"user","content":"\\"model\\":\\"alias\\""}],"model":"m"}',
}

describe('a body passes byte for byte', () => {
  test.each(Object.entries(PECULIAR))('PAS-01 PAS-06 PAS-10 %s, both ways', async (_name, body) => {
    upstream.answerWith(json(body))
    const response = await post(body)
    expect(lastBody()).toBe(body)
    expect((await bytesOf(response)).toString()).toBe(body)
    expect(upstream.received.at(-1)?.headers['content-length']).toBe(String(Buffer.byteLength(body)))
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(body)))
  })

  test('PAS-08 20 MB of base64, both ways', async () => {
    const image = 'iVBORw0K'.repeat(2_600_000)
    const part = `{"type":"image_url","image_url":{"url":"data:image/png;base64,${image}"}}`
    const body = Buffer.from(`{"model":"m","messages":[{"role":"user","content":[${part}]}]}`)
    upstream.answerWith(json(body))
    const answer = await bytesOf(await post(body))
    expect(upstream.received.at(-1)?.body.equals(body)).toBe(true)
    expect(answer.equals(body)).toBe(true)
  })

  test('a multipart upload', async () => {
    const audio = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))
    const body = Buffer.concat([
      Buffer.from('--XX\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--XX\r\n'),
      Buffer.from('content-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'),
      audio,
      Buffer.from('\r\n--XX--\r\n'),
    ])
    upstream.answerWith(json('{"text":"hi"}'))
    const response = await post(body, {
      path: '/v1/audio/transcriptions',
      headers: { 'content-type': 'multipart/form-data; boundary=XX' },
    })
    expect(await response.text()).toBe('{"text":"hi"}')
    expect(upstream.received.at(-1)?.body.equals(body)).toBe(true)
    expect(upstream.received.at(-1)?.headers['content-type']).toBe('multipart/form-data; boundary=XX')
  })

  test('HDR-14 a compressed request, unpacked', async () => {
    const body = PECULIAR['number spellings'] ?? ''
    upstream.answerWith(json('{}'))
    await post(gzipSync(body), { headers: { 'content-encoding': 'gzip' } })
    expect(lastBody()).toBe(body)
    expect(upstream.received.at(-1)?.headers['content-encoding']).toBeUndefined()
  })

  test('bytes that are no JSON', async () => {
    const sound = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256))
    upstream.answerWith((response) => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(sound))
    const response = await post('{"model":"tts-1","input":"x","voice":"alloy"}', { path: '/v1/audio/speech' })
    expect((await bytesOf(response)).equals(sound)).toBe(true)
  })

  test('lines of JSON, which are not JSON as a whole', async () => {
    const lines = '{"custom_id":"a"}\n{"custom_id":"b"}\n'
    upstream.answerWith((response) => response.setHeader('content-type', 'application/x-jsonl').end(lines))
    const response = await fetch(`${gateway.url}/v1/messages/batches/b1/results`, {
      headers: { 'x-api-key': 'vk_anthropic' },
    })
    expect([response.status, await response.text()]).toEqual([200, lines])
  })

  test('PAS-10 bytes that an upstream packed although it was asked not to', async () => {
    const packed = gzipSync('plain text')
    upstream.answerWith((response) =>
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(packed),
    )
    const response = await fetch(`${gateway.url}/v1/files/f1/content`, {
      headers: { authorization: 'Bearer vk_openai' },
    })
    expect(upstream.received.at(-1)?.headers['accept-encoding']).toBe('identity')
    expect(await response.text()).toBe('plain text')
  })

  test('events of an endpoint that is no conversation', async () => {
    const stream =
      'event: transcript.text.delta\ndata: {"type":"transcript.text.delta","delta":"a"}\n\nevent: transcript.text.done\ndata: {"type":"transcript.text.done","text":"a"}\n\n'
    upstream.answerWith(sse([stream]))
    const response = await post('{"model":"gpt-image-1","prompt":"x","stream":true}', {
      path: '/v1/images/generations',
    })
    expect([response.status, await response.text()]).toEqual([200, stream])
  })

  test('PAS-04 ERR-02 an upstream’s own error, with its status and its retry-after', async () => {
    const body = '{ "error" : {"message":"slow \\u0064own","code":null, "retry":1.0} }\n'
    upstream.answerWith(json(body, 429, { 'retry-after': '7' }))
    const response = await post('{"model":"m","messages":[{"role":"user","content":"x"}]}')
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await response.text()).toBe(body)
  })
})

test('a classic Azure body keeps to itself that the path names the model', async () => {
  const body = '{"messages":[{"role":"user","content":"x"}], "temperature":1.0}'
  upstream.answerWith(json('{}'))
  await post(body, { path: '/openai/deployments/my%20gpt/chat/completions?api-version=1', key: 'vk_azure' })
  expect(lastBody()).toBe(body)
  expect(upstream.received.at(-1)?.path).toBe('/openai/deployments/my%20gpt/chat/completions?api-version=1')
})

describe('PAS-01 a renamed model changes its own bytes and no other', () => {
  const original =
    '{ "messages":[{"role":"user","content":"\\"model\\":\\"alias\\" \\u00e9"}],\n "metadata":{"model":"alias"}, "model" :\t"alias" ,"seed":1.0 }'

  test('in the body', async () => {
    upstream.answerWith(json('{"model":"gpt-real"}'))
    const response = await post(original, { key: 'vk_routed' })
    expect(lastBody()).toBe(original.replace('"model" :\t"alias"', '"model" :\t"gpt-real"'))
    expect(await response.text()).toBe('{"model":"gpt-real"}')
  })

  test('with its provider’s prefix taken off', async () => {
    upstream.answerWith(json('{}'))
    await post(original.replaceAll('"alias"', '"openai/gpt-x"'), { key: 'vk_routed' })
    expect(lastBody()).toBe(
      original.replaceAll('"alias"', '"openai/gpt-x"').replace('\t"openai/gpt-x"', '\t"gpt-x"'),
    )
  })

  test('spelled with escapes, and named twice', async () => {
    upstream.answerWith(json('{}'))
    const twice = '{"m\\u006fdel":"\\u0061lias","messages":[{"role":"user","content":"x"}],"model":"alias"}'
    await post(twice, { key: 'vk_routed' })
    expect(lastBody()).toBe(
      '{"m\\u006fdel":"gpt-real","messages":[{"role":"user","content":"x"}],"model":"gpt-real"}',
    )
  })

  test('in the path, which may hold the name by chance', async () => {
    const body = '{"contents":[{"parts":[{"text":"models 1.0"}]}] }'
    upstream.answerWith(json('{"candidates":[]}'))
    await post(body, { path: '/v1beta/models/models:generateContent', key: 'vk_routed' })
    expect(upstream.received.at(-1)?.path).toBe('/v1beta/models/gemini-real:generateContent')
    expect(lastBody()).toBe(body)
  })

  test('in a form', async () => {
    const form = (model: string) =>
      `--XX\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nalias\r\n--XX\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--XX--\r\n`
    upstream.answerWith(json('{}'))
    await post(form('alias'), {
      path: '/v1/images/edits',
      key: 'vk_routed',
      headers: { 'content-type': 'multipart/form-data; boundary=XX' },
    })
    expect(lastBody()).toBe(form('gpt-real'))
  })
})

describe('PAS-05 usage in a stream', () => {
  const CONTENT =
    'data: {"id":"c","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}],"usage":null}\n\n'
  const USAGE =
    'data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\n\n'
  const DONE = 'data: [DONE]\n\n'
  const request = (options: string) =>
    `{ "model":"m","stream": true ,"messages":[{"role":"user","content":"\\u00e9"}]${options} }`
  const stream = () => upstream.answerWith(sse([CONTENT, USAGE, DONE]))

  test('is asked for on behalf of a client that did not, and kept from it', async () => {
    stream()
    const response = await post(request(''))
    expect(await response.text()).toBe(CONTENT + DONE)
    expect(lastBody()).toBe(request('').replace(/ }$/, ' ,"stream_options":{"include_usage":true}}'))
  })

  test.each([
    [
      'absent in the options',
      ',"stream_options":{"x":1.0}',
      ',"stream_options":{"x":1.0,"include_usage":true}',
    ],
    ['false', ',"stream_options":{"include_usage":false }', ',"stream_options":{"include_usage":true }'],
    ['null options', ',"stream_options":null', ',"stream_options":{"include_usage":true}'],
  ])('is asked for where it was %s', async (_name, options, expected) => {
    stream()
    const response = await post(request(options))
    expect(await response.text()).toBe(CONTENT + DONE)
    expect(lastBody()).toBe(request(expected))
  })

  test('reaches a client that asked for it, whose body is left alone', async () => {
    stream()
    const body = request(',"stream_options": { "include_usage" : true }')
    const response = await post(body)
    expect(await response.text()).toBe(CONTENT + USAGE + DONE)
    expect(lastBody()).toBe(body)
  })

  test('is neither asked for nor kept from a pass-through key', async () => {
    stream()
    const response = await post(request(''), { key: 'vk_untouched' })
    expect(await response.text()).toBe(CONTENT + USAGE + DONE)
    expect(lastBody()).toBe(request(''))
  })
})
