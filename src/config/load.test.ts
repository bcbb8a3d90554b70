// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the notation of the config file
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inputFor, load, makeFolder } from '../../test/support/config.ts'
import { loadConfig } from './load.ts'
import { sha256Hex } from './secrets.ts'

const yaml = (text: string) => ({ 'config.yaml': text })

test('with nothing at all, everything has its default', async () => {
  const config = await load({})
  expect(config).toMatchObject({
    server: {
      host: '127.0.0.1',
      port: 8080,
      timeoutMs: 30_000,
      bodyLimitBytes: 32 * 1024 ** 2,
      shutdownTimeoutMs: 60_000,
      corsOrigins: [],
    },
    proxy: {
      requestTimeoutMs: 30_000,
      firstContentTimeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      responseTimeoutMs: 30_000,
      streamTimeoutMs: 0,
      connectTimeoutMs: 10_000,
      tlsTimeoutMs: 10_000,
      idleConnectionTimeoutMs: 90_000,
      http2: false,
    },
    virtualKeys: [],
    accounts: [],
    providers: {},
    modelRoutes: { routes: [], defaultBehavior: 'passthrough' },
    quota: { enabled: true, requestsPerHour: 100 },
    logging: { level: 'info', format: 'json', toFile: false, maxFiles: 5, capture: 'keys-file' },
    environment: { noProxy: [] },
    health: { intervalMs: 60_000, timeoutMs: 5000 },
    metrics: { keyLabels: false },
    warnings: [],
    origins: {},
  })
  expect(config.server.tls).toBeUndefined()
})

test('what comes out cannot be changed, at any depth', async () => {
  const config = await load({ files: yaml(`gateway_keys: [{ id: a, key_hash: ${'a'.repeat(64)} }]`) })
  const all = [config, config.server, config.server.corsOrigins, config.virtualKeys, config.virtualKeys[0]]
  expect(all.every((value) => Object.isFrozen(value))).toBe(true)
})

describe('precedence', () => {
  const files = yaml('server: { port: 1, host: "::1" }\nproxy: { request_timeout: 5 }')

  test('the config file wins over defaults', async () => {
    expect((await load({ files })).server).toMatchObject({ port: 1, host: '::1' })
  })

  test('the environment wins over the config file, flags over both', async () => {
    const environment = { SERVER_PORT: '2', REQUEST_TIMEOUT: '7' }
    expect(await load({ files, environment })).toMatchObject({
      server: { port: 2, host: '::1' },
      proxy: { requestTimeoutMs: 7000 },
    })
    const flags = { 'server.port': '3', 'server.host': undefined }
    const config = await load({ files, environment, flags })
    expect(config.server).toMatchObject({ port: 3, host: '::1' })
    expect(config.origins).toMatchObject({
      'server.port': 'command line',
      'server.host': expect.stringMatching(/config\.yaml:1$/),
      'proxy.request_timeout': 'environment REQUEST_TIMEOUT',
    })
  })

  test('an empty environment variable says nothing', async () => {
    expect((await load({ files, environment: { SERVER_PORT: '', GATEWAY_PORT: ' ' } })).server.port).toBe(1)
  })
})

test('an IPv6 address may have brackets', async () => {
  expect((await load({ environment: { SERVER_HOST: '[::]' } })).server.host).toBe('::')
})

