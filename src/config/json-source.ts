import { positionIn, type ReadResult } from './source-file.ts'

// JSON.parse tells neither where a value stands nor of names given twice, and its messages quote the file, which holds
// secrets. So this reads strict JSON (RFC 8259) into the same values, with the offset of every member.

interface Reader {
  readonly text: string
  at: number
  /** Offsets by path, as {@link keyOf} spells it. */
  readonly offsets: Map<string, number>
  readonly duplicates: { readonly offset: number; readonly first: number }[]
}

class JsonSyntaxError extends Error {
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

/** A file of strict JSON with the position of everything in it. A name given twice is a problem. Quotes no content. */
export function parseJson(file: string, text: string): ReadResult {
  const reader: Reader = { text, at: 0, offsets: new Map(), duplicates: [] }
  try {
    const value = readValue(reader, [])
    skipBlank(reader)
    if (reader.at < text.length) fail(reader, 'expected the end of the file')
    const positionOf = (path: readonly PropertyKey[]) => positionIn(text, nearestOffset(reader, path))
    const problems = reader.duplicates.map(({ offset, first }) => {
      const { line } = positionIn(text, first)
      const message = `a name is given twice; it stands in line ${line} already`
      return { file, ...positionIn(text, offset), path: '', message }
    })
    return { source: { file, value, positionOf }, problems }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return {
      problems: [
        { file, ...positionIn(text, error.offset), path: '', message: `is not JSON: ${error.message}` },
      ],
    }
  }
}

function readValue(reader: Reader, path: readonly PropertyKey[]): unknown {
  skipBlank(reader)
  switch (reader.text[reader.at]) {
    case '{':
      return readObject(reader, path)
    case '[':
      return readArray(reader, path)
    case '"':
      return readString(reader)
    default:
      return readWord(reader)
  }
}

function readObject(reader: Reader, path: readonly PropertyKey[]): unknown {
  const members = new Map<string, unknown>()
  const offsets = new Map<string, number>()
  readList(reader, '}', () => {
    const offset = reader.at
    if (reader.text[offset] !== '"') fail(reader, 'expected a name in double quotes')
    const name = readString(reader)
    const first = offsets.get(name)
    if (first !== undefined) reader.duplicates.push({ offset, first })
    else offsets.set(name, offset)
    const memberPath = [...path, name]
    if (!reader.offsets.has(keyOf(memberPath))) reader.offsets.set(keyOf(memberPath), offset)
    skipBlank(reader)
    expect(reader, ':')
    members.set(name, readValue(reader, memberPath))
  })
  return Object.fromEntries(members)
}

function readArray(reader: Reader, path: readonly PropertyKey[]): unknown[] {
  const items: unknown[] = []
  readList(reader, ']', () => {
    const itemPath = [...path, items.length]
    reader.offsets.set(keyOf(itemPath), reader.at)
    items.push(readValue(reader, itemPath))
  })
  return items
}

/** What stands between two brackets, with commas between the items and none after the last. */
function readList(reader: Reader, end: string, readItem: () => void): void {
  reader.at++
  skipBlank(reader)
  if (reader.text[reader.at] === end) {
    reader.at++
    return
  }
  for (;;) {
    skipBlank(reader)
    readItem()
    skipBlank(reader)
    if (reader.text[reader.at] !== ',') break
    reader.at++
  }
  expect(reader, end)
}

function readString(reader: Reader): string {
  const pattern = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
  const match = matchHere(reader, pattern)
  return match === undefined
    ? fail(reader, 'this string is not closed, or has a bad escape in it')
    : JSON.parse(match)
}

function readWord(reader: Reader): unknown {
  const match = matchHere(reader, /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
  return match === undefined ? fail(reader, 'expected a value') : JSON.parse(match)
}

function matchHere(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at
  const match = pattern.exec(reader.text)?.[0]
  reader.at += match?.length ?? 0
  return match
}

function skipBlank(reader: Reader): void {
  matchHere(reader, /[ \t\r\n]*/y)
}

function expect(reader: Reader, character: string): void {
  if (reader.text[reader.at] !== character)
    fail(reader, `expected ${character === ':' ? ':' : `, or ${character}`}`)
  reader.at++
}

function fail(reader: Reader, message: string): never {
  const atEnd = reader.at >= reader.text.length
  throw new JsonSyntaxError(reader.at, atEnd ? `${message}, but the file ends here` : message)
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path)
}

function nearestOffset(reader: Reader, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const offset = reader.offsets.get(keyOf(path.slice(0, length)))
    if (offset !== undefined) return offset
  }
  return 0
}
