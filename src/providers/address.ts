import type { ApiFamily } from '../core/dialect-id.ts'
import type { Provider } from './provider.ts'

/** Where an account is reached: the origin for undici, and the path below which each family's endpoints hang. */
export interface Address {
  readonly origin: string
  /** Path before any family root, without a trailing slash. */
  readonly prefix: string
  readonly roots: Readonly<Partial<Record<ApiFamily, string>>>
}

/** Endpoints that people paste as a base URL, or that an `aiservices.json` names in full. */
const ENDPOINT = /\/(chat\/completions|completions|responses|messages|embeddings|models(\/.*)?)\/?$/

/**
 * The address of a provider, or of `baseUrl` in its place. A base URL without a path keeps the provider's own paths; one with a
 * path is taken at its word for the provider's first family. Throws TypeError for what is no URL.
 */
export function addressOf(provider: Provider, baseUrl?: string): Address {
  const url = new URL(baseUrl ?? provider.origin)
  const path = url.pathname.replace(ENDPOINT, '').replace(/\/+$/, '')
  if (baseUrl === undefined || path === '') return { origin: url.origin, prefix: path, roots: provider.roots }
  const [family, root = ''] = Object.entries(provider.roots)[0] ?? []
  if (family !== undefined && path.endsWith(root)) {
    return { origin: url.origin, prefix: path.slice(0, path.length - root.length), roots: provider.roots }
  }
  const others = Object.entries(provider.roots).slice(1)
  const moved = others.map(([name, below]) => [name, path + below] as const)
  return {
    origin: url.origin,
    prefix: '',
    roots: { ...Object.fromEntries(moved), ...(family && { [family]: path }) },
  }
}

/** Path of an endpoint of one family, `/chat/completions` and the like; undefined where the account has no such family. */
export function endpointPath(address: Address, family: ApiFamily, path: string): string | undefined {
  const root = address.roots[family]
  return root === undefined ? undefined : address.prefix + root + path
}

/** Path for a raw request: as the client wrote it where it begins with a version or a root, else below the first family. */
export function rawPath(address: Address, path: string): string {
  const roots = Object.values(address.roots)
  const isRooted =
    /^\/v\d+(alpha|beta)?\d*(\/|$)/.test(path) || roots.some((root) => path.startsWith(`${root}/`))
  return address.prefix + (isRooted ? path : (roots[0] ?? '') + path)
}
