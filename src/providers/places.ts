import type { CloudConfig } from '../config/config.ts'
import type { Provider } from './provider.ts'

/** What an account says of where its cloud serves it. */
export interface Placed {
  readonly cloud?: CloudConfig
  readonly region?: string
}

const PLACE = /\{(region|project|location|resource)\}/g
/** What may become part of a host name. */
const HOST_LABEL = /^[a-z0-9-]+$/i

/**
 * The provider with its origin and roots filled in for one account. With a `base_url` the origin does not matter. Throws TypeError with
 * the name of a place that the account does not give.
 */
export function atPlace(provider: Provider, account: Placed, hasBaseUrl: boolean): Provider {
  const { origin, roots, originsByPlace = {} } = provider
  if (!origin.includes('{') && !Object.values(roots).some((root) => root.includes('{'))) return provider
  const places = placesOf(account)
  const special = Object.entries(originsByPlace).map(([name, origins]) => origins[places[name] ?? ''])
  const ownOrigin = special.find((found) => found !== undefined) ?? origin
  const filled = Object.entries(roots).map(([family, root]) => [
    family,
    fill(root, places, encodeURIComponent),
  ])
  return {
    ...provider,
    origin: hasBaseUrl ? origin : fill(ownOrigin, places, hostLabel),
    roots: Object.fromEntries(filled),
  }
}

/** Whether nothing but a base URL says where a provider is: then it has no address of its own. */
export function isPlacedByBaseUrl({ origin }: Provider): boolean {
  return origin.includes('{resource}')
}

function placesOf({ cloud, region }: Placed): Readonly<Record<string, string | undefined>> {
  if (cloud?.type === 'google') return { project: cloud.project, location: cloud.location }
  return { region: cloud?.type === 'aws' ? cloud.region : region }
}

function fill(
  text: string,
  places: Readonly<Record<string, string | undefined>>,
  write: (value: string) => string,
): string {
  return text.replace(PLACE, (_whole, name: string) => {
    const value = places[name]
    if (value === undefined) throw new TypeError(name)
    return write(value)
  })
}

function hostLabel(value: string): string {
  if (!HOST_LABEL.test(value)) throw new TypeError('legal region or location')
  return value
}
