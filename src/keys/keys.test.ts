import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readBearer, readCredential } from './credentials.ts'
import { createKeyDirectory, type VirtualKey } from './directory.ts'
import { hashSecret } from './secret.ts'

describe('a credential', () => {
  test.each([
    [{ authorization: 'Bearer k' }, undefined, 'k'],
    [{ authorization: 'bearer \t k ' }, undefined, 'k'],
    [{ 'x-api-key': 'k' }, undefined, 'k'],
    [{ 'api-key': 'k' }, undefined, 'k'],
    [{ 'x-goog-api-key': ' k ' }, undefined, 'k'],
    [{}, 'k', 'k'],
    [{ 'x-api-key': 'k', authorization: 'Bearer other' }, 'another', 'k'],
    [{ 'x-api-key': '', authorization: 'Bearer k' }, undefined, 'k'],
    [{ authorization: 'Basic k' }, undefined, undefined],
    [{ authorization: 'k' }, undefined, undefined],
    [{}, undefined, undefined],
  ])('in %o and query %s is %s', (headers, query, expected) => {
    expect(readCredential(headers, query)).toBe(expected)
  })

  test('a bearer token is one word', () => {
    expect(readBearer('Bearer a b')).toBeUndefined()
    expect(readBearer('Bearer ')).toBeUndefined()
    expect(readBearer(undefined)).toBeUndefined()
  })
})

test('keys are found by their secret, whatever their status, and by nothing else', () => {
  const secretSha256 = createHash('sha256').update('vk_one').digest('hex')
  const key = { id: 'one', secretSha256, status: 'disabled' } as VirtualKey
  const directory = createKeyDirectory([key])
  expect(directory.find(hashSecret('vk_one'))).toBe(key)
  expect(directory.find(hashSecret('VK_ONE'))).toBeUndefined()
  expect(directory.find('vk_one')).toBeUndefined()
  expect([...directory.ids]).toEqual(['one'])
})
