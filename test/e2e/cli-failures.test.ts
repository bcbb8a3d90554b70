import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { run } from '../support/cli.ts'
import { freePort } from '../support/free-port.ts'

// What a person reads when something is wrong: one line without a stack, and an exit code that scripts can tell apart.

let folder = ''
let environment: Record<string, string> = {}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-gateway-failures-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  environment = { LLM_GATEWAY_HOME: folder }
})

async function call(...args: string[]) {
  const result = await run(args, { environment, workingDirectory: folder, homeDirectory: folder })
  expect(result.stderr).not.toContain('    at ') // no stack
  return result
}

const failed = (code: number, message: RegExp) => ({
  code,
  stdout: '',
  stderr: expect.stringMatching(message),
})

test('what does not exist is named', async () => {
  for (const word of ['apikey', 'upstream', 'team', 'route']) {
    for (const verb of ['show', 'enable', 'disable', 'remove'])
      expect(await call(word, verb, 'nobody')).toMatchObject(failed(1, /"nobody"/))
  }
  expect(await call('apikey', 'edit', 'nobody', '--quota', '5')).toMatchObject(failed(1, /"nobody"/))
  expect(await call('apikey', 'rotate', 'nobody')).toMatchObject(failed(1, /"nobody"/))
  expect(await call('upstream', 'test', 'nobody')).toMatchObject(failed(1, /"nobody"/))
  expect(await call('apikey', 'add', '--name', 'x', '--team', 'nobody')).toMatchObject(failed(1, /"nobody"/))
  expect(await call('apikey', 'add', '--name', 'x', '--account', 'nobody')).toMatchObject(
    failed(1, /"nobody"/),
  )
})

test('a name that is taken is a conflict, and so is a team that is in use', async () => {
  await call('team', 'add', '--name', 'red')
  await call('apikey', 'add', '--name', 'one', '--team', 'red')
  expect(await call('team', 'add', '--name', 'red')).toMatchObject(failed(1, /already/))
  expect(await call('apikey', 'add', '--name', 'one')).toMatchObject(failed(1, /already/))
  expect(await call('team', 'remove', 'red')).toMatchObject(failed(1, /in use/))
})

test('wrong usage names the flag, and the nearest word where there is one', async () => {
  expect(await call('apikey', 'add', '--name', 'x', '--permissions', 'wirte')).toMatchObject(
    failed(2, /--permissions .*"write"/),
  )
  expect(await call('apikey', 'add', '--name', 'x', '--quota', '0')).toMatchObject(failed(2, /--quota/))
  expect(await call('apikey', 'edit', 'x')).toMatchObject(failed(2, /Nothing to change/))
  const add = ['upstream', 'add', '--name', 'x', '--key', '']
  expect(await call(...add, '--provider', 'antropic')).toMatchObject(failed(2, /"anthropic"/))
  expect(await call(...add, '--provider', 'openai', '--base-url', 'nowhere')).toMatchObject(
    failed(2, /--base-url/),
  )
  expect(await call(...add, '--provider', 'openai', '--type', 'magic')).toMatchObject(failed(2, /--type/))
  expect(await call('route', 'add', '--source-model', 'a*b')).toMatchObject(failed(2, /^--source-model/))
})

test('what a file declares is changed there', async () => {
  await writeFile(
    join(folder, 'config.yaml'),
    'upstream_accounts:\n  - { id: declared, provider: openai, api_key: sk-of-the-file }\n',
    { mode: 0o600 },
  )
  expect(await call('upstream', 'remove', 'declared')).toMatchObject(failed(1, /file/))
  expect(await call('upstream', 'edit', 'declared', '--weight', '2')).toMatchObject(failed(1, /file/))
  const shown = await call('upstream', 'show', 'declared')
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('read_only') })
  expect(shown.stdout).not.toContain('sk-of-the-file')
})

test('a config file that is not valid stops a command with file and line', async () => {
  await writeFile(join(folder, 'config.yaml'), 'server:\n  prot: 1\n')
  expect(await call('apikey', 'list')).toMatchObject(failed(1, /config\.yaml:2:3/))
})

