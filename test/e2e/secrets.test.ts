import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { maskConfig } from '../../src/config/mask.ts'
import { sha256Hex } from '../../src/config/secrets.ts'
import { CREDENTIAL_VARIABLES } from '../../src/providers/index.ts'
import { bearer, chatBody, send } from '../support/client.ts'
import { ECHOES, startEchoingUpstream } from '../support/echoing-upstream.ts'
import { failedStart } from '../support/failed-start.ts'
import { freePort } from '../support/free-port.ts'
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts'
import type { ScriptedUpstream } from '../support/scripted-upstream.ts'
import { until } from '../support/until.ts'

const SECRETS = {
  openai: 'sk-openai-QUIET-SECRET-one',
  anthropic: 'an-odd-"anthropic"/secret+two==',
  gemini: 'AIza-QUIET-secret-three',
  environment: 'sk-environment-QUIET-four',
  declared: 'sk-declared-QUIET-five',
  dead: 'sk-dead-QUIET-six',
  virtualKey: 'vk_openai-is-a-QUIET-key',
  otherKey: 'vk_anthropic-is-a-QUIET-key',
  geminiKey: 'vk_gemini-is-a-QUIET-key',
  deadKey: 'vk_dead-is-a-QUIET-key',
  gatewayKey: 'gw-declared-QUIET-key',
  unknownKey: 'vk_unknown-QUIET-key-of-somebody',
  proxyPassword: 'proxy-QUIET-password',
}

let upstream: ScriptedUpstream
let gateway: GatewayProcess
let files: Record<string, string>
const answers: string[] = []

