import { expect, test } from 'vitest'
import { load } from '../../test/support/config.ts'
import { maskConfig } from './mask.ts'

test('no secret is left in a masked configuration, from whatever source', async () => {
  const files = {
    'keys.json':
      '{ "virtual_keys": { "vk_hidden-virtual-key": { "provider": "openai", "api_key": "sk-hidden-1" } } }',
    'config.yaml': `
gateway_keys: [{ id: k, key_hash: ${'d'.repeat(64)} }]
upstream_accounts:
  - { id: a, provider: x, api_key: sk-hidden-2, base_url: "http://host/v1?key=sk-hidden-3" }
  - { id: b, provider: x, api_key: "" }
providers: { x: { base_url: "http://host/?key=sk-hidden-4" } }
environment: { http_proxy: "http://user:sk-hidden-5@proxy:1", https_proxy: "http://proxy:2" }`,
  }
  const given = {
    environment: { OPENAI_API_KEY: 'sk-hidden-6' },
    providerVariables: { OPENAI_API_KEY: 'openai' },
  }
  const masked = maskConfig(await load({ files, ...given }))
  expect(JSON.stringify(masked)).not.toMatch(/hidden|dddd|user/)
  expect(masked.accounts.map(({ apiKey }) => apiKey)).toEqual(['***', '', '***', '***'])
  expect(masked.environment).toMatchObject({ httpProxy: 'http://***@proxy:1', httpsProxy: 'http://proxy:2' })
})
