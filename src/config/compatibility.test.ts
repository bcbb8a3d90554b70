import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inputFor, load, makeFolder, problemsIn } from '../../test/support/config.ts'
import { loadConfig } from './load.ts'

// Names and shapes that users of earlier gateways rely on.

const KEYS = {
  'keys.json': '{ "virtual_keys": { "vk_somebody": { "provider": "openai", "api_key": "sk-1" } } }',
}

describe('the environment', () => {
  test.each(['KEYS_FILE_PATH', 'KEYS_FILE'])('%s names the keys file', async (variable) => {
    const files = { 'elsewhere/my-keys.json': KEYS['keys.json'] }
    expect(
      (await load({ files, environment: { [variable]: 'elsewhere/my-keys.json' } })).virtualKeys,
    ).toHaveLength(1)
  })

  test('keys.json in the working directory is used if it exists', async () => {
    expect((await load({ files: KEYS })).virtualKeys).toHaveLength(1)
    expect((await load({})).virtualKeys).toHaveLength(0)
  })

  test.each(['SERVER_PORT', 'GATEWAY_PORT'])('%s is the port', async (variable) => {
    expect((await load({ environment: { [variable]: '3000' } })).server.port).toBe(3000)
  })

  test('SERVER_HOST is the address', async () => {
    expect((await load({ environment: { SERVER_HOST: '0.0.0.0' } })).server.host).toBe('0.0.0.0')
  })

  test('LOG_TO_FILE switches the log file on, LOG_FILE_PATH says where; it is gateway.log by default', async () => {
    const folder = await makeFolder()
    const loggingWith = async (environment: NodeJS.ProcessEnv) =>
      (await loadConfig(inputFor(folder, { environment }))).logging
    expect(await loggingWith({ LOG_TO_FILE: 'true' })).toMatchObject({
      toFile: true,
      file: join(folder, 'gateway.log'),
    })
    expect(await loggingWith({ LOG_FILE_PATH: '/app/logs/g.log' })).toMatchObject({
      toFile: false,
      file: '/app/logs/g.log',
    })
    expect(await loggingWith({ LOG_TO_FILE: 'false' })).toMatchObject({ toFile: false })
  })

  test('LOG_FORMAT=pretty', async () => {
    expect((await load({ environment: { LOG_FORMAT: 'pretty' } })).logging.format).toBe('pretty')
  })

  test.each(['false', '0', 'FALSE'])('QUOTA_ENABLED=%s lifts the quota of every key', async (value) => {
    const config = await load({ files: KEYS, environment: { QUOTA_ENABLED: value } })
    expect(config.quota.enabled).toBe(false)
    expect(config.virtualKeys).toMatchObject([{ quotaPerHour: null }])
  })

  test.each(['QUOTA_LIMIT', 'MAX_REQUESTS_PER_HOUR'])(
    '%s is the quota of keys from keys.json',
    async (variable) => {
      const config = await load({ files: KEYS, environment: { [variable]: '500' } })
      expect(config.virtualKeys).toMatchObject([{ quotaPerHour: 500 }])
    },
  )

  test.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['1m', 60_000],
    ['1m30s', 90_000],
    ['500ms', 500],
  ])(
    'REQUEST_TIMEOUT=%s bounds whole answers, first contents and pauses, not whole streams',
    async (value, ms) => {
      expect((await load({ environment: { REQUEST_TIMEOUT: value } })).proxy).toMatchObject({
        requestTimeoutMs: ms,
        firstContentTimeoutMs: ms,
        idleTimeoutMs: ms,
        streamTimeoutMs: 0,
      })
    },
  )

  test.each([
    ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
    ['http_proxy', 'https_proxy', 'no_proxy'],
  ])('%s, %s and %s are the proxy towards providers', async (http, https, no) => {
    const environment = { [http]: 'http://proxy:8080', [https]: 'proxy:8443', [no]: 'localhost, ::1' }
    expect((await load({ environment })).environment).toEqual({
      httpProxy: 'http://proxy:8080',
      httpsProxy: 'http://proxy:8443',
      noProxy: ['localhost', '::1'],
    })
  })

  test('two spellings with the same value are fine', async () => {
    const environment = {
      QUOTA_LIMIT: '50',
      MAX_REQUESTS_PER_HOUR: ' 50',
      HTTP_PROXY: 'http://p',
      http_proxy: 'http://p/',
    }
    expect((await load({ environment })).quota.requestsPerHour).toBe(50)
  })

  test.each([
    ['KEYS_FILE_PATH', 'KEYS_FILE', 'a.json', 'b.json'],
    ['SERVER_PORT', 'GATEWAY_PORT', '1', '2'],
    ['QUOTA_LIMIT', 'MAX_REQUESTS_PER_HOUR', '1', '2'],
    ['HTTP_PROXY', 'http_proxy', 'http://a', 'http://b'],
    ['HTTPS_PROXY', 'https_proxy', 'http://a', 'http://b'],
    ['NO_PROXY', 'no_proxy', 'a', 'b'],
  ])('%s and %s with different values are an error that names both', async (first, second, one, other) => {
    const [problem] = await problemsIn({ environment: { [first]: one, [second]: other } })
    expect(problem?.path).toBe(`${first}, ${second}`)
  })

  test('two variables of one provider with different values are an error that names both, not their values', async () => {
    const providerVariables = { GEMINI_API_KEY: 'google', GOOGLE_API_KEY: 'google' }
    const environment = { GEMINI_API_KEY: 'sk-one', GOOGLE_API_KEY: 'sk-two' }
    const [problem] = await problemsIn({ environment, providerVariables })
    expect(problem?.path).toBe('GEMINI_API_KEY, GOOGLE_API_KEY')
    expect(problem?.text).not.toContain('sk-')
  })

  test('what the container of the earlier gateways was given', async () => {
    const folder = await makeFolder(KEYS)
    const environment = {
      KEYS_FILE_PATH: join(folder, 'keys.json'),
      MAX_REQUESTS_PER_HOUR: '500',
      REQUEST_TIMEOUT: '60s',
      GATEWAY_PORT: '3000',
    }
    expect(await loadConfig(inputFor(folder, { environment }))).toMatchObject({
      server: { port: 3000 },
      proxy: { requestTimeoutMs: 60_000 },
      virtualKeys: [{ quotaPerHour: 500 }],
    })
  })
})

