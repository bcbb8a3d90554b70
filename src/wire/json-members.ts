/** Where one member of a JSON object stands in the bytes of the object. Offsets are into the whole buffer, ends exclusive. */
export interface JsonMember {
  readonly key: string
  /** Of the key's quote. */
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c
const COLON = 0x3a

/**
 * The members of the object that starts at or after `from`, in order, duplicates included. The bytes must be valid JSON
 * (`JSON.parse` has accepted them); this only finds places, so that a value can be edited without touching anything around it.
 */
export function findJsonMembers(bytes: Buffer, from = 0): JsonMember[] {
  const members: JsonMember[] = []
  let at = skipSpace(bytes, from)
  if (bytes[at] !== OPEN_BRACE) return members
  at = skipSpace(bytes, at + 1)
  while (at < bytes.length && bytes[at] === QUOTE) {
    const keyEnd = skipString(bytes, at)
    const key: unknown = JSON.parse(bytes.toString('utf8', at, keyEnd))
    const colon = skipSpace(bytes, keyEnd)
    if (bytes[colon] !== COLON) return members
    const valueStart = skipSpace(bytes, colon + 1)
    const valueEnd = skipValue(bytes, valueStart)
    members.push({ key: String(key), start: at, valueStart, valueEnd })
    at = skipSpace(bytes, valueEnd)
    if (bytes[at] !== COMMA) return members
    at = skipSpace(bytes, at + 1)
  }
  return members
}

/** Offset of the brace that closes the object which starts at or after `from`. */
export function findObjectEnd(bytes: Buffer, from = 0): number {
  return skipValue(bytes, skipSpace(bytes, from)) - 1
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++
  return at
}

/** `indexOf` jumps over megabytes of base64 natively; only escapes make it stop on the way. */
function skipString(bytes: Buffer, quote: number): number {
  let close = bytes.indexOf(QUOTE, quote + 1)
  while (close !== -1 && isEscaped(bytes, close)) close = bytes.indexOf(QUOTE, close + 1)
  return close === -1 ? bytes.length : close + 1
}

function isEscaped(bytes: Buffer, quote: number): boolean {
  let backslashes = 0
  while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}

function skipValue(bytes: Buffer, start: number): number {
  const first = bytes[start]
  if (first === QUOTE) return skipString(bytes, start)
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(bytes, start)
  let at = start
  while (at < bytes.length && !isDelimiter(bytes[at])) at++
  return at
}

function isDelimiter(byte: number | undefined): boolean {
  if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return true
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function skipNested(bytes: Buffer, start: number): number {
  let depth = 0
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = skipString(bytes, at)
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
    at++
    if (depth === 0) return at
  }
  return at
}
