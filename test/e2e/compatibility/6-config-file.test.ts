import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sha256Hex } from '../../../src/config/secrets.ts'
import { bearer, chat, chatBody, send } from '../../support/client.ts'
import { startForwardProxy } from '../../support/forward-proxy.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'

/** The example of section 6 with hosts, hashes and keys filled in, and with routes. */
const YAML = `
server:      { host: "127.0.0.1", port: 3847, timeout: 30 }
proxy:       { request_timeout: 60, stream_timeout: 300, connect_timeout: 10, tls_timeout: 10, idle_conn_timeout: 90, response_timeout: 30 }
gateway_keys:
  - { id: "gw_full", name: "team-api", key_hash: "${sha256Hex('gw-full')}", permissions: ["read", "write"], status: "active" }
  - { id: "gw_off", name: "left", key_hash: "${sha256Hex('gw-off')}", permissions: ["read", "write"], status: "disabled" }
  - { id: "gw_reader", name: "dashboard", key_hash: "${sha256Hex('gw-reader')}", permissions: ["read"], status: "active" }
  - { id: "gw_writer", name: "job", key_hash: "${sha256Hex('gw-writer')}", permissions: ["write"], status: "active" }
  - id: "gw_routed"
    key_hash: "${sha256Hex('gw-routed')}"
    model_routes:
      routes: [{ id: own, source_model: fast, target_model: gpt-own, target_provider: openai }]
  - id: "gw_closed"
    key_hash: "${sha256Hex('gw-closed')}"
    model_routes:
      routes: [{ source_model: "claude-*" }]
      default_behavior: reject
upstream_accounts:
  - { id: "upstream_1", name: "production-anthropic", type: "api-key", provider: "anthropic", api_key: "\${ANTHROPIC_SECRET}", base_url: "{simulator}", status: "active" }
  - { id: "upstream_2", name: "production-openai", type: "api-key", provider: "openai", api_key: "sk-yaml-openai", base_url: "{simulator}", status: "active" }
  - { id: "upstream_3", name: "retired", type: "api-key", provider: "deepseek", api_key: "sk-retired", base_url: "{simulator}", status: "disabled" }
logging:     { level: "info", format: "json" }
environment: { http_proxy: "", https_proxy: "", no_proxy: "localhost,127.0.0.1,::1" }
model_routes:
  routes:
    - { id: exact, source_model: fast, target_model: gpt-fast, target_provider: openai, priority: 0, enabled: true, description: "the small one" }
    - { id: prefix, source_model: "house-*", target_model: claude-house, target_provider: anthropic, priority: 0, enabled: true }
    - { id: high, source_model: "contested*", target_model: gpt-high, target_provider: openai, priority: 10, enabled: true }
    - { id: low, source_model: contested, target_model: gpt-low, target_provider: openai, priority: 1, enabled: true }
    - { id: off, source_model: switched-off, target_model: gpt-off, target_provider: openai, priority: 0, enabled: false }
  default_behavior: passthrough
`

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ yaml: YAML, environment: { ANTHROPIC_SECRET: 'sk-ant-from-environment' } })
})

afterAll(() => gateway.close())

beforeEach(() => gateway.simulator.clear())

function messages(key: string, model: string) {
  const body = chatBody(model, { max_tokens: 9 })
  return send(`${gateway.url}/v1/messages`, { headers: bearer(key), body })
}

/** Path, credential and model of what arrived upstream. */
function arrived() {
  return gateway.simulator.received.map(({ headers, body }) => [
    headers.authorization ?? headers['x-api-key'],
    body !== null && typeof body === 'object' && 'model' in body ? body.model : undefined,
  ])
}

test('§6 the timeouts of the file are in force', () => {
  const { config } = gateway.app
  expect(config.server.timeoutMs).toBe(30_000)
  expect(config.proxy).toMatchObject({
    requestTimeoutMs: 60_000,
    streamTimeoutMs: 300_000,
    connectTimeoutMs: 10_000,
    tlsTimeoutMs: 10_000,
    idleConnectionTimeoutMs: 90_000,
    responseTimeoutMs: 30_000,
  })
})

test('§6 the same names with the suffix _seconds', async () => {
  const names = ['request_timeout', 'stream_timeout', 'connect_timeout', 'tls_timeout', 'idle_conn_timeout']
  const proxy = [...names, 'response_timeout'].map((name, index) => `${name}_seconds: ${index + 1}`)
  const yaml = `server: { timeout_seconds: 7 }\nproxy: { ${proxy.join(', ')} }`
  const other = await startGateway({ yaml })
  expect(other.app.config.server.timeoutMs).toBe(7000)
  expect(other.app.config.proxy).toMatchObject({
    requestTimeoutMs: 1000,
    streamTimeoutMs: 2000,
    connectTimeoutMs: 3000,
    tlsTimeoutMs: 4000,
    idleConnectionTimeoutMs: 5000,
    responseTimeoutMs: 6000,
  })
  await other.close()
})

test('§6 logging.file is accepted', async () => {
  const other = await startGateway({ yaml: 'logging: { file: mine.log }', demo: true })
  await chat(other.url, 'vk_demo')
  await other.app.close()
  expect(await readFile(join(other.folder, 'mine.1.log'), 'utf8')).toContain('"status":200')
  await other.close()
})

