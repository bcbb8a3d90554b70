import { lookup as resolve } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { GatewayError } from '../core/errors.ts'

/** Networks that are not the public internet. @see https://www.iana.org/assignments/iana-ipv4-special-registry */
const PRIVATE_NETWORKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]

const blocked = createBlockList(PRIVATE_NETWORKS)

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  // an IPv4 address in IPv6 clothes is checked as what it is; `BlockList` does so by itself
  return !blocked.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Throws `invalid_request`, with the path of the field, for a host that is, or resolves to, an address that is not public. */
export async function refusePrivateAddress(hostname: string, path = 'base_url'): Promise<void> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(host) === 0 ? await addressesOf(host, path) : [host]
  if (addresses.every(isPublicAddress)) return
  throw privateAddress(path)
}

export function privateAddress(path: string): GatewayError {
  const message =
    'The address is on a private network. An operator can allow that with "admin.allow_private_upstreams", or declare the account in a file.'
  return new GatewayError('invalid_request', message, { path })
}

async function addressesOf(host: string, path: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch (cause) {
    throw new GatewayError('invalid_request', `The host "${host}" cannot be found.`, {
      cause,
      path,
    })
  }
}

/**
 * Resolves names for connections that may only go to public addresses. What it returns is what is connected to, so that a name cannot
 * point elsewhere between the check and the connection.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) {
      callback(error, '', 0)
      return
    }
    const allowed = found.filter(({ address }) => isPublicAddress(address))
    const [first] = allowed
    if (first === undefined) {
      callback(Object.assign(new Error('only private addresses'), { code: 'EPRIVATE' }), '', 0)
      return
    }
    if (options.all === true) callback(null, allowed)
    else callback(null, first.address, first.family)
  })
}

/** The same for hosts that are addresses already, which nobody resolves: why they are not connected to, if they are not. */
export function privateLiteral(hostname: string): GatewayError | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) === 0 || isPublicAddress(host)) return undefined
  const cause = Object.assign(new Error('only private addresses'), { code: 'EPRIVATE' })
  return new GatewayError('upstream_unreachable', 'The provider could not be reached (EPRIVATE).', { cause })
}

function createBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', length] = network.split('/')
    list.addSubnet(address, Number(length), address.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