describe('aiservices.json', () => {
  const files = {
    'aiservices.json':
      '{"openai":"https://api.openai.com/v1/chat/completions","anthropic":"https://api.anthropic.com/v1/messages","mine":"http://x:1/"}',
  }
  const environment = { AISERVICES_FILE: 'aiservices.json' }

  test('overrides where providers are reached, endpoints cut down to base URLs', async () => {
    expect((await load({ files, environment })).providers).toEqual({
      openai: { baseUrl: 'https://api.openai.com/v1' },
      anthropic: { baseUrl: 'https://api.anthropic.com/v1' },
      mine: { baseUrl: 'http://x:1' },
    })
  })

  test('yields to providers in the config file', async () => {
    const config = {
      'config.yaml':
        'providers: { openai: { base_url: "https://eu.example/v1" }, Mine: { dialect: gemini } }',
    }
    expect((await load({ files: { ...files, ...config }, environment })).providers).toMatchObject({
      openai: { baseUrl: 'https://eu.example/v1' },
      mine: { baseUrl: 'http://x:1', dialect: 'gemini' },
    })
  })

  test('is refused by line when missing, not JSON or without addresses', async () => {
    expect(await problemsIn({ environment })).toMatchObject([{ file: 'aiservices.json' }])
    const broken = { 'aiservices.json': '{\n"openai" "x" }' }
    expect(await problemsIn({ environment, files: broken })).toMatchObject([
      { file: 'aiservices.json', line: 2, column: 10 },
    ])
    const wrong = { 'aiservices.json': '{\n"openai": "api.openai.com" }' }
    expect(await problemsIn({ environment, files: wrong })).toMatchObject([
      { line: 2, column: 1, path: 'openai' },
    ])
  })
})

