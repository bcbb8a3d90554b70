import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/server.ts'
import { bearer, chat, chatBody, send } from '../../support/client.ts'
import { failedStart } from '../../support/failed-start.ts'
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.ts'
import { freePort } from '../../support/free-port.ts'
import { startGateway } from '../../support/gateway.ts'
import { startGatewayProcess } from '../../support/gateway-process.ts'
import { startScriptedUpstream } from '../../support/scripted-upstream.ts'
import { until } from '../../support/until.ts'

const ACCOUNT = { provider: 'openai', api_key: 'sk-test', base_url: '{simulator}' }

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator()
})

afterAll(() => simulator.close())

/** `keys.json` with these keys, all at the simulated provider. */
function keysFile(...keys: string[]): string {
  const account = { ...ACCOUNT, base_url: simulator.url }
  return JSON.stringify({ virtual_keys: Object.fromEntries(keys.map((key) => [key, account])) })
}

describe('the keys file', () => {
  test.each(['KEYS_FILE_PATH', 'KEYS_FILE'])('§2 %s: the file of section 1', async (variable) => {
    const gateway = await startGatewayProcess({
      files: { 'elsewhere/mine.json': keysFile('vk_mine') },
      environment: { [variable]: 'elsewhere/mine.json' },
    })
    expect((await chat(gateway.url, 'vk_mine')).status).toBe(200)
    await gateway.close()
  })

  test('§2 KEYS_FILE_PATH: keys.json if it exists', async () => {
    const gateway = await startGatewayProcess({ files: { 'keys.json': keysFile('vk_default') } })
    expect((await chat(gateway.url, 'vk_default')).status).toBe(200)
    await gateway.close()
  })

  test('§2 KEYS_FILE_PATH: no keys.json is no error', async () => {
    const gateway = await startGateway({ demo: true })
    expect((await chat(gateway.url, 'vk_demo')).status).toBe(200)
    await gateway.close()
  })
})

