import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../support/cli.ts'

const CREDENTIALS = [
  'sk-upstream-credential-one-0123456789',
  'sk-upstream-credential-two-0123456789',
  'header-secret-0123456789',
]

test('no credential and no virtual key stands in database, WAL, backup, export, audit log or output', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-strings-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const home = join(folder, 'home')
  const [one = '', two = '', header = ''] = CREDENTIALS
  await writeFile(join(folder, 'two.txt'), `${two}\n`)
  let printed = ''
  const call = async (args: readonly string[], input = '') => {
    const result = await run(args, {
      environment: { LLM_GATEWAY_HOME: home },
      workingDirectory: folder,
      homeDirectory: folder,
      input,
    })
    expect({ args, code: result.code, stderr: result.stderr }).toMatchObject({ args, code: 0 })
    return result
  }
  const quietly = async (args: readonly string[], input?: string) => {
    const { stdout, stderr } = await call(args, input)
    printed += stdout + stderr
    return stdout
  }

  const add = ['upstream', 'add', '--provider', 'openai']
  await quietly([...add, '--name', 'a', '--key-stdin', '--header', `X-Secret: ${header}`], `${one}\n`)
  await quietly([...add, '--name', 'b', '--key-file', 'two.txt'])
  const keys: string[] = []
  keys.push((await call(['apikey', 'add', '--name', 'k', '--quiet'])).stdout.trim())
  keys.push((await call(['apikey', 'rotate', 'k', '--grace', '1h', '--quiet'])).stdout.trim())
  const token = (await call(['admin', 'token', '--rotate', '--quiet'])).stdout.trim()
  await quietly(['upstream', 'edit', 'a', '--weight', '3'])
  await quietly(['vault', 'rotate'])
  await quietly(['upstream', 'show', 'a'])
  await quietly(['upstream', 'list', '--json'])
  await quietly(['audit', 'list', '--json'])
  await quietly(['config', 'export'])
  await quietly(['store', 'backup', join(home, 'backup.db')])

  const secrets = [...CREDENTIALS, ...keys, token]
  expect(secrets.every((secret) => secret.length > 20)).toBe(true)
  for (const secret of secrets) expect(printed).not.toContain(secret)
  for (const name of await readdir(home)) {
    const bytes = await readFile(join(home, name))
    for (const secret of secrets)
      expect({ name, found: bytes.includes(secret) }).toEqual({ name, found: false })
  }
  for (const name of ['gateway.db', 'backup.db', 'master.key', 'config.yaml'])
    expect({ name, mode: (await stat(join(home, name))).mode & 0o077 }).toEqual({ name, mode: 0 })
  const revealed = (await call(['config', 'export', '--reveal'])).stdout
  for (const credential of CREDENTIALS) expect(revealed).toContain(credential)
})

test('what is exported with --reveal can be declared in a config file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-export-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const at = (home: string) => ({
    environment: { LLM_GATEWAY_HOME: join(folder, home) },
    workingDirectory: folder,
    homeDirectory: folder,
  })
  const call = (line: string, home = 'one') => run(line.split(' '), at(home))
  await call('upstream add --provider openai --name a --key sk-upstream-of-the-test --weight 2')
  await call(
    'upstream add --provider bedrock --name b --region us-east-1 --access-key-id AKIA --key aws-secret-of-the-test',
  )
  await call('apikey add --name k --account a --models gpt-* --strict')
  await call('route add --source-model fast --target-model gpt-5 --target-provider a')
  const { stdout } = await call('config export --reveal')
  await call('init', 'two')
  await writeFile(join(folder, 'two', 'config.yaml'), stdout, { mode: 0o600 })
  expect(await call('config check', 'two')).toMatchObject({ code: 0, stderr: '' })
  const shown = async (home: string, word: string) => {
    const { items } = JSON.parse((await call(`${word} list --json`, home)).stdout) as { items: object[] }
    const own = { source: '', read_only: '', created_at: '', updated_at: '', version: '', secret_hint: '' }
    return items
      .map((item) => ({ ...item, ...own, credential_hint: '', settings: '', last_used_at: '' }))
      .toSorted((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)))
  }
  for (const word of ['apikey', 'upstream', 'route'])
    expect(await shown('two', word)).toEqual(await shown('one', word))
  await call('apikey edit k --expires 30d')
  await writeFile(join(folder, 'two', 'config.yaml'), (await call('config export --reveal')).stdout)
  // a limit that a config file cannot hold is an error there, and not left out
  expect(await call('config check', 'two')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expires_at'),
  })
})
