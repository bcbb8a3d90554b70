import type { Account } from '../routing/account.ts'
import { REDACTED } from '../telemetry/scrub.ts'
import type { Headers } from '../wire/headers.ts'

/** Takes one credential out of whatever an upstream sends back: some quote it in errors, some mirror request headers. */
export interface CredentialGuard {
  /** The same bytes where the credential is not in them, which is nearly always; one native search then. */
  bytes(bytes: Buffer): Buffer
  headers(headers: Headers): Headers
  /** How many of the last bytes may be the credential's beginning: they have to wait for what follows. */
  openEnd(bytes: Buffer): number
}

/** Guards everything that an account's requests are sent with at the moment. */
export function guardOf({ secret, credential, headers }: Account): CredentialGuard {
  return createCredentialGuard([secret, ...(credential?.secrets() ?? []), ...Object.values(headers)])
}

/** Shorter ones occur by chance. */
const MIN_LENGTH = 6

/** Guards what a request is sent with, as it is, JSON-escaped or URL-encoded. */
export function createCredentialGuard(secrets: readonly string[]): CredentialGuard {
  const spellings = [...new Set(secrets.filter(({ length }) => length >= MIN_LENGTH).flatMap(spellingsOf))]
  if (spellings.length === 0)
    return { bytes: (bytes) => bytes, headers: (headers) => headers, openEnd: () => 0 }
  const needles = spellings.map((spelling) => Buffer.from(spelling))
  const text = (value: string) =>
    spellings.reduce((rest, spelling) => rest.replaceAll(spelling, REDACTED), value)
  const isShowing = (value: string | string[]): boolean =>
    typeof value === 'string' ? spellings.some((spelling) => value.includes(spelling)) : value.some(isShowing)
  return {
    bytes: (bytes) =>
      needles.some((needle) => bytes.includes(needle)) ? Buffer.from(text(bytes.toString('utf8'))) : bytes,
    headers: (headers) => {
      // the same object, unless some upstream mirrors what it was sent
      if (!Object.values(headers).some(isShowing)) return headers
      const clean = Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? text(value) : value.map(text),
      ])
      return Object.fromEntries(clean)
    },
    openEnd: (bytes) => Math.max(...needles.map((needle) => openEnd(bytes, needle))),
  }
}

function spellingsOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]
}

/** Length of the longest end of `bytes` that `needle` begins with. */
function openEnd(bytes: Buffer, needle: Buffer): number {
  for (let length = Math.min(bytes.length, needle.length - 1); length > 0; length--) {
    if (bytes.compare(needle, 0, length, bytes.length - length) === 0) return length
  }
  return 0
}
