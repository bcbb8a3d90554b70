import { expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { toUpstreamFailure } from './failure.ts'

function failing(code: string, message = 'connect 10.0.0.1:443 with sk-secret'): Error {
  return Object.assign(new Error(message), { code })
}

test.each([
  [failing('ECONNREFUSED'), false, 'upstream_unreachable'],
  [failing('ECONNRESET'), false, 'upstream_unreachable'],
  [failing('ECONNRESET'), true, 'upstream_cut'],
  [failing('UND_ERR_SOCKET'), true, 'upstream_cut'],
  [failing('UND_ERR_CONNECT_TIMEOUT'), false, 'upstream_timeout'],
  [failing('ETIMEDOUT'), true, 'upstream_timeout'],
  [failing('HPE_INVALID_CONSTANT'), false, 'upstream_malformed'],
  [new AggregateError([failing('ECONNREFUSED'), failing('EHOSTUNREACH')]), false, 'upstream_unreachable'],
  [new TypeError('wrapped', { cause: failing('ETIMEDOUT') }), false, 'upstream_timeout'],
] as [Error, boolean, string][])('%s, headers received: %s', (cause, hasResponse, code) => {
  const failure = toUpstreamFailure(cause, hasResponse)
  expect(failure).toMatchObject({ code, cause })
  expect(failure.message).not.toMatch(/10\.0\.0\.1|sk-secret/)
})

test('an error of ours stays what it is', () => {
  const error = new GatewayError('client_gone', 'gone')
  expect(toUpstreamFailure(error, true)).toBe(error)
})