describe('config.yaml', () => {
  const EARLIER = `
server:      { host: "0.0.0.0", port: 3847, timeout: 30 }
proxy:       { request_timeout: 60, stream_timeout: 300, connect_timeout: 10, tls_timeout: 10, idle_conn_timeout: 90, response_timeout: 30 }
gateway_keys:
  - { id: "gw_xxxxx", name: "team-api", key_hash: "${'0'.repeat(64)}", permissions: ["read", "write"], status: "active" }
upstream_accounts:
  - { id: "upstream_xxxxx", name: "production-anthropic", type: "api-key", provider: "anthropic", api_key: "sk-ant-xxxxx", status: "active" }
logging:     { level: "info", format: "json" }
environment: { http_proxy: "", https_proxy: "", no_proxy: "localhost,127.0.0.1,::1" }
`

  test('of the earlier gateway is read as it is', async () => {
    const config = await load({ files: { 'config.yaml': EARLIER } })
    expect(config).toMatchObject({
      server: { host: '0.0.0.0', port: 3847, timeoutMs: 30_000 },
      proxy: {
        requestTimeoutMs: 60_000,
        streamTimeoutMs: 300_000,
        connectTimeoutMs: 10_000,
        tlsTimeoutMs: 10_000,
        idleConnectionTimeoutMs: 90_000,
        responseTimeoutMs: 30_000,
        idleTimeoutMs: 60_000,
      },
      virtualKeys: [
        { id: 'gw_xxxxx', label: 'team-api', quotaPerHour: null, permissions: ['read', 'write'] },
      ],
      accounts: [{ id: 'upstream_xxxxx', name: 'production-anthropic', apiKey: 'sk-ant-xxxxx' }],
    })
    expect(config.environment).toEqual({ noProxy: ['localhost', '127.0.0.1', '::1'] })
  })

  test('may write _seconds after every duration', async () => {
    const text = `
server: { timeout_seconds: 31 }
proxy: { request_timeout_seconds: 61, stream_timeout_seconds: 301, connect_timeout_seconds: 11, tls_timeout_seconds: 12,
  idle_conn_timeout_seconds: 91, response_timeout_seconds: 32 }
health: { interval_seconds: 5 }`
    const config = await load({ files: { 'config.yaml': text } })
    expect(config).toMatchObject({
      server: { timeoutMs: 31_000 },
      proxy: {
        requestTimeoutMs: 61_000,
        streamTimeoutMs: 301_000,
        connectTimeoutMs: 11_000,
        tlsTimeoutMs: 12_000,
        idleConnectionTimeoutMs: 91_000,
        responseTimeoutMs: 32_000,
      },
      health: { intervalMs: 5000 },
    })
    expect(config.origins['server.timeout']).toMatch(/config\.yaml:2$/)
  })

  test('may write both spellings with one value', async () => {
    const files = { 'config.yaml': 'server: { timeout: 1m, timeout_seconds: 60 }' }
    expect((await load({ files })).server.timeoutMs).toBe(60_000)
  })

  test('with different values for two spellings is an error that names both', async () => {
    const files = { 'config.yaml': 'server:\n  timeout: 1m\n  timeout_seconds: 61' }
    expect(await problemsIn({ files })).toMatchObject([
      {
        file: 'config.yaml',
        line: 3,
        column: 3,
        path: 'server.timeout_seconds',
        message: expect.stringContaining('timeout'),
      },
    ])
  })

  test('that names logging.file wants a log file, unless LOG_TO_FILE says no', async () => {
    const folder = await makeFolder({ 'config.yaml': 'logging: { file: logs/g.log }' })
    const logging = async (environment: NodeJS.ProcessEnv) =>
      (await loadConfig(inputFor(folder, { environment }))).logging
    expect(await logging({})).toMatchObject({ toFile: true, file: join(folder, 'logs/g.log') })
    expect(await logging({ LOG_TO_FILE: 'false' })).toMatchObject({ toFile: false })
  })

  test('may hold model routes', async () => {
    const text = `
model_routes:
  routes:
    - { id: r1, source_model: "gpt-*", target_model: claude-x, target_provider: anthropic, priority: 10, enabled: false, description: d }
  default_behavior: reject`
    expect((await load({ files: { 'config.yaml': text } })).modelRoutes).toEqual({
      defaultBehavior: 'reject',
      routes: [
        {
          id: 'r1',
          sourceModel: 'gpt-*',
          targetModel: 'claude-x',
          targetProvider: 'anthropic',
          priority: 10,
          enabled: false,
          strict: false,
          description: 'd',
        },
      ],
    })
  })
})

describe('the examples', () => {
  const example = async (name: string) => await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

  test('keys.example.json is valid', async () => {
    const files = { 'keys.json': await example('keys.example.json') }
    expect((await load({ files })).virtualKeys).toHaveLength(3)
  })

  test('config.example.yaml is valid, and so is all that it has commented out', async () => {
    const text = await example('config.example.yaml')
    await load({ files: { 'config.yaml': text } })
    const everything = text.replace(/^( *)# (?=( *- | *[a-z_]+:( |$)))/gm, '$1')
    const files = { 'config.yaml': everything, 'tls.crt': '', 'tls.key': '' }
    const config = await load({ files, environment: { ANTHROPIC_KEY: 'sk-ant' } })
    expect(config).toMatchObject({
      virtualKeys: [{ id: 'team-api' }],
      server: { tls: {} },
      modelRoutes: { routes: [{}] },
    })
    expect(config.accounts).toHaveLength(2)
  })
})
