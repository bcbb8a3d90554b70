import { expect, test } from 'vitest'
import { entityTag, expectedVersion } from './entity-tag.ts'

test('an ETag comes back as the version it stands for', () => {
  expect(expectedVersion(entityTag(3))).toBe(3)
  expect(expectedVersion(' "12" ')).toBe(12)
})

test('without If-Match, or with a star, any version will do', () => {
  expect(expectedVersion(undefined)).toBeUndefined()
  expect(expectedVersion('*')).toBeUndefined()
})

test.each(['', '3', 'W/"3"', '"3", "4"', '"abc"', '"-1"', '"1e3"', '"99999999999999999999"'])(
  'If-Match %j is refused',
  (value) => {
    expect(() => expectedVersion(value)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  },
)
