import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { request as secureRequest } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { selfSignedCertificate } from '../support/certificate.ts'
import { bearer, chat, chatBody, send } from '../support/client.ts'
import { converse, FAMILIES } from '../support/families.ts'
import { startForwardProxy } from '../support/forward-proxy.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { startGatewayProcess } from '../support/gateway-process.ts'
import { startScriptedUpstream } from '../support/scripted-upstream.ts'
import { until } from '../support/until.ts'

const ACCOUNT = { provider: 'simulated', api_key: 'sk-account', base_url: '{simulator}', quota: null }
const OPENAI = { ...ACCOUNT, provider: 'openai' }

/** As Prometheus 3 sends it. @see https://prometheus.io/docs/instrumenting/content_negotiation/ */
const PROMETHEUS_ACCEPT =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,' +
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'

async function failThrice(url: string, key: string): Promise<void> {
  for (let count = 0; count < 3; count++) await chat(url, key, 'simulated-error-503')
}

describe('health', () => {
  let gateway: TestGateway
  const health = () => send(`${gateway.url}/health`)
  const list = () => send(`${gateway.url}/health?view=list`)
  const ready = () => send(`${gateway.url}/health/ready`)

  beforeAll(async () => {
    gateway = await startGateway({ keys: { vk_one: ACCOUNT, vk_two: OPENAI } })
  })

  afterAll(() => gateway.close())

  test('is healthy, degraded, unhealthy and healthy again; 503 only while nothing can serve', async () => {
    const { url } = gateway
    expect(await health()).toMatchObject({ status: 200, json: { status: 'healthy' } })
    expect(await list()).toMatchObject({ status: 200, json: { status: 'ok' } })
    expect(await ready()).toMatchObject({ status: 200, json: { status: 'ready' } })

    await failThrice(url, 'vk_two')
    expect(await health()).toMatchObject({
      status: 200,
      json: { status: 'degraded', providers: { openai: { healthy: false }, simulated: { healthy: true } } },
    })
    expect(await list()).toMatchObject({ status: 200, json: { status: 'degraded' } })
    expect((await list()).json.providers).toContainEqual(
      expect.objectContaining({ name: 'openai', online: false }),
    )
    expect(await ready()).toMatchObject({ status: 200 })

    await failThrice(url, 'vk_one')
    expect(await health()).toMatchObject({ status: 503, json: { status: 'unhealthy' } })
    expect((await list()).status).toBe(503)
    expect(await ready()).toMatchObject({ status: 503 })
    expect(await send(`${url}/health/live`)).toMatchObject({ status: 200 })

    await chat(url, 'vk_one')
    expect(await health()).toMatchObject({ status: 200, json: { status: 'degraded' } })
    await chat(url, 'vk_two')
    expect(await health()).toMatchObject({ status: 200, json: { status: 'healthy' } })
  })

  test('a client’s own mistakes make no provider sick', async () => {
    for (let count = 0; count < 5; count++) {
      await chat(gateway.url, 'vk_one', 'simulated-error-400')
      await chat(gateway.url, 'vk_one', 'simulated-error-404')
      await chat(gateway.url, 'vk_one', 'simulated-error-429')
    }
    expect((await health()).json.status).toBe('healthy')
  })

  test('background checks find a sick provider, and spend no tokens: model lists alone arrive', async () => {
    const upstream = await startScriptedUpstream()
    let status = 500
    upstream.answerWith((response) => response.writeHead(status).end())
    const account = (provider: string) => ({ provider, api_key: 'sk-x', base_url: upstream.url })
    const watching = await startGateway({
      keys: { vk_a: account('openai'), vk_b: account('anthropic'), vk_c: account('gemini') },
      flags: { 'health.interval': '50ms' },
    })
    await until(async () => (await send(`${watching.url}/health`)).status === 503)
    status = 200
    await until(async () => (await send(`${watching.url}/health`)).json.status === 'healthy')
    const asked = upstream.received.map(({ method, path, body }) => `${method} ${path} ${body.length}`)
    expect(new Set(asked)).toEqual(
      new Set(['GET /v1/models 0', 'GET /v1/models?limit=1 0', 'GET /v1beta/models?pageSize=1 0']),
    )
    await watching.close()
    await upstream.close()
  })
})

