import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { run } from '../support/cli.ts'
import { failedStart } from '../support/failed-start.ts'
import { startGatewayProcess } from '../support/gateway-process.ts'
import { until } from '../support/until.ts'

// What somebody who runs a gateway is told of its configuration, and how often.

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-gateway-warnings-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

const ROUTES = `
providers: { house: { base_url: "http://127.0.0.1:9" } }
upstream_accounts: [{ id: up_1, name: Work, provider: groq, api_key: sk-of-the-test }]
gateway_keys:
  - id: k
    key_hash: ${'a'.repeat(64)}
    model_routes: { routes: [{ source_model: own, target_provider: nobody }] }
model_routes:
  routes:
    - { source_model: fast, target_provider: opanai }
    - { source_model: off, target_provider: nowhere, enabled: false }
    - { source_model: a, target_provider: gemini }
    - { source_model: b, target_provider: house }
    - { source_model: c, target_provider: work }
    - { source_model: d, target_provider: up_1 }
`

test('routes to a provider that nobody knows are warnings', async () => {
  await writeFile(join(folder, 'config.yaml'), ROUTES, { mode: 0o600 })
  const context = { environment: { LLM_GATEWAY_HOME: folder }, workingDirectory: folder }
  const { code, stdout } = await run(['config', 'check', '--json'], { ...context, homeDirectory: folder })
  expect(code).toBe(0)
  expect(JSON.parse(stdout).warnings).toEqual([
    expect.stringMatching(/"opanai".*"fast".*did you mean "openai"/),
    expect.stringMatching(/"nobody".*"own"/),
  ])
  expect(stdout).not.toContain('unless')
  await run(['store', 'migrate'], { ...context, homeDirectory: folder })
  const beside = await run(['config', 'check'], { ...context, homeDirectory: folder })
  expect(beside.stdout).toContain('unless an account of the store is called so')
})

test('what stays as it is, is told once; what changes, again', async () => {
  const yaml = (seconds: number) =>
    `server: { timeout: ${seconds}s }\nmodel_routes: { routes: [{ source_model: m, target_provider: nosuch }] }\n`
  const key = { provider: 'openai', api_key: 'sk-of-the-test' }
  const keys = (more: object) => JSON.stringify({ virtual_keys: { vk_one: key, ...more } })
  const gateway = await startGatewayProcess({
    files: { 'keys.json': keys({}), 'config.yaml': yaml(60) },
    mode: 0o644,
  })
  onTestFinished(() => gateway.close())
  const messages = () =>
    gateway
      .stderr()
      .split('\n')
      .filter(Boolean)
      .map((line): string => JSON.parse(line).msg)
  const count = (text: string) => messages().filter((message) => message.includes(text)).length
  const write = async (name: string, text: string) => {
    const reloads = count('configuration reloaded')
    await writeFile(join(gateway.folder, name), text)
    await until(() => count('configuration reloaded') > reloads)
  }
  const typo = { vk_two: { ...key, provider: 'opanai' } }
  await write('keys.json', keys(typo))
  await write('keys.json', keys({}))
  await write('keys.json', keys(typo))
  await until(() => count('opanai') === 2)
  expect({ modes: count('chmod 600'), routes: count('nosuch') }).toEqual({ modes: 1, routes: 1 })
  await write('config.yaml', yaml(61))
  await until(() => count('after a restart') === 1)
  await write('config.yaml', yaml(60))
  await write('keys.json', keys({}))
  expect(count('after a restart')).toBe(1)
})

test('a log file that is a folder is refused at the start', async () => {
  const { problems } = await failedStart({
    'config.yaml': `logging: { file: ${folder} }\n`,
  })
  expect(problems).toMatchObject([
    { file: folder, message: expect.stringMatching(/folder.*logging\.file.*yaml:1/) },
  ])
  const unused = {
    'config.yaml': `logging: { file: ${folder}, to_file: false }\nserver: { host: 0.0.0.0 }\n`,
  }
  expect((await failedStart(unused)).message).not.toContain('folder')
})
