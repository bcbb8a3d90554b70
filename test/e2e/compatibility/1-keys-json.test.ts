import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer, chat, chatBody, send } from '../../support/client.ts'
import { failedStart } from '../../support/failed-start.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts'
import { until } from '../../support/until.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** The example of section 1, to the letter, and one entry for each of our own options. */
const KEYS = {
  vk_user1_openai: { provider: 'openai', api_key: 'sk-real-openai-key-123' },
  vk_user2_anthropic: { provider: 'anthropic', api_key: 'sk-ant-real-anthropic-key-456' },
  vk_user3_deepseek: { provider: 'deepseek', api_key: 'sk-deepseek-key-abc123' },
  vk_with_base_url: { provider: 'openai', api_key: 'sk-based', base_url: '{simulator}/elsewhere/v1' },
  vk_with_models: { provider: 'openai', api_key: 'sk-listed', models: ['gpt-5*', 'o3'] },
  vk_with_quota: { provider: 'openai', api_key: 'sk-counted', quota: 2 },
  vk_with_passthrough: { provider: 'anthropic', api_key: 'sk-passed', passthrough: true },
  vk_with_dialect: { provider: 'openai', api_key: 'sk-narrow', dialect: 'openai-chat' },
  vk_with_unknown: { provider: 'opanai', api_key: 'sk-unknown' },
}

const PROVIDERS = `
providers:
  openai: { base_url: "{simulator}" }
  anthropic: { base_url: "{simulator}" }
  deepseek: { base_url: "{simulator}" }
`

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ keys: KEYS, yaml: PROVIDERS })
})

afterAll(() => gateway.close())

test('§1 an entry is a virtual key pinned to one upstream account: OpenAI', async () => {
  gateway.simulator.clear()
  expect((await chat(gateway.url, 'vk_user1_openai', 'gpt-5')).status).toBe(200)
  expect(gateway.simulator.received).toMatchObject([
    { path: '/v1/chat/completions', headers: { authorization: 'Bearer sk-real-openai-key-123' } },
  ])
})

test('§1 an entry is a virtual key pinned to one upstream account: Anthropic', async () => {
  gateway.simulator.clear()
  const body = chatBody('claude-sonnet-4-5', { max_tokens: 10 })
  const headers = bearer('vk_user2_anthropic')
  expect((await send(`${gateway.url}/v1/messages`, { headers, body })).status).toBe(200)
  expect(gateway.simulator.received).toMatchObject([
    { path: '/v1/messages', headers: { 'x-api-key': 'sk-ant-real-anthropic-key-456' } },
  ])
  expect(gateway.simulator.received[0]?.headers.authorization).toBeUndefined()
})

test('§1 an entry is a virtual key pinned to one upstream account: DeepSeek', async () => {
  gateway.simulator.clear()
  expect((await chat(gateway.url, 'vk_user3_deepseek', 'deepseek-chat')).status).toBe(200)
  expect(gateway.simulator.received).toMatchObject([
    { path: '/v1/chat/completions', headers: { authorization: 'Bearer sk-deepseek-key-abc123' } },
  ])
})

test('§1 a pinned key goes to its account whatever the model is called', async () => {
  gateway.simulator.clear()
  expect((await chat(gateway.url, 'vk_user1_openai', 'claude-sonnet-4-5')).status).toBe(200)
  expect(gateway.simulator.received).toMatchObject([
    { headers: { authorization: 'Bearer sk-real-openai-key-123' }, body: { model: 'claude-sonnet-4-5' } },
  ])
})

test.each(['azure', 'azure-openai', 'deepseek', 'gemini', 'google', 'openai', 'openai-compatible'])(
  '§1 provider is any provider we know: %s',
  async (provider) => {
    const answering = await startGateway({
      keys: { vk_any: { provider, api_key: 'sk-any', base_url: '{simulator}' } },
    })
    const isGemini = provider === 'gemini' || provider === 'google'
    const answer = isGemini
      ? await send(`${answering.url}/v1beta/models/gemini-3-pro:generateContent`, {
          headers: bearer('vk_any'),
          body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
        })
      : await chat(answering.url, 'vk_any')
    expect(answer.status).toBe(200)
    await answering.close()
  },
)

