import { expect, test } from 'vitest'
import { load } from '../../test/support/config.ts'
import { withDemo, withLocalKey } from '../config/additions.ts'
import type { Config } from '../config/config.ts'
import type { Access } from './access.ts'
import { type BannerInput, bannerValue, formatBanner } from './banner.ts'

const LOCAL = {
  type: 'local',
  secret: 'sk-gw-not-to-be-seen',
  file: '/home/me/local-key',
  isNew: false,
} as const

function input(config: Config, access: Access, given: Partial<BannerInput> = {}): BannerInput {
  return { config, access, url: 'http://127.0.0.1:8080', secrets: 'hidden', bold: (text) => text, ...given }
}

const withOpenai = async () =>
  withLocalKey(
    await load({
      environment: { OPENAI_API_KEY: 'sk-provider' },
      providerVariables: { OPENAI_API_KEY: 'openai' },
    }),
    LOCAL.secret,
  )

const withKeysFile = (provider: string) =>
  load({
    files: {
      'keys.json': `{"virtual_keys":{"vk_secret_of_mine":{"provider":"${provider}","api_key":"sk-real"}}}`,
    },
  })

test('the demo is introduced with a request that works as printed', async () => {
  const config = withDemo(await load({}), { baseUrl: 'http://127.0.0.1:9' })
  const banner = formatBanner(input(config, { type: 'demo', secret: 'vk_demo' }))
  expect(banner).toContain(
    `  curl -s http://127.0.0.1:8080/v1/chat/completions -H "Authorization: Bearer vk_demo" -H 'content-type: application/json' ` +
      `-d '{"model":"simulated","messages":[{"role":"user","content":"Hello"}]}'\n`,
  )
})

test('a local key is printed where it may be seen', async () => {
  const banner = formatBanner(input(await withOpenai(), LOCAL, { secrets: 'shown' }))
  expect(banner).toContain('sk-gw-not-to-be-seen (kept in /home/me/local-key)')
})

test('elsewhere only its file is named, and the request reads it from there', async () => {
  const banner = formatBanner(input(await withOpenai(), LOCAL))
  expect(banner).not.toContain(LOCAL.secret)
  expect(banner).toContain(`-H "Authorization: Bearer $(cat '/home/me/local-key')"`)
})

test('configured keys are counted, not printed', async () => {
  const banner = formatBanner(input(await withKeysFile('openai'), { type: 'configured' }))
  expect(banner).toContain('1 configured')
  expect(banner).toContain('Bearer <your-key>')
  expect(banner).not.toMatch(/vk_secret|sk-real/)
})

test('the request is a chat completion, with a model of the provider', async () => {
  const models = {
    anthropic: 'claude-haiku-4-5',
    gemini: 'gemini-3.5-flash',
    mistral: 'mistral-small-latest',
  }
  for (const [provider, model] of Object.entries(models)) {
    const banner = formatBanner(input(await withKeysFile(provider), { type: 'configured' }))
    expect(banner).toContain('/v1/chat/completions ')
    expect(banner).toContain(`{"model":"${model}"`)
  }
})

test('a key that is bound to no account names the provider where the model does not', async () => {
  const banner = async (variable: string, provider: string) => {
    const environment = { [variable]: 'sk-real' }
    const config = await load({ environment, providerVariables: { [variable]: provider } })
    return formatBanner(input(config, LOCAL))
  }
  expect(await banner('GROQ_API_KEY', 'groq')).toContain('"model":"llama-3.3-70b-versatile"')
  expect(await banner('OPENROUTER_API_KEY', 'openrouter')).toContain(
    '"model":"openrouter/openai/gpt-oss-20b"',
  )
})

test('a gateway on every interface is called on this machine', async () => {
  const config = await withKeysFile('openai')
  const banner = formatBanner(input(config, { type: 'configured' }, { url: 'http://0.0.0.0:8080' }))
  expect(banner).toContain('listening on http://0.0.0.0:8080\n')
  expect(banner).toContain('curl -s http://127.0.0.1:8080/')
})

test('for scripts, the local key is a file too', async () => {
  const value = bannerValue(input(await withOpenai(), LOCAL, { secrets: 'shown' }))
  expect(value).toMatchObject({ access: 'local', key_file: '/home/me/local-key', providers: ['openai'] })
  expect(JSON.stringify(value)).not.toContain(LOCAL.secret)
})
