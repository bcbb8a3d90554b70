import { expect, test } from 'vitest'
import { queryKeyOf, queryOf, withoutDoubleVersion } from './request-url.ts'

test.each([
  ['/x', ''],
  ['/x?', ''],
  ['/x?key=k', ''],
  ['/x?alt=sse&key=k', '?alt=sse'],
  ['/x?key=k&alt=sse&key=', '?alt=sse'],
  ['/x?a=%20b&k%65y=k&apikey=1', '?a=%20b&apikey=1'],
  ['/x?monkey=1&&b', '?monkey=1&b'],
])('the query of %s without credentials is "%s"', (url, expected) => {
  expect(queryOf(url)).toBe(expected)
})

test('the key in a query is found', () => {
  expect(queryKeyOf('/x?alt=sse&key=a%2Bb')).toBe('a+b')
  expect(queryKeyOf('/x?monkey=1')).toBeUndefined()
  expect(queryKeyOf('/key=1')).toBeUndefined()
})

test.each([
  ['/v1/v1/messages', '/v1/messages'],
  ['/v1/v1beta/models/m:generateContent?alt=sse', '/v1beta/models/m:generateContent?alt=sse'],
  ['/v1beta/v1/x', '/v1/x'],
  ['/v1/messages', '/v1/messages'],
  ['/openai/v1/v1', '/openai/v1/v1'],
])('%s means %s', (url, expected) => {
  expect(withoutDoubleVersion(url)).toBe(expected)
})