test.each([
  ['azure-openai', /Azure OpenAI needs the base_url of your resource/],
  ['bedrock', /Amazon Bedrock needs a region/],
])('an account at %s that is nowhere is told what it lacks', async (provider, problem) => {
  await call('upstream', 'add', '--provider', provider, '--name', 'one', '--key', 'sk-upstream-of-the-test')
  expect(await call('upstream', 'test', 'one')).toMatchObject(failed(1, problem))
})

test('a locked vault leaves keys and routes usable, and names the key that is missing', async () => {
  await call('upstream', 'add', '--provider', 'openai', '--name', 'one', '--key', 'sk-upstream-of-the-test')
  await rm(join(folder, 'master.key'))
  expect(await call('upstream', 'add', '--provider', 'openai', '--name', 'two', '--key', 'x')).toMatchObject(
    failed(1, /master key/),
  )
  expect(await call('upstream', 'test', 'one')).toMatchObject(failed(1, /master key/))
  expect(await call('config', 'export', '--reveal')).toMatchObject(failed(1, /master key/))
  const vault = await call('vault', 'status', '--json')
  expect({ code: vault.code, value: JSON.parse(vault.stdout) }).toMatchObject({
    code: 1,
    value: { state: 'locked' },
  })
  const store = await call('store', 'check', '--json')
  expect({ code: store.code, value: JSON.parse(store.stdout) }).toMatchObject({
    code: 1,
    value: { ok: false, problems: [expect.stringContaining('No master key at hand opens')] },
  })
  expect((await call('store', 'check')).stdout).not.toContain('Everything can be read')
  expect((await call('apikey', 'add', '--name', 'key')).code).toBe(0)
  expect((await call('upstream', 'list')).code).toBe(0)
  await writeFile(join(folder, 'master.key'), 'no key', { mode: 0o600 })
  expect(await call('upstream', 'test', 'one')).toMatchObject(failed(1, /does not hold a master key/))
})

test('what is sealed anew is counted in words', async () => {
  const add = ['upstream', 'add', '--provider', 'openai', '--key', 'sk-upstream-of-the-test']
  await call(...add, '--name', 'one')
  expect((await call('vault', 'rotate')).stdout).toContain('1 record was sealed anew')
  await call(...add, '--name', 'two')
  expect((await call('vault', 'rotate')).stdout).toContain('2 records were sealed anew')
})

test('a list says which keys have expired; what is stored of them stays', async () => {
  await call('apikey', 'add', '--name', 'old', '--expires', '2020-01-01')
  await call('apikey', 'add', '--name', 'older', '--expires', '2020-01-01', '--disabled')
  await call('apikey', 'add', '--name', 'new', '--expires', '30d')
  const { stdout } = await call('apikey', 'list')
  for (const row of [/old .*expired/, /older .*disabled/, /new .*active/]) expect(stdout).toMatch(row)
  expect(JSON.parse((await call('apikey', 'show', 'old', '--json')).stdout)).toMatchObject({
    status: 'active',
  })
})

test('a database that does not answer is said to be so, without its address', async () => {
  environment.DATABASE_URL = `postgres://user:hunter2@127.0.0.1:${await freePort()}/x`
  const result = await call('apikey', 'list')
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 1, stdout: '' })
  expect(result.stderr).toMatch(/database/)
  expect(result.stderr).not.toContain('hunter2')
})

test('a folder that cannot be written is named', async () => {
  await writeFile(join(folder, 'file'), '')
  environment.LLM_GATEWAY_HOME = join(folder, 'file', 'home')
  expect(await call('init')).toMatchObject(failed(1, /Cannot write/))
  expect(await call('env', 'set', '--no-proxy=x')).toMatchObject(failed(1, /Cannot write/))
})

test('a store that nobody made is not checked', async () => {
  expect(await call('store', 'check')).toMatchObject(failed(1, /no database/))
  expect(await call('store', 'copy', '--to', 'mysql://x')).toMatchObject(failed(1, /no database/))
  await call('store', 'migrate')
  expect(await call('store', 'copy', '--to', 'mysql://x')).toMatchObject(failed(2, /--to/))
  await call('store', 'backup', 'one.db')
  expect(await call('store', 'backup', 'one.db')).toMatchObject(failed(1, /exists/))
})
