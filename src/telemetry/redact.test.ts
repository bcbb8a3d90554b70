import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRedactor } from './redact.ts'

test('a known secret is replaced wherever it occurs', () => {
  const redact = createRedactor(['sk-test-123456', 'sk-test-123456-long', 'other/secret+1'])
  expect(redact.redactText('a sk-test-123456 b sk-test-123456-long c')).toBe('a [redacted] b [redacted] c')
  expect(redact.redactText('?key=other%2Fsecret%2B1 other%2fsecret%2b1 other/secret+1')).toBe(
    '?key=[redacted] [redacted] [redacted]',
  )
})

test('text without a secret comes back as it was', () => {
  const redact = createRedactor(['sk-test-123456'])
  expect(redact.redactText('sk-test-12345')).toBe('sk-test-12345')
  expect(createRedactor([]).redactText('anything')).toBe('anything')
})

test('secrets of fewer than six characters are not looked for', () => {
  expect(createRedactor(['', 'abcde']).redactText('abcdef')).toBe('abcdef')
})

test('any secret is found as it is, in JSON and in a URL, and in bytes', () => {
  const secret = fc.string({ unit: 'grapheme', minLength: 6, maxLength: 40 })
  const property = fc.property(
    fc.array(secret, { minLength: 1, maxLength: 20 }),
    fc.nat(),
    (secrets, pick) => {
      const chosen = secrets[pick % secrets.length] ?? ''
      const redact = createRedactor(secrets)
      expect(redact.redactText(chosen)).not.toContain(chosen)
      expect(redact.redactText(JSON.stringify({ nested: chosen }))).toBe('{"nested":"[redacted]"}')
      expect(redact.redactText(encodeURIComponent(chosen))).toBe('[redacted]')
      expect(redact.containsSecret(Buffer.from(`<${chosen}>`))).toBe(true)
    },
  )
  fc.assert(property, { numRuns: 200 })
})

test('bytes without a secret are clean, whatever their encoding', () => {
  const redact = createRedactor(['geheim-schlüssel'])
  expect(redact.containsSecret(Buffer.from([0xff, 0xfe, 0x00, 0x67]))).toBe(false)
  expect(redact.containsSecret(Buffer.from('geheim-schlüssel'))).toBe(true)
})

test('values are copied only along the path to a secret', () => {
  const redact = createRedactor(['sk-test-123456'])
  const value = { clean: { a: [1, 'x'] }, dirty: ['y', { key: 'is sk-test-123456' }] }
  const redacted = redact.redactValue(value)
  expect(redacted).toEqual({ clean: { a: [1, 'x'] }, dirty: ['y', { key: 'is [redacted]' }] })
  expect(redacted.clean).toBe(value.clean)
  expect(redact.redactValue(value.clean)).toBe(value.clean)
})

test('secrets that are not known are hidden where their name gives them away', () => {
  const redact = createRedactor([])
  const tool = {
    type: 'mcp',
    authorization: 'abc',
    headers: { 'X-API-Key': 'def' },
    logprob: { token: 'Hello' },
  }
  expect(redact.redactValue(tool)).toEqual({
    type: 'mcp',
    authorization: '[redacted]',
    headers: { 'X-API-Key': '[redacted]' },
    logprob: { token: 'Hello' },
  })
})

test('a value nested too deeply to search is cut, not shown', () => {
  let value: unknown = 'sk-test-123456'
  for (let depth = 0; depth < 5000; depth++) value = [value]
  expect(JSON.stringify(createRedactor(['sk-test-123456']).redactValue(value))).not.toContain('sk-test')
})

test('update replaces the secrets', () => {
  const redact = createRedactor(['first-secret'])
  redact.update(['second-secret'])
  expect(redact.redactText('first-secret second-secret')).toBe('first-secret [redacted]')
  expect(redact.containsSecret(Buffer.from('first-secret'))).toBe(false)
})

test('a thousand secrets with one prefix are told apart', () => {
  const secrets = Array.from({ length: 1000 }, (_, index) => `sk-proj-${index}-suffix`)
  const redact = createRedactor(secrets)
  for (const secret of secrets) expect(redact.redactText(`x${secret}y`)).toBe('x[redacted]y')
  expect(redact.redactText('sk-proj-1000-suffix')).toBe('sk-proj-1000-suffix')
})