describe('metrics', () => {
  let gateway: TestGateway
  const prometheus = async (accept = 'text/plain') =>
    (await send(`${gateway.url}/metrics`, { headers: { accept } })).text

  beforeAll(async () => {
    gateway = await startGateway({ keys: { vk_metered_key: OPENAI } })
    await chat(gateway.url, 'vk_metered_key', 'gpt-4o')
    await chat(gateway.url, 'vk_metered_key', 'gpt-4o', { stream: true })
    await chat(gateway.url, 'vk_metered_key', 'simulated-error-503')
    await chat(gateway.url, 'vk_unknown')
  })

  afterAll(() => gateway.close())

  test('as JSON', async () => {
    const { json } = await send(`${gateway.url}/metrics`)
    expect(json).toMatchObject({ total_requests: 4, requests_by_provider: { openai: 3 } })
    expect(json.average_response_ms).toBeGreaterThan(0)
  })

  test('as Prometheus text: requests, tokens, cost, durations', async () => {
    const text = await prometheus()
    const lines = text.split('\n')
    expect(lines).toContain('llm_gateway_requests_total{provider="openai",model="gpt-4o",status="200"} 2')
    expect(lines).toContain(
      'llm_gateway_requests_total{provider="openai",model="simulated-error-503",status="503"} 1',
    )
    expect(lines).toContain('llm_gateway_requests_total{provider="none",model="none",status="401"} 1')
    expect(lines).toContain('llm_gateway_requests_in_flight 0')
    expect(lines).toContain('llm_gateway_upstream_errors_total{provider="openai",kind="503"} 1')
    expect(text).toMatch(/llm_gateway_tokens_total\{provider="openai",model="gpt-4o",kind="input"\} [1-9]/)
    expect(text).toMatch(/llm_gateway_cost_usd_total\{provider="openai",model="gpt-4o"\} 0\.0/)
    expect(text).toContain('llm_gateway_request_duration_seconds_count{provider="openai"} 3')
    expect(text).toContain('llm_gateway_first_token_seconds_count{provider="openai"}')
  })

  test('as OpenMetrics to Prometheus itself', async () => {
    const { headers, text } = await send(`${gateway.url}/metrics`, { headers: { accept: PROMETHEUS_ACCEPT } })
    expect(headers.get('content-type')).toContain('application/openmetrics-text')
    expect(text.endsWith('# EOF\n')).toBe(true)
    expect(text).toContain('# TYPE llm_gateway_requests counter')
  })

  test('no key in any label by default', async () => {
    for (const text of [await prometheus(), await prometheus(PROMETHEUS_ACCEPT)]) {
      expect(text).not.toContain('vk_')
      expect(text).not.toContain('key_requests_total')
    }
  })

  test('keys in labels with metrics.key_labels, by their label and never the secret', async () => {
    const labelled = await startGateway({
      keys: { vk_metered_key: OPENAI },
      flags: { 'metrics.key_labels': true },
    })
    await chat(labelled.url, 'vk_metered_key', 'gpt-4o')
    const { text } = await send(`${labelled.url}/metrics?format=prometheus`)
    expect(text).toContain('llm_gateway_key_requests_total{virtual_key="vk_mete…"} 1')
    expect(text).not.toContain('vk_metered_key')
    await labelled.close()
  })

  test('quota refusals are counted', async () => {
    const limited = await startGateway({ keys: { vk_one: { ...OPENAI, quota: 1 } } })
    await Promise.all([1, 2, 3].map(() => chat(limited.url, 'vk_one')))
    const { text } = await send(`${limited.url}/metrics?format=prometheus`)
    expect(text).toContain('llm_gateway_quota_refusals_total{limit="requests"} 2')
    await limited.close()
  })
})

describe('request ids', () => {
  let gateway: TestGateway

  beforeAll(async () => {
    gateway = await startGateway({ keys: { vk_id: ACCOUNT } })
  })

  afterAll(() => gateway.close())

  test('one of our own on every answer, whole, streamed, failed or refused, and the same in the log', async () => {
    const { url } = gateway
    const answers = [
      await chat(url, 'vk_id'),
      await chat(url, 'vk_id', 'simulated', { stream: true }),
      await chat(url, 'vk_id', 'simulated-error-503'),
      await chat(url, 'vk_id', 'simulated-error-html'),
      await chat(url, 'vk_nobody'),
      await send(`${url}/v1/models`, { headers: bearer('vk_id') }),
      await send(`${url}/nowhere`, { headers: bearer('vk_id') }),
    ]
    const ids = answers.map(({ headers }) => headers.get('x-request-id'))
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{32}$/)
    expect(new Set(ids).size).toBe(ids.length)
    expect((await gateway.logged(ids.length)).map((line) => line.request_id)).toEqual(ids)
  })

  test('a client does not choose it, and does not reach the upstream with one', async () => {
    gateway.simulator.clear()
    const headers = { ...bearer('vk_id'), 'x-request-id': 'chosen' }
    const request = { headers, body: chatBody('simulated') }
    const answer = await send(`${gateway.url}/v1/chat/completions`, request)
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
    expect(gateway.simulator.received[0]?.headers['x-request-id']).toBeUndefined()
  })
})

