import { describe, expect, test } from 'vitest'
import { load } from '../../test/support/config.ts'
import { isEmpty, withDemo, withLocalKey } from './additions.ts'
import { sha256Hex } from './secrets.ts'

const KEYS = {
  'keys.json': '{ "virtual_keys": { "vk_somebody": { "provider": "openai", "api_key": "sk-1" } } }',
}

describe('isEmpty', () => {
  test('is true with nothing configured, false with a key or an account', async () => {
    expect(isEmpty(await load({}))).toBe(true)
    expect(isEmpty(await load({ files: KEYS }))).toBe(false)
    const given = { environment: { OPENAI_API_KEY: 'sk-1' }, providerVariables: { OPENAI_API_KEY: 'openai' } }
    expect(isEmpty(await load(given))).toBe(false)
  })
})

describe('withDemo', () => {
  test('adds the demo key, pinned to the simulated provider', async () => {
    const config = withDemo(await load({}), { baseUrl: 'http://127.0.0.1:5' })
    expect(config.accounts).toMatchObject([
      { provider: 'simulated', source: 'simulated', baseUrl: 'http://127.0.0.1:5' },
    ])
    expect(config.virtualKeys).toMatchObject([
      {
        id: 'demo',
        label: 'vk_demo',
        secretSha256: sha256Hex('vk_demo'),
        accountId: 'simulated',
        source: 'demo',
      },
    ])
    expect(Object.isFrozen(config.virtualKeys)).toBe(true)
  })

  test.each([
    [{}, 100],
    [{ QUOTA_LIMIT: '7' }, 7],
    [{ QUOTA_ENABLED: 'false' }, null],
  ])('gives the demo key the default quota: %j', async (environment, quotaPerHour) => {
    const config = withDemo(await load({ environment }), { baseUrl: 'http://127.0.0.1:5' })
    expect(config.virtualKeys).toMatchObject([{ quotaPerHour }])
  })
})

test('withLocalKey adds a key without quota that is not pinned, and keeps its secret', async () => {
  const config = withLocalKey(await load({ files: KEYS }), 'local-secret')
  expect(config.virtualKeys[1]).toMatchObject({
    id: 'local',
    label: 'local',
    source: 'local',
    quotaPerHour: null,
  })
  expect(config.virtualKeys[1]?.accountId).toBeUndefined()
  expect(config.virtualKeys[1]?.secretSha256).toBe(sha256Hex('local-secret'))
  expect(JSON.stringify(config)).not.toContain('local-secret')
})
