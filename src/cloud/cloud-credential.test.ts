import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { UpstreamRequest } from '../upstream/connections.ts'
import { createCloudCredential } from './cloud-credential.ts'

interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly form: URLSearchParams
}

const REQUEST: UpstreamRequest = {
  origin: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
  path: '/model/x/converse',
  method: 'POST',
  headers: {},
  body: Buffer.from('{}'),
}

let server: Server
let url: string
let folder: string
let asked: Asked[]
let answer: (response: ServerResponse, request: Asked) => void

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const seen = { path: request.url ?? '', headers: request.headers, form }
      asked.push(seen)
      answer(response, seen)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  folder = mkdtempSync(join(tmpdir(), 'llm-gateway-cloud-'))
})

afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  asked = []
  const names = /^(AWS|AZURE|GOOGLE|GCE|GCLOUD|IDENTITY|METADATA|https?_proxy|no_proxy)/i
  for (const name of Object.keys(process.env)) if (names.test(name)) vi.stubEnv(name, undefined)
})

afterEach(() => vi.unstubAllEnvs())

function answerJson(body: object, status = 200, headers: Record<string, string> = {}) {
  answer = (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const APPLICATION = {
  type: 'azure',
  tenantId: 'contoso',
  clientId: 'app',
  clientSecret: 'entra-secret-1',
} as const

test('Entra: an application trades its secret for a token, once for fifty requests', async () => {
  vi.stubEnv('AZURE_AUTHORITY_HOST', url)
  answerJson({ token_type: 'Bearer', expires_in: 3599, access_token: 'entra-token' })
  const credential = createCloudCredential(APPLICATION)
  const all = await Promise.all(Array.from({ length: 50 }, async () => credential.authorise(REQUEST)))
  expect(new Set(all.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer entra-token']))
  expect(asked).toHaveLength(1)
  expect(asked[0]?.path).toBe('/contoso/oauth2/v2.0/token')
  expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'app',
    client_secret: 'entra-secret-1',
    scope: 'https://cognitiveservices.azure.com/.default',
  })
  expect(credential.authorise(REQUEST)).toEqual({ authorization: 'Bearer entra-token' })
  expect(credential.secrets()).toEqual(['entra-token', 'entra-secret-1'])
})

test('Entra: a federated token file stands for a secret, and is read anew', async () => {
  const file = join(folder, 'federated')
  writeFileSync(file, 'assertion-1\n')
  vi.stubEnv('AZURE_AUTHORITY_HOST', `${url}/`)
  vi.stubEnv('AZURE_TENANT_ID', 'contoso')
  vi.stubEnv('AZURE_CLIENT_ID', 'workload')
  vi.stubEnv('AZURE_FEDERATED_TOKEN_FILE', file)
  answerJson({ expires_in: 3599, access_token: 't' })
  await createCloudCredential({ type: 'azure' }).authorise(REQUEST)
  expect(asked[0]?.form.get('client_assertion')).toBe('assertion-1')
  expect(asked[0]?.form.get('client_id')).toBe('workload')
  expect(asked[0]?.form.has('client_secret')).toBe(false)
})

test('Entra: a virtual machine asks its metadata service', async () => {
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', url)
  answerJson({ access_token: 'imds', expires_in: '86399', token_type: 'Bearer' })
  expect(await createCloudCredential({ type: 'azure', clientId: 'assigned' }).authorise(REQUEST)).toEqual({
    authorization: 'Bearer imds',
  })
  expect(asked[0]?.headers.metadata).toBe('true')
  const { pathname, searchParams } = new URL(asked[0]?.path ?? '', url)
  expect(pathname).toBe('/metadata/identity/oauth2/token')
  expect(searchParams.get('resource')).toBe('https://cognitiveservices.azure.com')
  expect(searchParams.get('client_id')).toBe('assigned')
})

test('Entra: App Service says where to ask, and wants its header', async () => {
  vi.stubEnv('IDENTITY_ENDPOINT', `${url}/msi/token`)
  vi.stubEnv('IDENTITY_HEADER', 'proof')
  answerJson({ access_token: 'msi', expires_on: '1', token_type: 'Bearer' })
  await createCloudCredential({ type: 'azure' }).authorise(REQUEST)
  expect(asked[0]?.path).toMatch(/^\/msi\/token\?api-version=2019-08-01&/)
  expect(asked[0]?.headers['x-identity-header']).toBe('proof')
})

test('Entra: a refusal is the operator’s, a failure may pass, and neither repeats what was said', async () => {
  vi.stubEnv('AZURE_AUTHORITY_HOST', url)
  answerJson({ error: 'invalid_client', error_description: 'AADSTS7000215: entra-secret-1 is wrong' }, 401)
  const credential = createCloudCredential(APPLICATION)
  const refused = await Promise.resolve(credential.authorise(REQUEST)).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'upstream_credentials_rejected' })
  expect(JSON.stringify(refused, ['message', 'cause', 'stack'])).not.toContain('entra-secret-1')
  answerJson({}, 503)
  await expect(credential.authorise(REQUEST)).rejects.toMatchObject({ code: 'upstream_unreachable' })
  answer = (response) => response.destroy()
  await expect(credential.authorise(REQUEST)).rejects.toMatchObject({ code: 'upstream_unreachable' })
})

