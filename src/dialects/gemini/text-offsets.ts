// Gemini counts offsets into text in bytes of UTF-8, we in UTF-16 code units. Both ways take one walk through the text.

/** Where in the text each number of bytes ends. What lies beyond the text is its end. */
export function indexesOfBytes(text: string, byteOffsets: Iterable<number>): ReadonlyMap<number, number> {
  return walk(
    text,
    byteOffsets,
    (bytes) => bytes,
    (_bytes, index) => index,
  )
}

/** How many bytes of UTF-8 stand before each index of the text. */
export function bytesOfIndexes(text: string, indexes: Iterable<number>): ReadonlyMap<number, number> {
  return walk(
    text,
    indexes,
    (_bytes, index) => index,
    (bytes) => bytes,
  )
}

type Position = (bytes: number, index: number) => number

function walk(text: string, wanted: Iterable<number>, from: Position, to: Position): Map<number, number> {
  const sorted = [...new Set(wanted)].sort((a, b) => a - b)
  const found = new Map<number, number>()
  let bytes = 0
  let index = 0
  for (const offset of sorted) {
    while (from(bytes, index) < offset && index < text.length) {
      const codePoint = text.codePointAt(index) ?? 0
      bytes += byteLength(codePoint)
      index += codePoint > 0xffff ? 2 : 1
    }
    found.set(offset, to(bytes, index))
  }
  return found
}

function byteLength(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}