describe('the config file', () => {
  test('is found by flag, by LLM_GATEWAY_CONFIG, in LLM_GATEWAY_HOME, in that order, else in the home directory', async () => {
    const folder = await makeFolder({
      'flag.yaml': 'server: { port: 1 }',
      'variable.yaml': 'server: { port: 2 }',
      'config.yaml': 'server: { port: 3 }',
      'home/.llm-gateway/config.yaml': 'server: { port: 4 }',
    })
    const portWith = async (environment: NodeJS.ProcessEnv, flags: Record<string, unknown>) =>
      (await loadConfig({ ...inputFor(folder), environment, flags })).server.port
    const both = { LLM_GATEWAY_CONFIG: 'variable.yaml', LLM_GATEWAY_HOME: folder }
    expect(await portWith(both, { config: 'flag.yaml' })).toBe(1)
    expect(await portWith(both, {})).toBe(2)
    expect(await portWith({ LLM_GATEWAY_HOME: folder }, {})).toBe(3)
    expect(await portWith({}, {})).toBe(4)
  })

  test.each(['', '# nothing\n', '{}', 'server:\nproxy:\n  # all of it commented out\n'])(
    'may say nothing: %j',
    async (text) => {
      expect((await load({ files: yaml(text) })).server.port).toBe(8080)
    },
  )

  test('has ${NAME} replaced from the environment, in values of every type', async () => {
    const text = [
      'server: { port: "${PORT}" }',
      'metrics: { key_labels: "${LABELS}" }',
      'upstream_accounts: [{ id: a, provider: openai, api_key: "sk-${PART}-$${PART}" }]',
    ].join('\n')
    const environment = { PORT: '4000', LABELS: 'true', PART: 'middle' }
    const config = await load({ files: yaml(text), environment })
    expect(config.server.port).toBe(4000)
    expect(config.metrics.keyLabels).toBe(true)
    expect(config.accounts[0]?.apiKey).toBe('sk-middle-${PART}')
  })

  test('declares keys without quota, pinned by id or name, and with routes of their own', async () => {
    const text = `
gateway_keys:
  - { id: k1, key_hash: ${'A'.repeat(64)}, account: a1, quota: 7, passthrough: true, models: "gpt-*, o3" }
  - { id: k2, name: Team, key_hash: ${'b'.repeat(64)}, account: Prod, permissions: [read], status: disabled }
  - { id: k3, key_hash: ${'c'.repeat(64)}, model_routes: { routes: [{ source_model: "*", target_model: gpt-5 }] } }
upstream_accounts:
  - { id: a1, provider: OpenAI, api_key: sk-1 }
  - { id: a2, name: Prod, provider: my-vllm, api_key: "", base_url: "http://10.0.0.1:8000/v1/", dialect: openai-chat }
`
    const { virtualKeys, accounts } = await load({ files: yaml(text) })
    expect(virtualKeys).toMatchObject([
      {
        id: 'k1',
        label: 'k1',
        secretSha256: 'a'.repeat(64),
        accountId: 'a1',
        quotaPerHour: 7,
        models: ['gpt-*', 'o3'],
      },
      {
        id: 'k2',
        label: 'Team',
        accountId: 'a2',
        quotaPerHour: null,
        permissions: ['read'],
        status: 'disabled',
      },
      {
        id: 'k3',
        modelRoutes: { routes: [{ sourceModel: '*', targetModel: 'gpt-5', priority: 0, enabled: true }] },
      },
    ])
    expect(virtualKeys[2]?.accountId).toBeUndefined()
    expect(accounts).toMatchObject([
      { id: 'a1', name: 'a1', provider: 'openai', type: 'api-key', source: 'config' },
      { id: 'a2', apiKey: '', baseUrl: 'http://10.0.0.1:8000/v1', dialect: 'openai-chat' },
    ])
  })

  test('may declare an oauth account, which needs no key', async () => {
    const config = await load({
      files: yaml('upstream_accounts: [{ id: a, provider: anthropic, type: oauth }]'),
    })
    expect(config.accounts).toMatchObject([{ type: 'oauth', status: 'active', apiKey: '' }])
  })

  test('names certificate files, which are watched', async () => {
    const files = {
      ...yaml('server: { tls: { cert_file: tls.crt, key_file: tls.key } }'),
      'tls.crt': '',
      'tls.key': '',
    }
    const folder = await makeFolder(files)
    const config = await loadConfig(inputFor(folder))
    expect(config.server.tls).toEqual({ certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') })
    expect(config.files).toEqual(
      ['config.yaml', 'keys.json', 'tls.crt', 'tls.key'].map((name) => join(folder, name)),
    )
  })

  test('with a written-out provider key, readable by others, is a warning; with ${NAME} it is not', async () => {
    const folder = await makeFolder()
    const warningsFor = async (apiKey: string) => {
      const text = `upstream_accounts: [{ id: a, provider: openai, api_key: ${apiKey} }]`
      await writeFile(join(folder, 'config.yaml'), text)
      await chmod(join(folder, 'config.yaml'), 0o644)
      return (await loadConfig(inputFor(folder, { environment: { KEY: 'sk-1' } }))).warnings
    }
    expect(await warningsFor('sk-literal')).toMatchObject([{ code: 'file_readable_by_others' }])
    expect(await warningsFor('"${KEY}"')).toEqual([])
    expect(await warningsFor('""')).toEqual([])
  })
})

describe('provider keys in the environment', () => {
  const providerVariables = { OPENAI_API_KEY: 'openai', GEMINI_API_KEY: 'google', GOOGLE_API_KEY: 'google' }

  test('become accounts', async () => {
    const environment = {
      OPENAI_API_KEY: ' sk-1\n',
      GOOGLE_API_KEY: 'g',
      GEMINI_API_KEY: 'g',
      OTHER_API_KEY: 'x',
    }
    const { accounts } = await load({ environment, providerVariables })
    expect(accounts).toMatchObject([
      {
        id: 'openai-environment',
        name: 'OPENAI_API_KEY',
        provider: 'openai',
        apiKey: 'sk-1',
        source: 'environment',
      },
      { id: 'google-environment', name: 'GEMINI_API_KEY', apiKey: 'g' },
    ])
  })

  test('that are empty do not', async () => {
    expect((await load({ environment: { OPENAI_API_KEY: '' }, providerVariables })).accounts).toEqual([])
  })

  test('a key of the config file may be pinned to one of them', async () => {
    const files = yaml(
      `gateway_keys: [{ id: k, key_hash: ${sha256Hex('secret')}, account: openai-environment }]`,
    )
    const { virtualKeys } = await load({ files, environment: { OPENAI_API_KEY: 'sk-1' }, providerVariables })
    expect(virtualKeys).toMatchObject([{ accountId: 'openai-environment' }])
  })
})
