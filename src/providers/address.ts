import type { UpstreamFamily } from '../core/dialect-id.ts'
import type { Provider } from './provider.ts'

/** Where an account is reached: the origin for undici, and the path below which each family's endpoints hang. */
export interface Address {
  readonly origin: string
  /** Path before any family root, without a trailing slash. */
  readonly prefix: string
  readonly roots: Readonly<Partial<Record<UpstreamFamily, string>>>
}

/** Endpoints that people paste as a base URL, or that an `aiservices.json` names in full. */
const ENDPOINT = /\/(chat\/completions|completions|responses|messages|embeddings|models(\/.*)?)\/?$/

/**
 * The address of a provider, or of `baseUrl` in its place. A base URL without a path, or with the beginning of one of the provider's
 * own, keeps the provider's paths; one that ends like them moves them; any other is taken at its word for the provider's first family.
 * Throws TypeError for what is no URL.
 */
export function addressOf(provider: Provider, baseUrl?: string): Address {
  const url = new URL(baseUrl ?? provider.origin)
  const path = url.pathname.replace(ENDPOINT, '').replace(/\/+$/, '')
  const { origin } = url
  const { roots } = provider
  if (baseUrl === undefined || path === '') return { origin, prefix: path, roots }
  const known = Object.values(roots)
  if (known.some((root) => root.startsWith(`${path}/`))) return { origin, prefix: '', roots }
  const [ending] = known.filter((root) => path.endsWith(root)).toSorted((a, b) => b.length - a.length)
  if (ending !== undefined) return { origin, prefix: path.slice(0, path.length - ending.length), roots }
  return { origin, prefix: '', roots: rootsBelow(provider, path) }
}

function rootsBelow({ roots }: Provider, path: string): Address['roots'] {
  const entries = Object.entries(roots).map(([family, root], index) => [
    family,
    index === 0 ? path : path + root,
  ])
  return Object.fromEntries(entries)
}

/** Path of an endpoint of one family, `/chat/completions` and the like; undefined where the account has no such family. */
export function endpointPath(address: Address, family: UpstreamFamily, path: string): string | undefined {
  const root = address.roots[family]
  return root === undefined ? undefined : address.prefix + root + path
}

/**
 * Path for a raw request: as the client wrote it where it begins with one of the roots; below the root of its version, where it begins
 * with a version; else below the first family.
 */
export function rawPath({ prefix, roots }: Address, path: string): string {
  const known = Object.values(roots)
  if (known.some((root) => path.startsWith(`${root}/`))) return prefix + path
  const version = /^\/v\d+(alpha|beta)?\d*(?=\/|$)/.exec(path)?.[0]
  if (version === undefined) return prefix + (known[0] ?? '') + path
  const root = known.find((candidate) => candidate.endsWith(version)) ?? version
  return prefix + root.slice(0, root.length - version.length) + path
}
