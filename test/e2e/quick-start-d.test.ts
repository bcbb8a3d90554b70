import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { type Launched, launch, runToEnd } from '../support/cli-process.ts'
import { until } from '../support/until.ts'

// The quick start of those who come from a gateway with `~/.llm-gateway/config.yaml`, command by command, each in a process of its own.

const PROVIDER_KEY = 'sk-ant-of-the-quick-start-0123456789'

let folder = ''
let simulator: Simulator
let gateway: (Launched & { url: string }) | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-gateway-quick-'))
  simulator = await startSimulator()
})

afterAll(async () => {
  gateway?.kill('SIGKILL')
  await gateway?.ended
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
})

const here = (...args: string[]) => runToEnd(folder, args)

async function startServer(): Promise<Launched & { url: string }> {
  const started = launch(folder, ['server', 'start', '--port', '0'])
  const url = await until(() => /is listening on (\S+)\n/.exec(started.stderr())?.[1])
  return { ...started, url }
}

async function ask(url: string, key: string): Promise<Response> {
  return await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'Hello' }] }),
  })
}

test('init, add an account, add a key, start, and ask an Anthropic account in OpenAI’s format', async () => {
  const init = await here('init')
  expect(init).toMatchObject({ code: 0, stdout: expect.stringContaining(join(folder, 'home/config.yaml')) })
  expect(await readFile(join(folder, 'home/config.yaml'), 'utf8')).toMatch(/^# LLM Gateway/)

  const account = await here(
    'upstream',
    'add',
    '--type=api-key',
    '--provider=anthropic',
    '--name=production-anthropic',
    `--key=${PROVIDER_KEY}`,
    `--base-url=${simulator.url}`,
  )
  expect(account).toMatchObject({ code: 0, stdout: expect.stringContaining('"production-anthropic"') })
  expect(account.stdout + account.stderr).not.toContain(PROVIDER_KEY)

  const added = await here('apikey', 'add', '--name=team-api', '--permissions=read,write')
  expect(added.code).toBe(0)
  const [key = ''] = /sk-gw-\S+/.exec(added.stdout) ?? []
  expect(key).not.toBe('')

  gateway = await startServer()
  const answer = await ask(gateway.url, key)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant' } }],
  })
  expect(simulator.received.at(-1)).toMatchObject({
    path: '/v1/messages',
    headers: { 'x-api-key': PROVIDER_KEY },
  })
  expect((await ask(gateway.url, `${key}x`)).status).toBe(401)
})

test('then look at everything, while it runs', async () => {
  const [keys, accounts, status, health, tested] = await Promise.all([
    here('apikey', 'list'),
    here('upstream', 'list'),
    here('status'),
    here('health'),
    here('upstream', 'test', 'production-anthropic'),
  ])
  expect(keys).toMatchObject({ code: 0, stdout: expect.stringContaining('team-api') })
  expect(accounts).toMatchObject({ code: 0, stdout: expect.stringContaining('production-anthropic') })
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining(gateway?.url ?? '?') })
  expect(health.code).toBe(0)
  expect(tested).toMatchObject({ code: 0, stdout: expect.stringContaining('It works.') })
  for (const { stdout, stderr } of [keys, accounts, status, health, tested])
    expect(stdout + stderr).not.toContain(PROVIDER_KEY)
})

test('and a key that is disabled on the command line is refused by the gateway that runs', async () => {
  const added = await here('apikey', 'add', '--name=second', '--quiet')
  const key = added.stdout.trim()
  const url = gateway?.url ?? ''
  await until(async () => (await ask(url, key)).status === 200)
  expect((await here('apikey', 'disable', 'second')).code).toBe(0)
  await until(async () => (await ask(url, key)).status === 401)
  expect((await here('apikey', 'remove', 'second')).code).toBe(0)
  expect((await here('server', 'stop')).code).toBe(0)
})
