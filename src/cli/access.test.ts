import { expect, onTestFinished, test } from 'vitest'
import { type Case, load } from '../../test/support/config.ts'
import type { Config } from '../config/config.ts'
import { createAccessibleConfig } from './access.ts'

const KEYS = { 'keys.json': '{"virtual_keys":{"vk_1":{"provider":"openai","api_key":"sk-1"}}}' }
const PROVIDER_KEY: Case = {
  environment: { OPENAI_API_KEY: 'sk-1' },
  providerVariables: { OPENAI_API_KEY: 'openai' },
}

function accessible(...cases: readonly [Case, ...Case[]]) {
  const configs = cases.map((given) => () => load(given))
  const read = (): Promise<Config> =>
    (configs.length > 1 ? configs.shift() : configs[0])?.() ?? load(cases[0])
  const config = createAccessibleConfig()
  onTestFinished(() => config.close())
  return {
    load: async () => await config.complete(await read(), false),
    complete: (given: Config, hasStoredKeys: boolean) => config.complete(given, hasStoredKeys),
    get access() {
      return config.access
    },
  }
}

test('with nothing configured, the demo key reaches a simulated provider that answers', async () => {
  const config = accessible({})
  const { accounts, virtualKeys } = await config.load()
  expect(virtualKeys.map(({ source }) => source)).toEqual(['demo'])
  expect(config.access).toEqual({ type: 'demo', secret: 'vk_demo' })
  const response = await fetch(`${accounts[0]?.baseUrl}/v1/models`, {
    headers: { authorization: 'Bearer x' },
  })
  expect(response.status).toBe(200)
})

test('reading again keeps the same simulated provider', async () => {
  const config = accessible({})
  const [first, second] = [await config.load(), await config.load()]
  expect(second.accounts).toEqual(first.accounts)
})

test('once keys are configured, the demo is gone', async () => {
  const config = accessible({}, { files: KEYS })
  await config.load()
  const { accounts, virtualKeys } = await config.load()
  expect([accounts.length, virtualKeys.map(({ source }) => source)]).toEqual([1, ['keys-file']])
  expect(config.access).toEqual({ type: 'configured' })
})

test('accounts without any key get a local key that is kept', async () => {
  const config = accessible(PROVIDER_KEY)
  const { virtualKeys, homeFolder } = await config.load()
  expect(virtualKeys).toMatchObject([{ source: 'local', quotaPerHour: null }])
  expect(config.access).toMatchObject({ type: 'local', isNew: true, file: `${homeFolder}/local-key` })
})

test('with keys that were issued at run time, neither demo nor local key is added', async () => {
  const config = accessible({}, PROVIDER_KEY)
  for (const given of [{}, PROVIDER_KEY]) {
    const { virtualKeys } = await config.complete(await load(given), true)
    expect(virtualKeys).toEqual([])
    expect(config.access).toEqual({ type: 'configured' })
  }
})
