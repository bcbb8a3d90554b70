import type { ApiFamily } from '../core/dialect-id.ts'

/** Where the endpoints of each family stand, without a slash at the end. */
export type FamilyUrls = Readonly<Record<ApiFamily, string>>

const VERSION = /\/(v\d+\w*)$/

/**
 * A server's address to the address of each API family. It may end in a version, as OpenAI's SDKs want it (`/v1`), or without, as the
 * others do; another version than `v1` is kept for all families but Gemini's. Undefined where it is no HTTP address.
 */
export function readBaseUrl(text: string): FamilyUrls | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined
  const path = url.pathname.replace(/\/+$/, '')
  const version = VERSION.exec(path)?.[1] ?? 'v1'
  const root = `${url.origin}${path.replace(VERSION, '')}`
  const shared = `${root}/${/alpha|beta/.test(version) ? 'v1' : version}`
  return { openai: shared, anthropic: shared, gemini: `${root}/v1beta` }
}
