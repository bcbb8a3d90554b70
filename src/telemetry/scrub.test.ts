import { expect, test } from 'vitest'
import { hasSecretField, isSecretField, isSecretName, redactUrl, scrubKeyPatterns } from './scrub.ts'

const LOOKALIKES = [
  'sk-abcdefghijklmnop1234',
  'sk-ant-api03-abcdefghij_klmnop-1234',
  'sk_live_abcdefghijklmnop1234',
  'AIzaSyA1234567890abcdefghijklmnopqrstuvw',
  'gsk_abcdefghijklmnopqrst1234',
  'xai-abcdefghijklmnopqrst1234',
  'AKIAIOSFODNN7EXAMPLE',
  'ya29.a0AfH6SMBx1234567890_abcdef',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
]

for (const key of LOOKALIKES)
  test(`${key.slice(0, 8)}… in an error message is replaced`, () => {
    expect(scrubKeyPatterns(`Incorrect API key provided: ${key}.`)).toMatch(/provided: \[redacted\]\.?$/)
  })

test('credentials after their scheme or parameter name are replaced, the name stays', () => {
  expect(scrubKeyPatterns('sent Authorization: Bearer abc.def-123')).toBe(
    'sent Authorization: Bearer [redacted]',
  )
  expect(scrubKeyPatterns('GET https://x.test/v1?key=abc&alt=sse failed')).toBe(
    'GET https://x.test/v1?key=[redacted]&alt=sse failed',
  )
})

test('ordinary words stay', () => {
  const text = 'risk-assessment of task-runner-with-long-name: bearer of news, max_tokens is too large'
  expect(scrubKeyPatterns(text)).toBe(text)
})

const urls: Record<string, string> = {
  'https://user:pass@host.test/v1': 'https://host.test/v1',
  'https://host.test/v1?key=abc&alt=sse#top': 'https://host.test/v1?key=[redacted]&alt=sse#top',
  '/v1beta/models/x?alt=sse&%6Bey=abc': '/v1beta/models/x?alt=sse&%6Bey=[redacted]',
  '/callback?code=abc&state=1&access_token=x': '/callback?code=[redacted]&state=1&access_token=[redacted]',
  '/v1/models?after=gpt@4': '/v1/models?after=gpt@4',
  '/a?%=1&key': '/a?%=1&key',
  '': '',
}
for (const [url, expected] of Object.entries(urls))
  test(`the URL "${url}" is logged as "${expected}"`, () => expect(redactUrl(url)).toBe(expected))

test('field names that mean a secret are told from those that do not', () => {
  for (const name of [
    'key',
    'apiKey',
    'api_key',
    'client-secret',
    'Authorization',
    'accessToken',
    'set-cookie',
  ])
    expect({ name, isSecret: isSecretField(name) }).toEqual({ name, isSecret: true })
  for (const name of ['virtual_key', 'virtualKey', 'keyId', 'max_tokens', 'monkey', 'provider'])
    expect({ name, isSecret: isSecretField(name) }).toEqual({ name, isSecret: false })
  expect(isSecretName('token')).toBe(false)
})

test('a secret field is noticed in JSON, but not when it is only talked about', () => {
  expect(hasSecretField(JSON.stringify({ headers: { Authorization: 'x' } }))).toBe(true)
  expect(hasSecretField(JSON.stringify({ password: 'x' }, null, 2))).toBe(true)
  expect(hasSecretField(JSON.stringify({ text: '{"api_key":"x"}', api_key: { type: 'string' } }))).toBe(false)
})