test('Entra: after a 401 the token is replaced', async () => {
  vi.stubEnv('AZURE_AUTHORITY_HOST', url)
  answerJson({ access_token: 'one', expires_in: 3599 })
  let now = 0
  const credential = createCloudCredential(APPLICATION, () => now)
  await credential.authorise(REQUEST)
  now += 60_000
  answerJson({ access_token: 'two', expires_in: 3599 })
  expect(await credential.renew()).toBe(true)
  expect(credential.authorise(REQUEST)).toEqual({ authorization: 'Bearer two' })
  expect(credential.secrets()).toContain('one')
})

const GOOGLE = { type: 'google', project: 'p', location: 'global' } as const

test('Google: the metadata server of the machine gives out its token', async () => {
  vi.stubEnv('GCE_METADATA_HOST', url.slice('http://'.length))
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present')
  // no gcloud login of whoever runs the tests
  vi.stubEnv('CLOUDSDK_CONFIG', folder)
  vi.stubEnv('HOME', folder)
  answer = (response, { path }) => {
    const isToken = path.includes('/service-accounts/default/token')
    const body = isToken
      ? JSON.stringify({ access_token: 'gce', expires_in: 3599, token_type: 'Bearer' })
      : 'p'
    response
      .writeHead(200, {
        'content-type': isToken ? 'application/json' : 'text/plain',
        'metadata-flavor': 'Google',
      })
      .end(body)
  }
  const credential = createCloudCredential(GOOGLE)
  expect(await credential.authorise(REQUEST)).toEqual({ authorization: 'Bearer gce' })
  expect(credential.authorise(REQUEST)).toEqual({ authorization: 'Bearer gce' })
})

