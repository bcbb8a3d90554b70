import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inputFor, load, makeFolder, problemsIn } from '../../test/support/config.ts'
import { loadConfig } from './load.ts'
import { sha256Hex } from './secrets.ts'

const THREE_KEYS = `{ "virtual_keys": {
    "vk_user1_openai":    { "provider": "openai",    "api_key": "sk-real-openai-key-123" },
    "vk_user2_anthropic": { "provider": "anthropic", "api_key": "sk-ant-real-anthropic-key-456" },
    "vk_user3_deepseek":  { "provider": "deepseek",  "api_key": "sk-deepseek-key-abc123" } } }`

const keysJson = (entries: object) => ({ 'keys.json': JSON.stringify({ virtual_keys: entries }) })
const OPENAI = { provider: 'openai', api_key: 'sk-1' }

describe('a keys.json', () => {
  test('makes each entry a virtual key pinned to an account', async () => {
    const { virtualKeys, accounts } = await load({ files: { 'keys.json': THREE_KEYS } })
    expect(accounts).toMatchObject([
      { provider: 'openai', apiKey: 'sk-real-openai-key-123', source: 'keys-file', status: 'active' },
      { provider: 'anthropic', apiKey: 'sk-ant-real-anthropic-key-456' },
      { provider: 'deepseek', apiKey: 'sk-deepseek-key-abc123' },
    ])
    expect(virtualKeys.map(({ accountId }) => accountId)).toEqual(accounts.map(({ id }) => id))
    expect(virtualKeys[0]).toMatchObject({
      secretSha256: sha256Hex('vk_user1_openai'),
      source: 'keys-file',
      quotaPerHour: 100,
      passthrough: false,
      permissions: ['read', 'write'],
      status: 'active',
    })
  })

  test('takes our own fields', async () => {
    const entry = {
      ...OPENAI,
      base_url: 'http://127.0.0.1:9/v1/',
      models: ['gpt-*'],
      quota: 5,
      passthrough: true,
      dialect: 'openai-chat',
    }
    const { virtualKeys, accounts } = await load({ files: keysJson({ vk_somebody: entry }) })
    expect(virtualKeys).toMatchObject([{ models: ['gpt-*'], quotaPerHour: 5, passthrough: true }])
    expect(accounts).toMatchObject([{ baseUrl: 'http://127.0.0.1:9/v1', dialect: 'openai-chat' }])
  })

  test('gives "quota": null no limit', async () => {
    const { virtualKeys } = await load({ files: keysJson({ vk_somebody: { ...OPENAI, quota: null } }) })
    expect(virtualKeys).toMatchObject([{ quotaPerHour: null }])
  })

  test('shares one account between entries that reach the same one', async () => {
    const other = { ...OPENAI, base_url: 'http://127.0.0.1:9' }
    const files = keysJson({ vk_one: OPENAI, vk_two: { ...OPENAI, quota: 3 }, vk_three: other })
    const { virtualKeys, accounts } = await load({ files })
    expect(accounts).toHaveLength(2)
    expect(virtualKeys[0]?.accountId).toBe(virtualKeys[1]?.accountId)
    expect(virtualKeys[2]?.accountId).not.toBe(virtualKeys[0]?.accountId)
  })

  test('has ids and labels that stay the same and give no secret away', async () => {
    const first = await load({ files: { 'keys.json': THREE_KEYS } })
    const second = await load({ files: { 'keys.json': THREE_KEYS } })
    expect(first.virtualKeys).toEqual(second.virtualKeys)
    expect(first.accounts[0]?.id).toMatch(/^openai-[0-9a-f]{8}$/)
    const printed = JSON.stringify(first.virtualKeys)
    expect(printed).not.toMatch(/vk_user1_openai|vk_user2_anthropic|vk_user3_deepseek/)
    expect(first.virtualKeys.map(({ label }) => label)).toEqual(['vk_user…', 'vk_user2…', 'vk_user3…'])
  })

  test('never prints a short key whole, and tells keys apart that begin alike', async () => {
    const { virtualKeys } = await load({ files: keysJson({ vk_demo: OPENAI, vk_dare: OPENAI, k: OPENAI }) })
    const labels = virtualKeys.map(({ label }) => label)
    expect(labels[0]).toMatch(/^vk_…[0-9a-f]{8}$/)
    expect(new Set(labels).size).toBe(3)
    expect(labels[2]).toBe('…')
  })

  test('may name a provider that nobody knows', async () => {
    const { accounts } = await load({ files: keysJson({ vk_somebody: { ...OPENAI, provider: 'Nobody' } }) })
    expect(accounts).toMatchObject([{ provider: 'nobody' }])
  })

  test('readable by others than its owner is a warning', async () => {
    const folder = await makeFolder({ 'keys.json': THREE_KEYS })
    expect((await loadConfig(inputFor(folder))).warnings).toEqual([])
    await chmod(join(folder, 'keys.json'), 0o644)
    expect((await loadConfig(inputFor(folder))).warnings).toMatchObject([{ code: 'file_readable_by_others' }])
  })

  test('yields to the config file where both have the same key', async () => {
    const declared = `gateway_keys: [{ id: mine, key_hash: ${sha256Hex('vk_somebody')} }]`
    const config = await load({ files: { ...keysJson({ vk_somebody: OPENAI }), 'config.yaml': declared } })
    expect(config.virtualKeys).toMatchObject([{ id: 'mine', source: 'config' }])
    expect(config.warnings).toMatchObject([{ code: 'key_declared_twice' }])
  })

  test('is watched even while it does not exist', async () => {
    const folder = await makeFolder()
    expect((await loadConfig(inputFor(folder))).files).toContain(join(folder, 'keys.json'))
  })
})