test('§1 base_url: where the account is reached', async () => {
  gateway.simulator.clear()
  expect((await chat(gateway.url, 'vk_with_base_url')).status).toBe(200)
  expect(gateway.simulator.received).toMatchObject([{ path: '/elsewhere/v1/chat/completions' }])
})

test('§1 models: an allow list', async () => {
  expect((await chat(gateway.url, 'vk_with_models', 'gpt-5-mini')).status).toBe(200)
  expect((await chat(gateway.url, 'vk_with_models', 'o3')).status).toBe(200)
  gateway.simulator.clear()
  const refused = await chat(gateway.url, 'vk_with_models', 'gpt-4o')
  expect(refused).toMatchObject({ status: 403, json: { error: { code: 'model_not_allowed' } } })
  expect(gateway.simulator.received).toEqual([])
})

test('§1 quota: requests per hour', async () => {
  const statuses = []
  for (let count = 0; count < 3; count++) statuses.push((await chat(gateway.url, 'vk_with_quota')).status)
  expect(statuses).toEqual([200, 200, 429])
})

test('§1 passthrough: the body goes as it is, whatever it holds', async () => {
  gateway.simulator.clear()
  const body = '{"model":"claude-sonnet-4-5", "max_tokens":10, "messages":[{"role":"user","content":"hi"}]}'
  const headers = bearer('vk_with_passthrough')
  expect((await send(`${gateway.url}/chat/completions`, { headers, body })).status).toBe(200)
  const [arrived] = gateway.simulator.received
  expect(arrived?.path).toBe('/v1/messages')
  expect(arrived?.rawBody.toString()).toBe(body)
})

test('§1 dialect: the one format that the upstream speaks', async () => {
  expect((await chat(gateway.url, 'vk_with_dialect')).status).toBe(200)
  gateway.simulator.clear()
  const body = { model: 'gpt-5', input: 'hi' }
  const answer = await send(`${gateway.url}/v1/responses`, { headers: bearer('vk_with_dialect'), body })
  expect(answer).toMatchObject({ status: 200, json: { object: 'response' } })
  expect(gateway.simulator.received[0]?.path).toBe('/v1/chat/completions')
})

test('§1 dialect: one that the provider has no place for is the operator’s mistake, and named', async () => {
  const narrowed = await startGateway({
    keys: { vk_wrong: { provider: 'gemini', api_key: 'sk-wrong', dialect: 'anthropic-messages' } },
  })
  const refused = await chat(narrowed.url, 'vk_wrong')
  expect(refused).toMatchObject({ status: 502, json: { error: { code: 'upstream_credentials_rejected' } } })
  expect(refused.json.error.message).toContain('anthropic-messages')
  await narrowed.close()
  const account = '{ id: wrong, provider: gemini, api_key: sk-wrong, dialect: anthropic-messages }'
  const files = { 'config.yaml': `upstream_accounts: [${account}]\n` }
  const { problems } = await failedStart(files, { LLM_GATEWAY_CONFIG: 'config.yaml' })
  expect(problems).toMatchObject([{ path: 'upstream_accounts wrong' }])
})

test('§1 unknown provider: 400 unknown_provider for requests with that key', async () => {
  gateway.simulator.clear()
  const refused = await chat(gateway.url, 'vk_with_unknown')
  expect(refused).toMatchObject({ status: 400, json: { error: { code: 'unknown_provider' } } })
  expect(refused.json.error.message).toContain('opanai')
  expect(gateway.simulator.received).toEqual([])
})

