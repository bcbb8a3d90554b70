import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AdminClient, startAdmin } from './admin-client.ts'

let admin: AdminClient
beforeAll(async () => {
  admin = await startAdmin()
})
afterAll(() => admin.close())

const SECRET = {
  apiKey: 'sk-hidden-api-key-0001',
  nextApiKey: 'sk-hidden-api-key-0002',
  header: 'hidden-header-value-0003',
  aws: 'hidden/aws/secret/key/0004',
  session: 'hidden-session-token-0005',
  google: 'hidden-private-key-0006',
  azure: 'hidden-client-secret-0007',
}

const ACCOUNTS = [
  { name: 'plain', provider: 'openai', api_key: SECRET.apiKey, headers: { 'x-extra': SECRET.header } },
  {
    name: 'amazon',
    provider: 'bedrock',
    type: 'aws',
    aws: {
      region: 'us-east-1',
      access_key_id: 'AKIAIOSFODNN7EXAMPLE',
      secret_access_key: SECRET.aws,
      session_token: SECRET.session,
    },
  },
  {
    name: 'google',
    provider: 'vertex',
    type: 'google',
    google: {
      project: 'p',
      location: 'global',
      credentials_json: JSON.stringify({ type: 'service_account', private_key: SECRET.google }),
    },
  },
  {
    name: 'microsoft',
    provider: 'azure',
    type: 'azure',
    base_url: 'https://one.openai.azure.com',
    azure: { tenant_id: 't', client_id: 'c', client_secret: SECRET.azure },
  },
]

test('no secret that went in comes out: not in answers, refusals, logs or files', async () => {
  const texts: string[] = []
  const call: AdminClient['call'] = async (method, path, options) => {
    const answer = await admin.call(method, path, options)
    texts.push(`${method} ${path} ${answer.text}`)
    return answer
  }
  for (const body of ACCOUNTS) {
    expect(await call('POST', '/accounts', { body })).toMatchObject({
      status: 201,
      body: { has_credential: true },
    })
    // taken, unknown field, wrong type: each says what is wrong without what was sent
    await call('POST', '/accounts', { body })
    await call('POST', '/accounts', { body: { ...body, name: 'other', surplus: SECRET.apiKey } })
    await call('POST', '/accounts', {
      body: { ...body, name: 'other', status: SECRET.apiKey, api_key: [SECRET.apiKey] },
    })
    await call('PATCH', `/accounts/${body.name}`, { body: { weight: 2 } })
  }
  await call('PATCH', '/accounts/plain', { body: { api_key: SECRET.nextApiKey } })
  for (const path of ['/accounts', '/accounts/plain', '/accounts/google', '/audit?limit=1000', '/health'])
    await call('GET', path)
  for (const { name } of ACCOUNTS) await call('DELETE', `/accounts/${name}`)
  await call('GET', '/audit?limit=1000')
  texts.push(...filesBelow(admin.gateway.folder).map((file) => `${file} ${readFileSync(file, 'latin1')}`))
  for (const text of texts) {
    for (const secret of Object.values(SECRET))
      expect(text.includes(secret), `${secret} in ${text.slice(0, 80)}`).toBe(false)
  }
})

test('a key is known by its last characters', async () => {
  await admin.call('POST', '/accounts', {
    body: { name: 'hinted', provider: 'openai', api_key: 'sk-hidden-key-of-hint-9876' },
  })
  expect((await admin.call('GET', '/accounts/hinted')).body.credential_hint).toBe('9876')
})

test('a virtual key is in the answer that issues it, and nowhere else', async () => {
  const { body } = await admin.call('POST', '/keys', { body: { name: 'client' } })
  expect(body.secret).toMatch(/^sk-gw-/)
  for (const path of ['/keys', '/keys/client', '/audit'])
    expect((await admin.call('GET', path)).text).not.toContain(body.secret)
})

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}
