import { describe, expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { UpstreamConnections } from './connections.ts'
import { isPublicAddress, lookupPublic, refusePrivateAddress } from './public-address.ts'

describe('an address', () => {
  test.each(['8.8.8.8', '104.18.7.192', '2606:4700::6812:7c0'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fd00:ec2::254',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    'not an address',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

test.each(['localhost', '127.0.0.1', '[::1]', '169.254.169.254', 'no-such-host.invalid'])(
  'an account at %s is refused',
  async (host) => {
    await expect(refusePrivateAddress(host)).rejects.toMatchObject({
      code: 'invalid_request',
      path: 'base_url',
    })
  },
)

test('a name that points to this machine is not connected to', async () => {
  const error = await new Promise((done) => lookupPublic('localhost', {}, (problem) => done(problem)))
  expect(error).toMatchObject({ code: 'EPRIVATE' })
})

test.each(['http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost:1'])(
  'a request that may only go to public addresses does not go to %s',
  async (origin) => {
    const connections = new UpstreamConnections({
      connectTimeoutMs: 1000,
      idleConnectionTimeoutMs: 1000,
      http2: false,
      httpProxy: undefined,
      httpsProxy: undefined,
      noProxy: undefined,
    })
    const request = { origin, path: '/', method: 'GET', headers: {}, body: undefined, isPublicOnly: true }
    const timeout = new GatewayError('upstream_timeout', 'too long')
    await expect(connections.fetchWhole(request, 2000, timeout)).rejects.toMatchObject({
      code: 'upstream_unreachable',
      message: expect.stringContaining('EPRIVATE'),
    })
    await connections.close()
  },
)