test('§1 the file is watched: a key that appears works, one that goes is unknown', async () => {
  const watched = await startGateway({
    keys: { vk_before: { provider: 'openai', api_key: 'sk-1', base_url: '{simulator}' } },
  })
  const entry = { provider: 'openai', api_key: 'sk-2', base_url: watched.simulator.url }
  await writeFile(
    join(watched.folder, 'keys.json'),
    JSON.stringify({ virtual_keys: { vk_after: entry } }),
    'utf8',
  )
  await until(async () => (await chat(watched.url, 'vk_after')).status === 200)
  expect((await chat(watched.url, 'vk_before')).status).toBe(401)
  await watched.close()
})

test('§1 keys.json is git-ignored, keys.example.json is the template', async () => {
  expect((await readFile(join(ROOT, '.gitignore'), 'utf8')).split('\n')).toContain('keys.json')
  const template = JSON.parse(await readFile(join(ROOT, 'keys.example.json'), 'utf8'))
  const { vk_user1_openai, vk_user2_anthropic, vk_user3_deepseek } = KEYS
  expect(template).toEqual({ virtual_keys: { vk_user1_openai, vk_user2_anthropic, vk_user3_deepseek } })
})

test('§1 errors: a file that was named but is missing keeps the gateway from starting', async () => {
  const { message } = await failedStart({}, { KEYS_FILE_PATH: 'nowhere.json' })
  expect(message).toContain('nowhere.json')
  expect(message).toContain('KEYS_FILE_PATH')
})

test('§1 errors: a file that is not JSON keeps the gateway from starting, with line and column', async () => {
  const text = '{ "virtual_keys": {\n  "vk_secret_name": { "provider": "openai", "api_key": "sk-x", }\n} }'
  const { message, problems } = await failedStart({ 'keys.json': text })
  expect(problems).toMatchObject([{ line: 2, column: 64 }])
  expect(message).toContain('keys.json:2:64')
  expect(message).not.toContain('vk_secret_name')
})

test.each(['{}', '{"virtual_keys":{}}', '[]', ''])(
  '§1 errors: a file that holds no key keeps the gateway from starting: %s',
  async (text) => {
    const { message } = await failedStart({ 'keys.json': text })
    expect(message).toContain('keys.json')
  },
)

let warned: GatewayProcess

beforeAll(async () => {
  const entry = { provider: 'opanai', api_key: 'sk-unknown' }
  const unplaced = { provider: 'azure', api_key: 'sk-unplaced' }
  const narrow = { provider: 'gemini', api_key: 'sk-narrow', dialect: 'anthropic-messages' }
  const keys = { vk_typo: entry, vk_unplaced: unplaced, vk_narrow: narrow }
  const files = { 'keys.json': JSON.stringify({ virtual_keys: keys }) }
  warned = await startGatewayProcess({ files, mode: 0o644 })
})

afterAll(() => warned.close())

test('§1 errors: an unknown provider is a warning at start', async () => {
  const line = await until(() =>
    warned
      .stderr()
      .split('\n')
      .find((text) => text.includes('opanai')),
  )
  expect(JSON.parse(line)).toMatchObject({ level: 'warn' })
  expect(line).toContain('openai')
})

test.each(['Azure', 'anthropic-messages'])(
  '§1 errors: an account that no request can use is a warning at start: %s',
  async (text) => {
    const lines = () => warned.stderr().split('\n')
    const line = await until(() =>
      lines().find((one) => one.includes('cannot be used') && one.includes(text)),
    )
    expect(JSON.parse(line)).toMatchObject({ level: 'warn' })
  },
)

test('§1 errors: a file readable by others than its owner is a warning', async () => {
  const line = await until(() =>
    warned
      .stderr()
      .split('\n')
      .find((text) => text.includes('readable by others')),
  )
  expect(JSON.parse(line)).toMatchObject({ level: 'warn' })
  expect(line).toContain('keys.json')
})