describe('CORS', () => {
  const origin = 'https://app.example.com'
  const preflight = (url: string, from = origin) =>
    send(`${url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
  const post = (url: string, key: string, more: object, from = origin) =>
    send(`${url}/v1/chat/completions`, {
      headers: { ...bearer(key), origin: from },
      body: chatBody('simulated', more),
    })

  test('is off by default', async () => {
    const gateway = await startGateway()
    const answers = [await preflight(gateway.url), await post(gateway.url, 'vk_demo', {})]
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(answers[0]?.status).toBeGreaterThanOrEqual(400)
    await gateway.close()
  })

  test('is on for the origins of the configuration, on preflights, answers, streams and errors', async () => {
    const gateway = await startGateway({ flags: { 'server.cors.origins': [origin, 'https://b.test'] } })
    const { url } = gateway
    const asked = await preflight(url)
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization')
    const answers = [
      asked,
      await post(url, 'vk_demo', {}),
      await post(url, 'vk_demo', { stream: true }),
      await post(url, 'vk_nobody', {}),
      await send(`${url}/nowhere`, { headers: { origin } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([204, 200, 200, 401, 404])
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe(origin)
    const streamed = answers[2]
    expect(streamed?.headers.get('vary')).toContain('Origin')
    expect(streamed?.headers.get('access-control-expose-headers')).toBe('*')
    await gateway.close()
  })

  test('is off for other origins', async () => {
    const gateway = await startGateway({ flags: { 'server.cors.origins': origin } })
    const others = [
      await preflight(gateway.url, 'https://evil.test'),
      await post(gateway.url, 'vk_demo', { stream: true }, 'https://evil.test'),
    ]
    for (const { headers } of others)
      expect(headers.get('access-control-allow-origin')).not.toBe('https://evil.test')
    await gateway.close()
  })

  test('is on for all with *', async () => {
    const gateway = await startGateway({ flags: { 'server.cors.origins': '*' } })
    const { headers } = await post(gateway.url, 'vk_demo', { stream: true })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    await gateway.close()
  })
})

describe('the request limit', () => {
  const MIB = 1024 * 1024
  let gateway: TestGateway

  beforeAll(async () => {
    gateway = await startGateway({ keys: { vk_big: ACCOUNT } })
  })

  afterAll(() => gateway.close())

  test.each(FAMILIES)('HDR-15 is 32 MiB by default: 413 beyond, in the shape of $name', async (family) => {
    const body = { ...family.body('simulated'), padding: 'x'.repeat(33 * MIB) }
    const answer = await converse(gateway.url, family, 'vk_big', { body })
    expect(answer.status).toBe(413)
    expect(answer.json).toMatchObject(family.shape(413))
    expect(family.codeOf(answer.json)).toBe('request_too_large')
    expect(gateway.simulator.received).toEqual([])
  })

  test('leaves room for 31 MiB', async () => {
    const messages = [{ role: 'user', content: 'x'.repeat(31 * MIB) }]
    expect((await chat(gateway.url, 'vk_big', 'simulated', { messages })).status).toBe(200)
  })
})

test('a proxy towards providers gets its credentials, and streams pass through it', async () => {
  const gateway = await startGateway()
  const proxy = await startForwardProxy(gateway.simulator.port)
  const proxied = await startGateway({
    keys: { vk_far: { ...OPENAI, base_url: 'http://provider.test' } },
    environment: { HTTP_PROXY: proxy.url.replace('//', '//operator:open%20sesame@') },
  })
  const answer = await chat(proxied.url, 'vk_far', 'gpt-5', { stream: true })
  expect(answer.text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  const expected = `Basic ${Buffer.from('operator:open sesame').toString('base64')}`
  expect(proxy.credentials).toEqual([expected])
  expect(gateway.simulator.received[0]?.headers['proxy-authorization']).toBeUndefined()
  await proxied.close()
  await proxy.close()
  await gateway.close()
})

describe('HTTPS', () => {
  const [first, second] = [selfSignedCertificate('first'), selfSignedCertificate('second')]
  let folder: string
  let files: { cert: string; key: string }
  let gateway: TestGateway

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'llm-gateway-tls-'))
    files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
    await writeFile(files.cert, first.certPem)
    await writeFile(files.key, first.keyPem)
    gateway = await startGateway({
      keys: { vk_tls: ACCOUNT },
      environment: { TLS_CERT_FILE: files.cert, TLS_KEY_FILE: files.key },
    })
  })

  afterAll(async () => {
    await gateway.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Asks on a connection of its own. */
  function ask(key: string): Promise<{ certificate: unknown; status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const headers = { ...bearer(key), 'content-type': 'application/json' }
      const options = { method: 'POST', headers, rejectUnauthorized: false, agent: false as const }
      const request = secureRequest(`${gateway.url}/v1/chat/completions`, options, (response) => {
        const { subject } = (response.socket as TLSSocket).getPeerCertificate()
        let body = ''
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString()
        })
        response.on('end', () => resolve({ certificate: subject.CN, status: response.statusCode, body }))
      })
      request.on('error', reject)
      request.end(JSON.stringify(chatBody('simulated')))
    })
  }

  const metrics = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const url = `${gateway.url}/metrics?format=prometheus`
    const request = secureRequest(url, { rejectUnauthorized: false, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
    request.end()
    return await promise
  }
  const reloads = async (result: string) => countOf(await metrics(), result)

  test('is served from certificate files', async () => {
    expect(gateway.url).toMatch(/^https:/)
    expect(await ask('vk_tls')).toMatchObject({ certificate: 'first', status: 200 })
  })

  test('a certificate that does not fit its key changes nothing, nor does what came with it', async () => {
    await writeFile(files.cert, second.certPem)
    await until(async () => (await reloads('rejected')) === 1)
    const keys = { virtual_keys: { vk_tls: ACCOUNT, vk_new: ACCOUNT } }
    const text = JSON.stringify(keys).replaceAll('{simulator}', gateway.simulator.url)
    await writeFile(join(gateway.folder, 'keys.json'), text)
    await until(async () => (await reloads('rejected')) === 2)
    expect(await ask('vk_tls')).toMatchObject({ certificate: 'first', status: 200 })
    expect(await ask('vk_new')).toMatchObject({ certificate: 'first', status: 401 })
  })

  test('is served from the new ones once both have changed', async () => {
    await writeFile(files.key, second.keyPem)
    await until(async () => (await reloads('ok')) === 1)
    expect(await ask('vk_new')).toMatchObject({ certificate: 'second', status: 200 })
  })
})

/** `config_reloads_total` for a result. */
function countOf(text: string, result: string): number {
  return Number(new RegExp(`config_reloads_total\\{result="${result}"\\} (\\d+)`).exec(text)?.[1] ?? 0)
}

describe('a changed configuration', () => {
  let gateway: TestGateway
  const write = (name: string, text: string) =>
    writeFile(join(gateway.folder, name), text.replaceAll('{simulator}', gateway.simulator.url))
  const keysFile = (...keys: string[]) =>
    JSON.stringify({ virtual_keys: Object.fromEntries(keys.map((key) => [key, ACCOUNT])) })
  const reloads = async (result: string) =>
    countOf((await send(`${gateway.url}/metrics?format=prometheus`)).text, result)
  const statusOf = async (key: string) => (await chat(gateway.url, key)).status

  beforeAll(async () => {
    gateway = await startGateway({
      keys: { vk_a: ACCOUNT },
      yaml: 'proxy: { idle_conn_timeout: 90 }',
      simulator: { chunkDelayMs: 2 },
    })
  })

  afterAll(() => gateway.close())

  test('is swapped in as one, and what is under way ends as if nothing had happened', async () => {
    const streams = Array.from({ length: 20 }, () =>
      chat(gateway.url, 'vk_a', 'simulated-long', { stream: true }),
    )
    await until(() => gateway.simulator.received.length === 20)
    await write('keys.json', keysFile('vk_b'))
    // other connections too
    await write('config.yaml', 'proxy: { idle_conn_timeout: 91, connect_timeout: 11 }')
    await until(async () => (await statusOf('vk_b')) === 200)
    expect(await statusOf('vk_a')).toBe(401)
    for (const { status, text } of await Promise.all(streams)) {
      expect(status).toBe(200)
      expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
    }
    await until(() => gateway.app.config.proxy.connectTimeoutMs === 11_000)
    expect(await reloads('rejected')).toBe(0)
    expect(await reloads('ok')).toBeGreaterThanOrEqual(1)
  })

  test('does not touch a request whose body is still on its way: its key goes on as it was found', async () => {
    const { port } = new URL(gateway.url)
    const body = JSON.stringify(chatBody('simulated'))
    const socket = connect(Number(port), '127.0.0.1')
    let received = ''
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString()
    })
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer vk_b\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    socket.write(head + body.slice(0, 10))
    await until(async () =>
      (await send(`${gateway.url}/metrics?format=prometheus`)).text.includes('requests_in_flight 1'),
    )
    const rotated = { ...ACCOUNT, api_key: 'sk-rotated' }
    gateway.simulator.clear()
    await write('keys.json', JSON.stringify({ virtual_keys: { vk_b: rotated } }))
    await until(async () => {
      await statusOf('vk_b')
      return gateway.simulator.received.at(-1)?.headers.authorization === 'Bearer sk-rotated'
    })
    gateway.simulator.clear()
    socket.write(body.slice(10))
    await until(() => socket.closed)
    expect(received).toContain('HTTP/1.1 200')
    expect(gateway.simulator.received).toMatchObject([{ headers: { authorization: 'Bearer sk-account' } }])
  })

  test('is refused where it is not valid; the one in force stays, and the refusal is counted', async () => {
    const before = await reloads('rejected')
    await write('keys.json', '{ "virtual_keys": {')
    await until(async () => (await reloads('rejected')) === before + 1)
    expect(await statusOf('vk_b')).toBe(200)
    await write('config.yaml', 'proxy: { conect_timeout: 12 }')
    await until(async () => (await reloads('rejected')) === before + 2)
    expect(gateway.app.config.proxy.connectTimeoutMs).toBe(11_000)
    // one file made good is not enough
    await write('keys.json', keysFile('vk_c'))
    await until(async () => (await reloads('rejected')) === before + 3)
    expect(await statusOf('vk_c')).toBe(401)
    await write('config.yaml', '')
    await until(async () => (await statusOf('vk_c')) === 200)
    expect(await statusOf('vk_b')).toBe(401)
  })

  test('a file that goes away and comes back', async () => {
    await unlink(join(gateway.folder, 'keys.json'))
    await until(async () => (await statusOf('vk_c')) === 401)
    await write('keys.json', keysFile('vk_d'))
    await until(async () => (await statusOf('vk_d')) === 200)
    expect(await statusOf('vk_c')).toBe(401)
  })

  test('a config file that was not there before', async () => {
    await unlink(join(gateway.folder, 'config.yaml'))
    await until(() => gateway.app.config.proxy.connectTimeoutMs !== 13_000)
    await write('config.yaml', 'proxy: { connect_timeout: 13 }')
    await until(() => gateway.app.config.proxy.connectTimeoutMs === 13_000)
    expect(await statusOf('vk_d')).toBe(200)
  })

  test('an unchanged file is no change', async () => {
    const before = await reloads('ok')
    await write('keys.json', keysFile('vk_d'))
    await write('keys.json', keysFile('vk_d', 'vk_e'))
    await until(async () => (await statusOf('vk_e')) === 200)
    expect(await reloads('ok')).toBe(before + 1)
  })

  test('an hourly quota goes on where it stood', async () => {
    const limited = (quota: number) => JSON.stringify({ virtual_keys: { vk_q: { ...ACCOUNT, quota } } })
    await write('keys.json', limited(3))
    await until(async () => (await statusOf('vk_q')) === 200)
    const before = await reloads('ok')
    await write('keys.json', limited(4))
    await until(async () => (await reloads('ok')) === before + 1)
    const { headers } = await chat(gateway.url, 'vk_q')
    expect(headers.get('x-ratelimit-limit')).toBe('4')
    expect(headers.get('x-ratelimit-remaining')).toBe('2')
  })

  test('names file, line and path of what is wrong', async () => {
    const running = await startGatewayProcess({ files: { 'config.yaml': 'quota: { limit: 5 }\n' } })
    await writeFile(join(running.folder, 'config.yaml'), 'quota:\n  limit: five\n')
    const line = await until(() =>
      running
        .stderr()
        .split('\n')
        .find((text) => text.includes('not valid')),
    )
    expect(line).toContain('config.yaml:2')
    expect(line).toContain('quota.limit')
    await running.close()
  })
})

test('a port that is taken keeps the gateway from starting', async () => {
  const occupant = createServer().listen(0, '127.0.0.1')
  await until(() => occupant.listening)
  const { port } = occupant.address() as AddressInfo
  await expect(startGatewayProcess({ flags: { 'server.port': port } })).rejects.toThrow(/EADDRINUSE/)
  occupant.close()
})