describe('a keys.json is refused', () => {
  test('when it was named but is missing', async () => {
    const problems = await problemsIn({ environment: { KEYS_FILE_PATH: 'nowhere.json' } })
    expect(problems).toMatchObject([
      { file: 'nowhere.json', message: expect.stringContaining('KEYS_FILE_PATH') },
    ])
  })

  test('when it is a folder, as containers mount a missing file', async () => {
    const problems = await problemsIn({ files: { 'keys.json/x': '' } })
    expect(problems).toMatchObject([{ file: 'keys.json', message: expect.stringContaining('folder') }])
  })

  test('when it is not JSON, by line and column and without quoting it', async () => {
    const problems = await problemsIn({ files: { 'keys.json': '{ "virtual_keys": {\n  "vk_secret": x } }' } })
    expect(problems).toMatchObject([{ file: 'keys.json', line: 2, column: 16 }])
    expect(problems[0]?.text).not.toContain('vk_secret')
  })

  test.each(['{ "virtual_keys": {} }', '{}', '[]', '""', 'null'])(
    'when it holds no key: %s',
    async (text) => {
      expect(await problemsIn({ files: { 'keys.json': text } })).toMatchObject([
        { file: 'keys.json', line: 1 },
      ])
    },
  )

  test('when a key is in it twice', async () => {
    const text = '{ "virtual_keys": {\n"vk_secret": {},\n"vk_secret": {} } }'
    const problems = await problemsIn({ files: { 'keys.json': text } })
    expect(problems).toMatchObject([{ file: 'keys.json', line: 3, column: 1 }])
    expect(problems[0]?.text).not.toContain('vk_secret')
  })

  const faults: [string, object, object][] = [
    ['a missing provider', { api_key: 'sk-secret' }, { path: 'virtual_keys["vk_user…"].provider' }],
    ['a missing api_key', { provider: 'openai' }, { path: 'virtual_keys["vk_user…"].api_key' }],
    [
      'a misspelt field',
      { ...OPENAI, modles: [] },
      { path: 'virtual_keys["vk_user…"].modles', suggestion: 'models' },
    ],
    ['a number for a key', { ...OPENAI, api_key: 5 }, { path: 'virtual_keys["vk_user…"].api_key' }],
    ['a quota of 0', { ...OPENAI, quota: 0 }, { path: 'virtual_keys["vk_user…"].quota' }],
    ['an ftp address', { ...OPENAI, base_url: 'ftp://x' }, { path: 'virtual_keys["vk_user…"].base_url' }],
    ['credentials in an address', { ...OPENAI, base_url: 'http://u:sk-secret@x' }, { line: 6 }],
    ['a misspelt dialect', { ...OPENAI, dialect: 'openai-chta' }, { suggestion: 'openai-chat' }],
  ]
  test.each(faults)('for %s, by its line and without the key', async (_name, entry, expected) => {
    const text = JSON.stringify({ virtual_keys: { vk_user1_openai: entry } }, null, 2)
    const problems = await problemsIn({ files: { 'keys.json': text } })
    expect(problems).toMatchObject([{ file: 'keys.json', line: expect.any(Number), ...expected }])
    expect(problems[0]?.text).not.toMatch(/vk_user1_openai|sk-secret/)
  })

  test.each(['', 'two words', 'schlüssel'])(
    'for the key %j, which cannot travel in a header',
    async (key) => {
      expect(await problemsIn({ files: keysJson({ [key]: OPENAI }) })).toMatchObject([{ file: 'keys.json' }])
    },
  )

  test('when virtual_keys was forgotten around the keys, which stay secret', async () => {
    const problems = await problemsIn({ files: { 'keys.json': '{ "vk_user1_openai": {} }' } })
    expect(problems.map(({ path }) => path)).toContain('["vk_user…"]')
    expect(problems[0]?.text).not.toContain('vk_user1_openai')
  })
})