beforeAll(async () => {
  upstream = await startEchoingUpstream()
  const account = (provider: string, api_key: string, base_url = upstream.url) => ({
    provider,
    api_key,
    base_url,
    quota: null,
  })
  const virtual_keys = {
    [SECRETS.virtualKey]: account('openai', SECRETS.openai),
    [SECRETS.otherKey]: account('anthropic', SECRETS.anthropic),
    [SECRETS.geminiKey]: account('gemini', SECRETS.gemini),
    [SECRETS.deadKey]: account('deepseek', SECRETS.dead, `http://127.0.0.1:${await freePort()}`),
  }
  const yaml = `
gateway_keys:
  - { id: declared, name: declared, key_hash: ${sha256Hex(SECRETS.gatewayKey)} }
upstream_accounts:
  - { id: far, provider: far-away, api_key: ${SECRETS.declared}, base_url: "http://far.test/v1", models: [far] }
`
  files = { 'keys.json': JSON.stringify({ virtual_keys }), 'config.yaml': yaml }
  gateway = await startGatewayProcess({
    files,
    environment: {
      OPENAI_API_KEY: SECRETS.environment,
      HTTP_PROXY: `http://operator:${SECRETS.proxyPassword}@127.0.0.1:${await freePort()}`,
      LOG_TO_FILE: 'true',
    },
    flags: {
      'logging.level': 'trace',
      'logging.capture': 'all',
      'health.interval': '100ms',
      'metrics.key_labels': true,
      'proxy.request_timeout': '2s',
    },
  })
  await makeTrouble()
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

/** Every echo through every dialect, streamed and not, and all else that can go wrong. What clients saw is kept. */
async function makeTrouble(): Promise<void> {
  for (const model of Object.keys(ECHOES))
    await Promise.all(requestsFor(model).map(([path, request]) => ask(path, request)))
  await ask('/v1/chat/completions', { headers: bearer(SECRETS.deadKey), body: chatBody('m') })
  await ask('/v1/chat/completions', { headers: bearer(SECRETS.gatewayKey), body: chatBody('far') })
  await ask('/v1/models', { headers: bearer(SECRETS.gatewayKey) })
  await ask('/v1/models', { headers: bearer(SECRETS.virtualKey) })
  await ask('/v1/models', { headers: bearer(SECRETS.deadKey) })
  await ask('/v1/chat/completions', { headers: bearer(SECRETS.unknownKey), body: chatBody('m') })
  await ask('/completions/chat', { headers: { authorization: SECRETS.unknownKey }, body: chatBody('m') })
  await ask(`/v1/chat/completions?key=${SECRETS.unknownKey}`, { body: chatBody('m') })
  await ask(`/nowhere?key=${SECRETS.virtualKey}`, {})
  await ask(`/v1/messages?key=${SECRETS.otherKey}`, { body: '{' })
  await ask(`/openai/v1/files?key=${SECRETS.virtualKey}`, {})
}

function requestsFor(model: string): [path: string, request: Parameters<typeof send>[1]][] {
  const headers = bearer(SECRETS.virtualKey)
  const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
  const gemini = (method: string) =>
    [`/v1beta/models/${model}:${method}`, { headers: bearer(SECRETS.geminiKey), body: { contents } }] as [
      string,
      object,
    ]
  const modes = [false, true].flatMap((stream): [string, object][] => [
    ['/v1/chat/completions', { headers, body: chatBody(model, { stream }) }],
    ['/v1/completions', { headers, body: { model, prompt: 'hi', stream } }],
    ['/v1/responses', { headers, body: { model, input: 'hi', stream } }],
    ['/v1/messages', { headers: bearer(SECRETS.otherKey), body: chatBody(model, { stream, max_tokens: 9 }) }],
  ])
  return [
    ...modes,
    gemini('generateContent'),
    gemini('streamGenerateContent?alt=sse'),
    ['/v1/embeddings', { headers, body: { model, input: 'hi' } }],
    ['/openai/v1/anything', { headers, body: { model } }],
  ]
}

async function ask(path: string, request: Parameters<typeof send>[1]): Promise<void> {
  const [place = ''] = path.split('?')
  try {
    const { status, headers, text } = await send(gateway.url + path, request)
    answers.push(`${place} ${status} ${JSON.stringify([...headers])} ${text}`)
  } catch {
    answers.push(`${place}: the connection broke`)
  }
}

/** Which secrets stand in a text, in whatever spelling, and around what. */
function secretsIn(text: string): string[] {
  return Object.entries(SECRETS).flatMap(([name, secret]) => {
    const spellings = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]
    const spelling = spellings.find((each) => text.includes(each))
    if (spelling === undefined) return []
    const at = text.indexOf(spelling)
    return [`${name}: …${text.slice(Math.max(0, at - 200), at + spelling.length + 50)}…`]
  })
}

function expectNoSecret(text: string): void {
  expect(secretsIn(text)).toEqual([])
}

test('the upstream was given its credentials, and showed them', () => {
  expect(upstream.received.length).toBeGreaterThan(300)
  const seen = JSON.stringify(upstream.received.map(({ headers }) => headers))
  expect(secretsIn(seen).map((found) => found.split(':')[0])).toEqual(['openai', 'anthropic', 'gemini'])
})

test('virtual keys never reach an upstream', () => {
  const seen = upstream.received.map(
    ({ rawHeaders, path, body }) => `${rawHeaders.join(' ')} ${path} ${body.toString()}`,
  )
  expect(seen.join('\n')).not.toContain('vk_')
})

test('no answer to a client has a secret in it, neither body nor headers', () => {
  expect(answers.length).toBeGreaterThan(300)
  const leaking = answers.flatMap((answer) => secretsIn(answer))
  expect(leaking).toEqual([])
})

test('nor have health and metrics, in any form', async () => {
  const paths = ['/health', '/health?view=list', '/health/ready', '/metrics', '/metrics?format=prometheus']
  for (const path of [...paths, '/metrics?format=openmetrics'])
    expectNoSecret((await send(gateway.url + path)).text)
})

test('nor has the interaction log, on stdout and in its file', async () => {
  await until(() => gateway.stdout().split('\n').length > answers.length)
  expectNoSecret(gateway.stdout())
  expectNoSecret(await readFile(join(gateway.folder, 'gateway.1.log'), 'utf8'))
})

test('nor has the log of operations, also where a changed configuration is refused', async () => {
  const broken = [
    files['keys.json']?.replace('"provider"', 'provider') ?? '',
    files['keys.json']?.replace('"api_key"', '"apikey"') ?? '',
    files['keys.json']?.replace('{"provider"', '{"provider":"x","provider"') ?? '',
  ]
  for (const [index, text] of broken.entries()) {
    await writeFile(join(gateway.folder, 'keys.json'), text)
    await until(() => gateway.stderr().split('not valid; the one in force').length > index + 1)
  }
  expect(gateway.stderr()).toContain('upstream call failed')
  expectNoSecret(gateway.stderr())
})

test('nor has what keeps a gateway from starting', async () => {
  const { virtual_keys } = JSON.parse(files['keys.json'] ?? '')
  const entry = (more: object) => ({ virtual_keys: { [SECRETS.virtualKey]: { ...more } } })
  const texts = [
    files['keys.json']?.slice(0, 150) ?? '',
    JSON.stringify(entry({ api_key: SECRETS.openai })),
    JSON.stringify(
      entry({ provider: 'openai', api_key: SECRETS.openai, base_url: `https://u:${SECRETS.dead}@h` }),
    ),
    JSON.stringify(entry({ provider: 'openai', api_key: { [SECRETS.openai]: 1 } })),
    JSON.stringify({ virtual_keys: { [`${SECRETS.virtualKey} `]: Object.values(virtual_keys)[0] } }),
  ]
  for (const text of texts) expectNoSecret((await failedStart({ 'keys.json': text })).message)
  const yamls = [
    `upstream_accounts: [{ id: a, provider: openai, api_key: ${SECRETS.declared}, bad: x }]`,
    `upstream_accounts: [{ id: a, provider: openai, api_key: "${SECRETS.declared} ]`,
    `upstream_accounts: [{ id: a, provider: openai, api_key: [${SECRETS.declared}] }]`,
    `environment: { http_proxy: "ftp://u:${SECRETS.proxyPassword}@h" }`,
    `gateway_keys: [{ id: a, key_hash: ${SECRETS.gatewayKey} }]`,
  ]
  for (const text of yamls) expectNoSecret((await failedStart({ 'config.yaml': text })).message)
  const environment = { GEMINI_API_KEY: SECRETS.gemini, GOOGLE_API_KEY: SECRETS.environment }
  expectNoSecret((await failedStart({}, environment)).message)
})

test('nor has the configuration as it is shown', async () => {
  await writeFile(join(gateway.folder, 'keys.json'), files['keys.json'] ?? '')
  const config = await loadConfig({
    environment: {
      LLM_GATEWAY_HOME: gateway.folder,
      OPENAI_API_KEY: SECRETS.environment,
      HTTPS_PROXY: `http://operator:${SECRETS.proxyPassword}@proxy.test`,
    },
    flags: {},
    workingDirectory: gateway.folder,
    homeDirectory: gateway.folder,
    providerVariables: CREDENTIAL_VARIABLES,
  })
  expect(secretsIn(JSON.stringify(config))).not.toEqual([])
  expectNoSecret(JSON.stringify(maskConfig(config)))
})
