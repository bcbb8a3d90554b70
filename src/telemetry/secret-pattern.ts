/** Shorter strings occur in ordinary text by chance, and replacing them would only damage it. */
const MIN_SECRET_LENGTH = 6

/** Where a secret can occur: in text, and in bytes read as Latin-1, which never fails and needs no decoding. */
export interface SecretPatterns {
  /** Global, for replacing; null when there is no secret to look for. */
  readonly inText: RegExp | null
  readonly inBytes: RegExp | null
}

/**
 * Patterns that find every given secret as it is, JSON-escaped or URL-encoded. Shared prefixes (`sk-`, `AIza`) are factored out,
 * so that a search costs about the same for one secret and for a thousand.
 */
export function compileSecrets(secrets: Iterable<string>): SecretPatterns {
  const words = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue
    for (const form of spellings(secret)) words.add(form)
  }
  const latin1Words = new Set([...words].map((word) => Buffer.from(word, 'utf8').toString('latin1')))
  return { inText: compile(words), inBytes: compile(latin1Words) }
}

function compile(words: ReadonlySet<string>): RegExp | null {
  return words.size === 0 ? null : new RegExp(oneOf([...words].sort()), 'g')
}

function spellings(secret: string): string[] {
  const urlEncoded = encodeURIComponent(secret.toWellFormed())
  const withLowerHex = urlEncoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())
  return [secret, JSON.stringify(secret).slice(1, -1), urlEncoded, withLowerHex]
}

/** Sorted distinct words as a pattern that prefers the longest one. */
function oneOf(words: readonly string[]): string {
  const first = words[0] ?? ''
  if (words.length === 1) return escapePattern(first)
  const prefix = sharedPrefix(first, words.at(-1) ?? '')
  const branches = new Map<string, string[]>()
  for (const word of words) {
    const rest = word.slice(prefix.length)
    if (rest === '') continue
    const branch = branches.get(rest.charAt(0))
    if (branch) branch.push(rest)
    else branches.set(rest.charAt(0), [rest])
  }
  const mayEndHere = first.length === prefix.length
  return `${escapePattern(prefix)}(?:${[...branches.values()].map(oneOf).join('|')})${mayEndHere ? '?' : ''}`
}

/** Of sorted words, what the first and the last share is what all share. */
function sharedPrefix(first: string, last: string): string {
  let length = 0
  while (length < first.length && first.charCodeAt(length) === last.charCodeAt(length)) length++
  return first.slice(0, length)
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
