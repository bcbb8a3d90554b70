import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CONFIG_TEMPLATE } from './config-template.ts'
import { editConfigFile, editYaml } from './edit-file.ts'
import { loadConfig } from './load.ts'

const set = (name: string, value: string | undefined) => ({ section: 'environment', name, value })

test('comments, order, quotes and everything else stay', () => {
  const text = [
    '# ours',
    'server:',
    "  host: '127.0.0.1' # loopback",
    '',
    '# proxies',
    'environment:',
    '  http_proxy: http://old:1 # of the office',
    '  no_proxy: "localhost"',
    'upstream_accounts:',
    '  - { id: one, provider: anthropic, api_key: "${KEY}" }',
    '',
  ].join('\n')
  const next = editYaml('config.yaml', text, [set('http_proxy', 'http://new:2'), set('no_proxy', undefined)])
  expect(next).toBe(text.replace('http://old:1', 'http://new:2').replace('  no_proxy: "localhost"\n', ''))
})

test.each(['', '# a comment alone\n', 'environment:\n', 'environment: {}\n', 'server: { port: 1 }\n'])(
  'an option is put into %j',
  (text) => {
    const next = editYaml('config.yaml', text, [set('https_proxy', 'http://proxy:8080')])
    expect(next).toMatch(/^environment:\n? *\{? ?https_proxy: http:\/\/proxy:8080/m)
    for (const line of text.split('\n').filter((known) => known.startsWith('#'))) expect(next).toContain(line)
  },
)

test('nothing changes where all is as it should be', () => {
  const text = 'environment:   { https_proxy:   "http://p:1" }'
  expect(editYaml('config.yaml', text, [set('https_proxy', 'http://p:1'), set('no_proxy', undefined)])).toBe(
    text,
  )
})

test('what is no YAML is left alone, and told by line', () => {
  expect(() => editYaml('config.yaml', 'server: [', [set('no_proxy', 'x')])).toThrow(/config\.yaml:1/)
})

test('a file is made where there is none, for its owner only, and keeps its mode later', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-edit-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'home', 'config.yaml')
  expect(await editConfigFile(file, [set('no_proxy', 'a,b')])).toBe(true)
  const text = await readFile(file, 'utf8')
  expect(text).toContain(CONFIG_TEMPLATE.trim().split('\n').at(0))
  expect(text).toContain('no_proxy: a,b')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await editConfigFile(file, [set('no_proxy', 'a,b')])).toBe(false)
})

test('the template changes nothing, and what it shows can be used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-template-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const load = async (text: string) => {
    await writeFile(join(folder, 'config.yaml'), text, { mode: 0o600 })
    return await loadConfig({
      environment: { LLM_GATEWAY_HOME: folder, ANTHROPIC_API_KEY: 'sk-ant-of-the-test' },
      flags: {},
      workingDirectory: folder,
      homeDirectory: folder,
      providerVariables: {},
    })
  }
  expect((await load(CONFIG_TEMPLATE)).origins).toEqual((await load('')).origins)
  const shown = CONFIG_TEMPLATE.replace(/^# (?=[a-z_]+:$| {2})/gm, '').replace(
    'key_hash: ""',
    `key_hash: ${'ab'.repeat(32)}`,
  )
  const config = await load(shown)
  expect(config).toMatchObject({
    virtualKeys: [{ name: 'team-api' }],
    accounts: [{ provider: 'anthropic', apiKey: 'sk-ant-of-the-test' }],
    modelRoutes: { routes: [{ sourceModel: 'fast' }] },
  })
})