test('§6 environment: the proxies of the file are used', async () => {
  const proxy = await startForwardProxy(gateway.simulator.port)
  const proxied = await startGateway({
    yaml: `
gateway_keys: [{ id: k, key_hash: ${sha256Hex('k')} }]
upstream_accounts:
  - { id: far, provider: openai, api_key: sk-far, base_url: "http://provider.test" }
  - { id: near, provider: anthropic, api_key: sk-near, base_url: "http://near.test" }
environment: { http_proxy: "${proxy.url}", https_proxy: "", no_proxy: "near.test" }
`,
  })
  expect((await chat(proxied.url, 'k', 'gpt-5')).status).toBe(200)
  expect((await chat(proxied.url, 'k', 'claude-sonnet-4-5')).status).toBe(502)
  expect(new Set(proxy.asked.map((host) => host.replace(/:80$/, '')))).toEqual(new Set(['provider.test']))
  await proxied.close()
  await proxy.close()
})

test('§6 gateway_keys: a key is found by its hash', async () => {
  expect((await chat(gateway.url, 'gw-full', 'gpt-5')).status).toBe(200)
  expect((await chat(gateway.url, sha256Hex('gw-full'), 'gpt-5')).status).toBe(401)
})

test('§6 gateway_keys: status disabled', async () => {
  expect((await chat(gateway.url, 'gw-off', 'gpt-5')).status).toBe(401)
})

test('§6 gateway_keys: permissions', async () => {
  expect((await chat(gateway.url, 'gw-reader', 'gpt-5')).status).toBe(403)
  expect((await send(`${gateway.url}/v1/models`, { headers: bearer('gw-reader') })).status).toBe(200)
  expect((await chat(gateway.url, 'gw-writer', 'gpt-5')).status).toBe(200)
  expect((await send(`${gateway.url}/v1/models`, { headers: bearer('gw-writer') })).status).toBe(403)
})

test('§6 upstream_accounts: the model decides which; ${NAME} comes from the environment', async () => {
  expect((await chat(gateway.url, 'gw-full', 'gpt-5')).status).toBe(200)
  expect((await messages('gw-full', 'claude-sonnet-4-5')).status).toBe(200)
  expect(arrived()).toEqual([
    ['Bearer sk-yaml-openai', 'gpt-5'],
    ['sk-ant-from-environment', 'claude-sonnet-4-5'],
  ])
})

test('§6 upstream_accounts: one that is disabled serves nothing', async () => {
  const answer = await chat(gateway.url, 'gw-full', 'deepseek-chat')
  expect(answer).toMatchObject({ status: 404, json: { error: { code: 'model_not_found' } } })
  expect(gateway.simulator.received).toEqual([])
})

test('§6 model_routes: an exact source model', async () => {
  const answer = await chat(gateway.url, 'gw-full', 'fast')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-gateway-model')).toBe('gpt-fast')
  expect(arrived()).toEqual([['Bearer sk-yaml-openai', 'gpt-fast']])
})

test('§6 model_routes: a prefix*', async () => {
  expect((await messages('gw-full', 'house-large')).status).toBe(200)
  expect(arrived()).toEqual([['sk-ant-from-environment', 'claude-house']])
})

test('§6 model_routes: priority decides first', async () => {
  await chat(gateway.url, 'gw-full', 'contested')
  expect(arrived()).toEqual([['Bearer sk-yaml-openai', 'gpt-high']])
})

test('§6 model_routes: one that is not enabled is ignored', async () => {
  expect((await chat(gateway.url, 'gw-full', 'switched-off')).status).toBe(404)
})

test('§6 model_routes: default_behavior passthrough leaves other models as they are', async () => {
  await chat(gateway.url, 'gw-full', 'gpt-4o')
  expect(arrived()).toEqual([['Bearer sk-yaml-openai', 'gpt-4o']])
})

test('§6 model_routes: * and default_behavior reject', async () => {
  const account = '{ id: a, provider: openai, api_key: sk-a, base_url: "{simulator}" }'
  const key = `{ id: k, key_hash: ${sha256Hex('k')} }`
  const start = (routes: string) =>
    startGateway({ yaml: `gateway_keys: [${key}]\nupstream_accounts: [${account}]\nmodel_routes: ${routes}` })
  const catching = await start(
    '{ routes: [{ source_model: "*", target_model: gpt-all, target_provider: openai }] }',
  )
  await chat(catching.url, 'k', 'anything')
  expect(catching.simulator.received).toMatchObject([{ body: { model: 'gpt-all' } }])
  await catching.close()
  const rejecting = await start('{ routes: [{ source_model: gpt-5 }], default_behavior: reject }')
  expect((await chat(rejecting.url, 'k', 'gpt-5')).status).toBe(200)
  expect((await chat(rejecting.url, 'k', 'gpt-4o')).status).toBe(404)
  await rejecting.close()
})

test('§6 model_routes per key: tried before the global ones', async () => {
  await chat(gateway.url, 'gw-routed', 'fast')
  await chat(gateway.url, 'gw-routed', 'contested')
  expect(arrived()).toEqual([
    ['Bearer sk-yaml-openai', 'gpt-own'],
    ['Bearer sk-yaml-openai', 'gpt-high'],
  ])
})

test('§6 model_routes per key: default_behavior reject', async () => {
  expect((await messages('gw-closed', 'claude-sonnet-4-5')).status).toBe(200)
  expect((await chat(gateway.url, 'gw-closed', 'gpt-5')).status).toBe(404)
  expect((await chat(gateway.url, 'gw-closed', 'fast')).status).toBe(404)
  expect(arrived()).toEqual([['sk-ant-from-environment', 'claude-sonnet-4-5']])
})
