import { expect, test } from 'vitest'
import { nearestName } from './nearest.ts'

const OPTIONS = ['host', 'port', 'timeout', 'body_limit', 'request_timeout', 'tls']

test.each([
  ['prot', 'port'],
  ['hots', 'host'],
  ['timeot', 'timeout'],
  ['TimeOut', 'timeout'],
  ['body-limit', 'body_limit'],
  ['requst_timeouts', 'request_timeout'],
  ['tsl', 'tls'],
])('%s is most likely %s', (typed, meant) => expect(nearestName(typed, OPTIONS)).toBe(meant))

test.each(['colour', 'x', '', 'gateway_keys'])('%j is near nothing', (typed) =>
  expect(nearestName(typed, OPTIONS)).toBeUndefined(),
)

test('the nearest of several wins, and the first of equals', () => {
  expect(nearestName('gpt-5', ['gpt-50', 'gpt-5o', 'gpt-4'])).toBe('gpt-50')
  expect(nearestName('cat', ['bat', 'cut', 'cat'])).toBe('cat')
})

test('no candidates, no suggestion', () => expect(nearestName('port', [])).toBeUndefined())