/** A workload identity whose token service is ours. */
function workloadIdentity(): object {
  const file = join(folder, 'subject')
  writeFileSync(file, 'subject-token')
  return {
    type: 'external_account',
    audience:
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}/v1/token`,
    credential_source: { file },
  }
}

test('Google: a workload identity is traded for a token, from a file or from its content', async () => {
  const token = { access_token: 'sts', issued_token_type: 'x', token_type: 'Bearer', expires_in: 3599 }
  answerJson(token)
  const file = join(folder, 'identity.json')
  writeFileSync(file, JSON.stringify(workloadIdentity()))
  const fromFile = createCloudCredential({ ...GOOGLE, credentialsFile: file })
  const all = await Promise.all(Array.from({ length: 50 }, async () => fromFile.authorise(REQUEST)))
  expect(all.every(({ authorization }) => authorization === 'Bearer sts')).toBe(true)
  expect(asked).toHaveLength(1)
  expect(asked[0]?.form.get('subject_token')).toBe('subject-token')
  const fromText = createCloudCredential({ ...GOOGLE, credentialsJson: JSON.stringify(workloadIdentity()) })
  expect(await fromText.authorise(REQUEST)).toEqual({ authorization: 'Bearer sts' })
})

test('Google: refusals, unreadable and missing files are the operator’s', async () => {
  answerJson({ error: 'invalid_grant', error_description: 'no' }, 400)
  const identity = createCloudCredential({ ...GOOGLE, credentialsJson: JSON.stringify(workloadIdentity()) })
  await expect(identity.authorise(REQUEST)).rejects.toMatchObject({ code: 'upstream_credentials_rejected' })
  const broken = createCloudCredential({ ...GOOGLE, credentialsJson: '{"private_key":"google-secret"' })
  const error: unknown = await Promise.resolve(broken.authorise(REQUEST)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'upstream_credentials_rejected' })
  expect(error).not.toHaveProperty('cause')
  const missing = createCloudCredential({ ...GOOGLE, credentialsFile: join(folder, 'nowhere.json') })
  await expect(missing.authorise(REQUEST)).rejects.toMatchObject({ code: 'upstream_credentials_rejected' })
})

const SIGNED = /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/eu-central-1\/bedrock\/aws4_request, /

test('AWS: own keys sign at once', () => {
  const keys = { accessKeyId: 'AKID1', secretAccessKey: 'aws-secret-1', sessionToken: 'aws-session-1' }
  const credential = createCloudCredential({ type: 'aws', region: 'eu-central-1', ...keys })
  expect(credential.authorise(REQUEST)).toMatchObject({
    authorization: expect.stringMatching(SIGNED) as unknown,
    'x-amz-security-token': 'aws-session-1',
  })
  expect(credential.secrets()).toEqual(['aws-secret-1', 'aws-session-1'])
})

test('AWS: without own keys those of the environment are found', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENV')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'aws-secret-2')
  const credential = createCloudCredential({ type: 'aws', region: 'eu-central-1' })
  const { authorization = '' } = await credential.authorise(REQUEST)
  expect(SIGNED.exec(authorization)?.[1]).toBe('AKIDENV')
  expect(credential.secrets()).toEqual(['aws-secret-2'])
})

test('AWS: a profile is found in the files that say so', async () => {
  const file = join(folder, 'credentials')
  writeFileSync(file, '[work]\naws_access_key_id = AKIDFILE\naws_secret_access_key = aws-secret-3\n')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file)
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'))
  const credential = createCloudCredential({ type: 'aws', region: 'eu-central-1', profile: 'work' })
  const { authorization = '' } = await credential.authorise(REQUEST)
  expect(SIGNED.exec(authorization)?.[1]).toBe('AKIDFILE')
})

test('AWS: a container’s endpoint is asked once for fifty requests, and its keys expire', async () => {
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${url}/credentials`)
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'))
  const start = Date.now()
  let now = start
  const keys = (id: string) => ({
    AccessKeyId: id,
    SecretAccessKey: 's',
    Token: `${id}-token`,
    Expiration: new Date(now + 3_600_000).toISOString(),
  })
  answerJson(keys('AKIDONE'))
  const credential = createCloudCredential({ type: 'aws', region: 'eu-central-1' }, () => now)
  await Promise.all(Array.from({ length: 50 }, async () => credential.authorise(REQUEST)))
  expect(asked).toHaveLength(1)
  now = start + 3_600_000
  answerJson(keys('AKIDTWO'))
  const { authorization = '' } = await credential.authorise(REQUEST)
  expect(SIGNED.exec(authorization)?.[1]).toBe('AKIDTWO')
})

test('AWS: a machine without any says that somebody has to act', async () => {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'))
  const credential = createCloudCredential({ type: 'aws', region: 'eu-central-1' })
  await expect(credential.authorise(REQUEST)).rejects.toMatchObject({ code: 'upstream_credentials_rejected' })
})
