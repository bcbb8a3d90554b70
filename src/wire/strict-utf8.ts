const decoder = new TextDecoder('utf-8', { fatal: true })

/** Bytes that must be UTF-8, as JSON's are, as text. Throws a `TypeError` for others, whose text would be partly made up. */
export function readUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
