import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN_TOKEN, type AdminClient, ROOT, readDocument, send, startAdmin } from './admin-client.ts'

let admin: AdminClient
beforeAll(async () => {
  admin = await startAdmin()
})
afterAll(() => admin.close())

test('the document is OpenAPI 3.1, and every reference in it leads somewhere', async () => {
  const { document, operations } = await readDocument(admin.gateway.url)
  expect(document.openapi).toBe('3.1.0')
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)]
  expect(references.length).toBeGreaterThan(50)
  for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name)
  const ids = operations.map(({ description }) => description.operationId)
  expect(new Set(ids).size).toBe(operations.length)
  for (const { path } of operations) expect(path.startsWith(`${ROOT}/`)).toBe(true)
})

test('what a request writes is never named like what an answer reads', async () => {
  const { document } = await readDocument(admin.gateway.url)
  expect(Object.keys(document.components.schemas).filter((name) => name.endsWith('Input'))).toEqual([])
  expect(document.components.schemas.VirtualKey.properties).not.toHaveProperty('secret')
  expect(document.components.schemas.IssuedVirtualKey.properties).toHaveProperty('secret')
})

test('the document is open, and tells nothing of this gateway', async () => {
  await admin.call('POST', '/teams', { body: { name: 'quite-a-secret-name' } })
  const { status, text } = await send(`${admin.gateway.url}/openapi.json`)
  expect(status).toBe(200)
  expect(text).not.toContain('quite-a-secret-name')
  expect(text).not.toContain(admin.gateway.folder)
})

test('the page loads nothing from elsewhere, and may not', async () => {
  const { url } = admin.gateway
  const page = await send(`${url}/docs`)
  expect(page.status).toBe(200)
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/https?:|\*/)
  const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
  expect(addresses.length).toBeGreaterThan(3)
  for (const address of addresses) {
    expect(address).toMatch(/^\/docs\//)
    expect((await send(url + address)).status).toBe(200)
  }
})

test('a path that takes other methods says which', async () => {
  const answer = await admin.call('PUT', '/keys/one', { body: {} })
  expect(answer).toMatchObject({ status: 405, body: { error: { code: 'method_not_allowed' } } })
  expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH')
})

interface Broken {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

const BROKEN: readonly (readonly [string, Broken, number, string])[] = [
  ['no JSON', { body: '{"name":' }, 400, 'invalid_json'],
  ['no body', {}, 400, 'invalid_request'],
  ['a prototype in disguise', { body: '{"__proto__":{"name":"x"}}' }, 400, 'invalid_json'],
  [
    'too deep',
    { body: `{"name":"x","metadata":${'['.repeat(5000)}${']'.repeat(5000)}}` },
    400,
    'invalid_request',
  ],
  [
    'a form',
    { body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported_encoding',
  ],
  ['too large', { body: JSON.stringify({ name: 'x'.repeat(1_100_000) }) }, 413, 'request_too_large'],
]

test.each(BROKEN)('a body that is %s is refused', async (_name, { body, headers }, status, code) => {
  const answer = await send(`${admin.gateway.url}${ROOT}/teams`, {
    method: 'POST',
    ...(body !== undefined && { body }),
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
  })
  expect(answer).toMatchObject({
    status,
    body: { error: { code, request_id: expect.stringMatching(/^req_/) } },
  })
})

test('every answer has a request id and is kept by nobody', async () => {
  for (const path of ['/keys', '/nowhere', '/keys/nobody']) {
    const { headers } = await admin.call('GET', path)
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(headers.get('cache-control')).toBe('no-store')
  }
})
