import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Launched, launch, launchGateway, runToEnd } from '../support/cli-process.ts'
import { until } from '../support/until.ts'

async function makeFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content, { mode: 0o600 })
  return folder
}

/** Whatever becomes of the test, its gateway ends. */
function ending<Process extends Launched>(process: Process): Process {
  onTestFinished(async () => {
    process.kill('SIGKILL')
    await process.ended
  })
  return process
}

/** The request of a printed `curl` line. */
async function runCurl(line: string): Promise<Response> {
  const [url = ''] = /https?:\/\/\S+/.exec(line) ?? []
  const headers = [...line.matchAll(/-H ["']([^:]+): ([^"']+)["']/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
  const body = /-d '(.*)'/.exec(line)?.[1] ?? ''
  return await fetch(url, { method: 'POST', headers: Object.fromEntries(headers), body })
}

const curlIn = (banner: string) => /curl .*/.exec(banner)?.[0] ?? ''

describe('a gateway with nothing configured', () => {
  let folder = ''
  let gateway: Awaited<ReturnType<typeof launchGateway>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'llm-gateway-cli-'))
    gateway = await launchGateway(folder)
  })

  afterAll(async () => {
    gateway.kill('SIGKILL')
    await gateway.ended
    await rm(folder, { recursive: true, force: true })
  })

  const runHere = (...args: string[]) => runToEnd(folder, args)

  test('answers the request that it prints, and logs it alone on stdout', async () => {
    const response = await runCurl(curlIn(gateway.stderr()))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ object: 'chat.completion', model: 'simulated' })
    await until(() => gateway.stdout().includes('\n'))
    expect(JSON.parse(gateway.stdout())).toMatchObject({ virtual_key: 'vk_demo', status: 200 })
  })

  test('is found and described by other commands', async () => {
    const [status, serverStatus, health] = await Promise.all([
      runHere('status'),
      runHere('server', 'status', '--json'),
      runHere('health', '--json'),
    ])
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining(gateway.url) })
    expect(JSON.parse(serverStatus.stdout)).toMatchObject({
      running: true,
      pid: gateway.pid,
      url: gateway.url,
    })
    expect(JSON.parse(health.stdout)).toMatchObject({ providers: { simulated: { healthy: true } } })
  })

  test('is asked by chat without a key or a model', async () => {
    const [answered, cut, refused] = await Promise.all([
      runHere('chat', 'hello'),
      runHere('chat', '--model', 'simulated-cut', 'hello'),
      runHere('chat', '--key', 'vk_wrong', 'hello'),
    ])
    expect(answered).toMatchObject({ code: 0, stderr: '' })
    expect(answered.stdout).toContain('Simulated answer to: hello')
    expect(cut).toMatchObject({ code: 1, stderr: expect.not.stringContaining('    at ') })
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--key') })
  })

  test('keeps its port against a second one, which says what to do', async () => {
    const { port } = new URL(gateway.url)
    const { code, stderr } = await runHere('server', 'start', '--port', port)
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^Port ${port} .*--port.*\n$`))
  })

  test('ends with server stop, and then is not running', async () => {
    expect(await runHere('server', 'stop')).toMatchObject({ code: 0, stderr: '' })
    expect(await gateway.ended).toBe(0)
    expect(existsSync(join(folder, 'home/llm-gateway.pid'))).toBe(false)
    const [stop, status, health, chat] = await Promise.all([
      runHere('server', 'stop'),
      runHere('server', 'status'),
      runHere('health', '--url', gateway.url),
      runHere('chat', '--url', gateway.url, 'hello'),
    ])
    expect([stop.code, status.code, health.code, chat.code]).toEqual([1, 1, 1, 1])
    expect(chat.stderr).toMatch(/^No gateway answers at .* \(ECONNREFUSED\)/)
  })
})

/** A provider's key in the environment, and a provider that is nowhere: no test calls the real one. */
const PROVIDER_KEY = { OPENAI_API_KEY: 'sk-provider-0123456789abcdef', AISERVICES_FILE: 'aiservices.json' }
const NOWHERE = { 'aiservices.json': '{"openai":"http://127.0.0.1:9/v1/chat/completions"}' }

test('a provider key alone gets a local key, shown once and kept', async () => {
  const folder = await makeFolder(NOWHERE)
  const first = ending(await launchGateway(folder, PROVIDER_KEY))
  const file = join(folder, 'home/local-key')
  const secret = (await readFile(file, 'utf8')).trim()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(first.stderr()).toContain(secret)
  first.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  const second = ending(await launchGateway(folder, PROVIDER_KEY))
  const refused = await fetch(`${second.url}/v1/files?key=${secret}x`)
  expect(refused.status).toBe(401)
  const known = await fetch(`${second.url}/v1/chat/completions?key=${secret}`, { method: 'POST', body: '{' })
  expect(known.status).toBe(400)
  second.kill('SIGINT')
  expect(await second.ended).toBe(0)
  expect(second.stderr()).toContain(file)
  expect(second.stdout() + second.stderr()).not.toContain(secret)
  expect(first.stderr() + second.stderr()).not.toContain(PROVIDER_KEY.OPENAI_API_KEY)
})

test('the demo goes as soon as there are keys', async () => {
  const folder = await makeFolder()
  const gateway = ending(await launchGateway(folder))
  const keys = {
    virtual_keys: { vk_mine: { provider: 'openai', api_key: 'sk-real', base_url: 'http://127.0.0.1:9' } },
  }
  await writeFile(join(folder, 'keys.json'), JSON.stringify(keys), { mode: 0o600 })
  const statusWith = async (key: string) =>
    (await fetch(`${gateway.url}/v1/chat/completions?key=${key}`, { method: 'POST', body: '{' })).status
  await until(async () => (await statusWith('vk_demo')) === 401)
  expect(await statusWith('vk_mine')).toBe(400)
})

test('in the background it answers before the command returns, and its log holds no local key', async () => {
  const folder = await makeFolder(NOWHERE)
  const started = await runToEnd(folder, ['server', 'start', '--detach', '--port', '0'], PROVIDER_KEY)
  onTestFinished(async () => void (await runToEnd(folder, ['server', 'stop'])))
  expect(started.code).toBe(0)
  expect((await fetch(`${started.stdout.trim()}/health/live`)).status).toBe(200)
  const secret = (await readFile(join(folder, 'home/local-key'), 'utf8')).trim()
  expect(await readFile(join(folder, 'home/gateway.log'), 'utf8')).not.toContain(secret)
})

test('in the background, what stops it from starting is told', async () => {
  const folder = await makeFolder()
  const { code, stderr } = await runToEnd(folder, [
    'server',
    'start',
    '-d',
    '--host',
    '0.0.0.0',
    '--port',
    '0',
  ])
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('Refusing to listen') })
})

test('nobody listens beyond this machine with the demo key alone', async () => {
  const folder = await makeFolder()
  const { code, stderr } = await runToEnd(folder, ['server', 'start', '--host', '0.0.0.0', '--port', '0'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^Refusing to listen on 0\.0\.0\.0/)
})

describe('config', () => {
  const SECRETS = [
    'sk-ant-of-the-file',
    'sk-of-the-environment',
    'vk_of_the_keys_file',
    'sk-of-the-keys-file',
    'hunter2',
  ]
  const FILES = {
    'good.yaml': `server:\n  port: 3847\nupstream_accounts:\n  - { id: one, provider: anthropic, api_key: ${SECRETS[0]} }\n`,
    'bad.yaml': 'server:\n  prot: 3847\nquota:\n  limit: many\n',
    'keys.json': JSON.stringify({
      virtual_keys: { vk_of_the_keys_file: { provider: 'openai', api_key: SECRETS[3] } },
    }),
  }
  const ENVIRONMENT = {
    OPENAI_API_KEY: 'sk-of-the-environment',
    HTTPS_PROXY: 'http://me:hunter2@127.0.0.1:9',
  }

  test('check tells what is wrong by file and line', async () => {
    const folder = await makeFolder(FILES)
    const [good, bad, value] = await Promise.all([
      runToEnd(folder, ['config', 'check', '--config', 'good.yaml']),
      runToEnd(folder, ['config', 'check', '--config', 'bad.yaml']),
      runToEnd(folder, ['config', 'check', '--config', 'bad.yaml', '--json']),
    ])
    expect(good).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/valid[\s\S]*good\.yaml[\s\S]*keys\.json/),
    })
    expect(bad).toMatchObject({ code: 1, stdout: '' })
    expect(bad.stderr).toMatch(/bad\.yaml:2:3 server\.prot: .*"port"[\s\S]*bad\.yaml:4:3 quota\.limit:/)
    expect(JSON.parse(value.stdout)).toMatchObject({ valid: false, problems: [{ line: 2 }, { line: 4 }] })
  })

  test('show has every setting and who made it, and no secret', async () => {
    const folder = await makeFolder(FILES)
    const [yaml, json] = await Promise.all([
      runToEnd(folder, ['config', 'show', '--config', 'good.yaml'], ENVIRONMENT),
      runToEnd(folder, ['config', 'show', '--config', 'good.yaml', '--json'], ENVIRONMENT),
    ])
    expect(yaml.stdout).toMatch(/port: 3847\n[\s\S]*origins:\n[\s\S]*server\.port: .*good\.yaml:2\n/)
    expect(JSON.parse(json.stdout)).toMatchObject({
      server: { port: 3847 },
      accounts: [{ id: 'one', apiKey: '***' }, {}, {}],
    })
    for (const secret of SECRETS) expect(yaml.stdout + yaml.stderr + json.stdout).not.toContain(secret)
  })
})

test('simulate runs the provider alone and lists its models', async () => {
  const simulator = ending(launch(await makeFolder(), ['simulate', '--json']))
  await until(() => simulator.stdout().endsWith('}\n'))
  const { url, models }: { url: string; models: object } = JSON.parse(simulator.stdout())
  expect(Object.keys(models)).toContain('simulated-error-429')
  const listed = await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer any' } })
  expect(await listed.text()).toContain('simulated-error-429')
  simulator.kill('SIGINT')
  expect(await simulator.ended).toBe(0)
})