describe('the port', () => {
  test.each(['SERVER_PORT', 'GATEWAY_PORT'])('§2 %s: the port', async (variable) => {
    const port = await freePort()
    const environment = { [variable]: String(port) }
    const gateway = await startGateway({ environment, flags: { 'server.port': undefined } })
    expect(gateway.url).toBe(`http://127.0.0.1:${port}`)
    expect((await send(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    await gateway.close()
  })

  test('§2 SERVER_PORT, SERVER_HOST: 8080 on 127.0.0.1 by default', async () => {
    const places = { workingDirectory: '/nonexistent', homeDirectory: '/nonexistent' }
    const { server } = await loadConfig({ environment: {}, flags: {}, providerVariables: {}, ...places })
    expect(server).toMatchObject({ host: '127.0.0.1', port: 8080 })
  })

  test('§2 SERVER_HOST: the address to listen on', async () => {
    const gateway = await startGateway({ environment: { SERVER_HOST: '127.0.0.2' } })
    expect(gateway.url).toContain('http://127.0.0.2:')
    expect((await send(`${gateway.url}/health`)).status).toBe(200)
    await gateway.close()
  })

  test('§2 SERVER_HOST: nothing but loopback without a key of one’s own (P9)', async () => {
    const { message } = await failedStart({}, { SERVER_HOST: '0.0.0.0' })
    expect(message).toContain('0.0.0.0')
  })
})

describe('the log file', () => {
  const logged = async (environment: Record<string, string>, file: string) => {
    const account = { ...ACCOUNT }
    const gateway = await startGateway({ keys: { vk_log: account }, environment })
    await chat(gateway.url, 'vk_log')
    const [line] = await gateway.logged(1)
    await gateway.app.close()
    const text = await readFile(join(gateway.folder, file), 'utf8').catch(() => undefined)
    await gateway.close()
    return { line, text }
  }

  // rotation numbers the file: gateway.log is written as gateway.1.log
  test('§2 LOG_TO_FILE: the interaction log to a file as well, gateway.log by default', async () => {
    const { line, text } = await logged({ LOG_TO_FILE: 'true' }, 'gateway.1.log')
    expect(JSON.parse(text ?? '')).toEqual(line)
  })

  test('§2 LOG_TO_FILE: false by default', async () => {
    expect((await logged({}, 'gateway.1.log')).text).toBeUndefined()
    expect((await logged({ LOG_FILE_PATH: 'logs/mine.log' }, 'logs/mine.1.log')).text).toBeUndefined()
  })

  test('§2 LOG_FILE_PATH: where that file is', async () => {
    const environment = { LOG_TO_FILE: 'true', LOG_FILE_PATH: 'logs/mine.log' }
    const { line, text } = await logged(environment, 'logs/mine.1.log')
    expect(JSON.parse(text ?? '')).toEqual(line)
  })
})

describe('the quota', () => {
  const answersOf = async (key: string, count: number, options: Parameters<typeof startGateway>[0]) => {
    const gateway = await startGateway(options)
    const answers = await Promise.all(Array.from({ length: count }, () => chat(gateway.url, key)))
    await gateway.close()
    return answers.map(({ status }) => status)
  }
  const many = (count: number, status: number) => Array.from({ length: count }, () => status)

  test.each(['QUOTA_LIMIT', 'MAX_REQUESTS_PER_HOUR'])(
    '§2 %s: requests per hour and virtual key',
    async (variable) => {
      const options = { keys: { vk_q: ACCOUNT }, environment: { [variable]: '3' } }
      const statuses = await answersOf('vk_q', 5, options)
      expect(statuses.toSorted((a, b) => a - b)).toEqual([...many(3, 200), ...many(2, 429)])
    },
  )

  test('§2 QUOTA_LIMIT: each virtual key has its own', async () => {
    const gateway = await startGateway({
      keys: { vk_one: ACCOUNT, vk_two: ACCOUNT },
      environment: { QUOTA_LIMIT: '1' },
    })
    expect((await chat(gateway.url, 'vk_one')).status).toBe(200)
    expect((await chat(gateway.url, 'vk_one')).status).toBe(429)
    expect((await chat(gateway.url, 'vk_two')).status).toBe(200)
    await gateway.close()
  })

  test('§2 QUOTA_LIMIT: 100 by default for keys from keys.json', async () => {
    const statuses = await answersOf('vk_q', 101, { keys: { vk_q: ACCOUNT } })
    expect(statuses.filter((status) => status === 200)).toHaveLength(100)
    expect(statuses.filter((status) => status === 429)).toHaveLength(1)
  })

  test('§2 QUOTA_LIMIT: 100 by default for the demo key', async () => {
    const statuses = await answersOf('vk_demo', 101, {})
    expect(statuses.filter((status) => status === 429)).toHaveLength(1)
  })

  test('§2 QUOTA_LIMIT: keys made otherwise have no limit unless given one', async () => {
    const { sha256Hex } = await import('../../../src/config/secrets.ts')
    const yaml = `
gateway_keys:
  - { id: free, key_hash: ${sha256Hex('vk-free')} }
  - { id: limited, key_hash: ${sha256Hex('vk-limited')}, quota: 2 }
upstream_accounts:
  - { id: sim, provider: simulated, api_key: sk-sim, base_url: "{simulator}" }
`
    const gateway = await startGateway({ yaml, environment: { QUOTA_LIMIT: '1' } })
    const free = [await chat(gateway.url, 'vk-free'), await chat(gateway.url, 'vk-free')]
    expect(free.map(({ status }) => status)).toEqual([200, 200])
    const limited = [
      await chat(gateway.url, 'vk-limited'),
      await chat(gateway.url, 'vk-limited'),
      await chat(gateway.url, 'vk-limited'),
    ]
    expect(limited.map(({ status }) => status)).toEqual([200, 200, 429])
    await gateway.close()
  })

  test('§2 QUOTA_ENABLED: false switches the hourly quota off', async () => {
    const environment = { QUOTA_ENABLED: 'false', QUOTA_LIMIT: '1' }
    const statuses = await answersOf('vk_q', 5, { keys: { vk_q: ACCOUNT }, environment })
    expect(statuses).toEqual(many(5, 200))
  })
})

describe('the timeout', () => {
  test.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['1m', 60_000],
    ['1m30s', 90_000],
    ['500ms', 500],
  ])('§2 REQUEST_TIMEOUT: %s', async (value, expectedMs) => {
    const gateway = await startGateway({ environment: { REQUEST_TIMEOUT: value } })
    expect(gateway.app.config.proxy.requestTimeoutMs).toBe(expectedMs)
    await gateway.close()
  })

  test('§2 REQUEST_TIMEOUT: 30 s by default', async () => {
    const gateway = await startGateway()
    expect(gateway.app.config.proxy.requestTimeoutMs).toBe(30_000)
    await gateway.close()
  })

  test('§2 REQUEST_TIMEOUT: bounds a whole answer that is not streamed', async () => {
    const gateway = await startGateway({ environment: { REQUEST_TIMEOUT: '200ms' } })
    const answer = await chat(gateway.url, 'vk_demo', 'simulated-silent')
    expect(answer).toMatchObject({ status: 504, json: { error: { code: 'upstream_timeout' } } })
    await gateway.close()
  })

  test('§2 REQUEST_TIMEOUT: bounds the wait for the first content of a streaming answer', async () => {
    const gateway = await startGateway({
      environment: { REQUEST_TIMEOUT: '200ms' },
      simulator: { slowFirstTokenMs: 20_000 },
    })
    const answer = await chat(gateway.url, 'vk_demo', 'simulated-slow-first-token', { stream: true })
    expect(answer).toMatchObject({ status: 504, json: { error: { code: 'upstream_timeout' } } })
    await gateway.close()
  })

  test('§2 REQUEST_TIMEOUT: bounds the wait between chunks of a streaming answer', async () => {
    const gateway = await startGateway({ environment: { REQUEST_TIMEOUT: '200ms' } })
    const answer = await chat(gateway.url, 'vk_demo', 'simulated-stall', { stream: true })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('"upstream_timeout"')
    expect(answer.text).not.toContain('[DONE]')
    await gateway.close()
  })

  test('§2 REQUEST_TIMEOUT: does not bound a whole stream', async () => {
    const upstream = await startScriptedUpstream()
    upstream.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let count = 0
      const timer = setInterval(() => {
        count++
        const delta = count < 8 ? { delta: { content: 'x' } } : { delta: {}, finish_reason: 'stop' }
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, ...delta }] })}\n\n`)
        if (count < 8) return
        clearInterval(timer)
        response.end('data: [DONE]\n\n')
      }, 100)
    })
    const gateway = await startGateway({
      keys: { vk_slow: { ...ACCOUNT, base_url: upstream.url } },
      environment: { REQUEST_TIMEOUT: '500ms' },
    })
    const answer = await chat(gateway.url, 'vk_slow', 'gpt-5', { stream: true })
    expect(answer.text.endsWith('data: [DONE]\n\n')).toBe(true)
    await gateway.close()
    await upstream.close()
  })
})

describe('the proxy towards providers', () => {
  let proxy: ForwardProxy
  const keys = { vk_far: { provider: 'openai', api_key: 'sk-far', base_url: 'http://provider.test' } }

  beforeAll(async () => {
    proxy = await startForwardProxy(simulator.port)
  })

  afterAll(() => proxy.close())

  test.each(['HTTP_PROXY', 'http_proxy'])('§2 %s: the proxy towards http:// providers', async (variable) => {
    const before = proxy.asked.length
    const gateway = await startGateway({ keys, environment: { [variable]: proxy.url } })
    expect((await chat(gateway.url, 'vk_far')).status).toBe(200)
    expect(proxy.asked.slice(before)).toEqual([expect.stringMatching(/^provider\.test(:80)?$/)])
    await gateway.close()
  })

  test.each(['HTTPS_PROXY', 'https_proxy'])(
    '§2 %s: the proxy towards https:// providers, through a tunnel',
    async (variable) => {
      const before = proxy.asked.length
      const secure = { vk_far: { ...keys.vk_far, base_url: 'https://provider.test' } }
      const gateway = await startGateway({ keys: secure, environment: { [variable]: proxy.url } })
      // what answers behind this tunnel speaks no TLS: that it was asked for is enough here
      expect((await chat(gateway.url, 'vk_far')).status).toBe(502)
      expect(proxy.asked.slice(before)).toEqual(['provider.test:443'])
      await gateway.close()
    },
  )

  test.each(['NO_PROXY', 'no_proxy'])('§2 %s: hosts that are reached without it', async (variable) => {
    const before = proxy.asked.length
    const environment = { HTTP_PROXY: proxy.url, [variable]: 'other.test,provider.test' }
    const gateway = await startGateway({ keys, environment })
    const answer = await chat(gateway.url, 'vk_far')
    expect(answer).toMatchObject({ status: 502, json: { error: { code: 'upstream_unreachable' } } })
    expect(proxy.asked.slice(before)).toEqual([])
    await gateway.close()
  })

  test('§2 NO_PROXY: loopback is reached without it in any case', async () => {
    const before = proxy.asked.length
    const gateway = await startGateway({ keys: { vk_near: ACCOUNT }, environment: { HTTP_PROXY: proxy.url } })
    expect((await chat(gateway.url, 'vk_near')).status).toBe(200)
    expect(proxy.asked.slice(before)).toEqual([])
    await gateway.close()
  })
})

test.each([
  ['KEYS_FILE_PATH', 'a.json', 'KEYS_FILE', 'b.json'],
  ['SERVER_PORT', '4000', 'GATEWAY_PORT', '4001'],
  ['QUOTA_LIMIT', '10', 'MAX_REQUESTS_PER_HOUR', '20'],
  ['HTTP_PROXY', 'http://one.test', 'http_proxy', 'http://two.test'],
  ['HTTPS_PROXY', 'http://one.test', 'https_proxy', 'http://two.test'],
  ['NO_PROXY', 'one.test', 'no_proxy', 'two.test'],
])(
  '§2 two spellings of one thing with different values: an error at start that names both (%s)',
  async (first, one, second, other) => {
    const { message } = await failedStart({}, { [first]: one, [second]: other })
    expect(message).toContain(first)
    expect(message).toContain(second)
  },
)

test('§2 two spellings of one thing with the same value are fine', async () => {
  const gateway = await startGateway({ environment: { QUOTA_LIMIT: '7', MAX_REQUESTS_PER_HOUR: '7' } })
  expect((await chat(gateway.url, 'vk_demo')).headers.get('x-ratelimit-limit')).toBe('7')
  await gateway.close()
})

test('§2 containers: the variables that compose.yaml hands on make the gateway that they made before', async () => {
  const port = await freePort()
  const gateway = await startGatewayProcess({
    files: { 'app/keys.json': keysFile('vk_container') },
    environment: {
      KEYS_FILE_PATH: 'app/keys.json',
      MAX_REQUESTS_PER_HOUR: '500',
      REQUEST_TIMEOUT: '60s',
      SERVER_HOST: '0.0.0.0',
      GATEWAY_PORT: String(port),
      LOG_TO_FILE: 'true',
      LOG_FILE_PATH: 'app/logs/gateway.log',
      // compose hands on what is not set as empty
      QUOTA_LIMIT: '',
      HTTP_PROXY: '',
    },
    flags: { 'server.port': undefined },
  })
  const url = `http://127.0.0.1:${port}`
  const answer = await send(`${url}/chat/completions`, {
    headers: bearer('vk_container'),
    body: chatBody('m'),
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-ratelimit-limit')).toBe('500')
  const log = join(gateway.folder, 'app/logs/gateway.1.log')
  await until(async () => (await readFile(log, 'utf8')).includes('"status":200'))
  await gateway.close()
})
