import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Citation } from '../../ir/part.ts'
import { bytesOfIndexes, indexesOfBytes } from './text-offsets.ts'

/** One stretch of the answer, in bytes of the part it stands in, and a source that bears it out. */
interface Support {
  readonly url: string
  readonly title: string | undefined
  readonly partIndex: number
  readonly startByte: number
  readonly endByte: number | undefined
  readonly text: string | undefined
}

/**
 * Grounding and citations of a candidate as ours. Offsets count from the start of a part, which a stream has long cut to pieces; so
 * they are tried there and on the text as a whole, and believed where the quoted words stand.
 * @param text the whole visible answer
 * @param partStarts where in it the parts of the last chunk begin
 * @see https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function decodeGrounding(
  grounding: unknown,
  citationMetadata: unknown,
  text: string,
  partStarts: readonly number[],
): Citation[] {
  const supports = [...supportsOf(grounding), ...recitationsOf(citationMetadata)]
  const bases = new Set([0, ...supports.map(({ partIndex }) => partStarts[partIndex] ?? 0)])
  const byBase = new Map([...bases].map((base) => [base, indexesFrom(text, base, supports)]))
  return supports.map((support) => {
    const { url, title } = support
    const range = rangeOf(support, text, [partStarts[support.partIndex] ?? 0, 0], byBase)
    return { type: 'url', url, ...(title !== undefined && { title }), ...range }
  })
}

function indexesFrom(text: string, base: number, supports: readonly Support[]): ReadonlyMap<number, number> {
  const offsets = supports.flatMap(({ startByte, endByte }) => [startByte, endByte ?? 0])
  return indexesOfBytes(text.slice(base), offsets)
}

function rangeOf(
  { startByte, endByte, text: quoted }: Support,
  text: string,
  bases: readonly number[],
  byBase: ReadonlyMap<number, ReadonlyMap<number, number>>,
): Pick<Citation, 'start' | 'end'> {
  for (const base of endByte === undefined ? [] : bases) {
    const start = base + (byBase.get(base)?.get(startByte) ?? 0)
    const end = base + (byBase.get(base)?.get(endByte ?? 0) ?? 0)
    if (start < end && (quoted === undefined || text.slice(start, end) === quoted)) return { start, end }
  }
  const found = quoted === undefined || quoted === '' ? -1 : text.indexOf(quoted)
  return found === -1 ? {} : { start: found, end: found + (quoted ?? '').length }
}

function supportsOf(grounding: unknown): Support[] {
  if (!isJsonObject(grounding)) return []
  const sources = listOf(grounding.groundingChunks).map(sourceOf)
  return listOf(grounding.groundingSupports).flatMap((support) => {
    const segment = isJsonObject(support.segment) ? support.segment : {}
    const indexes = Array.isArray(support.groundingChunkIndices) ? support.groundingChunkIndices : []
    return indexes.flatMap((index: unknown) => {
      const source = typeof index === 'number' ? sources[index] : undefined
      return source === undefined ? [] : [{ ...source, ...placeOf(segment) }]
    })
  })
}

/** A web page, a passage that was retrieved, or a place on the map. */
function sourceOf(chunk: JsonObject): Pick<Support, 'url' | 'title'> | undefined {
  const source = [chunk.web, chunk.retrievedContext, chunk.maps].find(isJsonObject)
  if (source === undefined || typeof source.uri !== 'string') return undefined
  return { url: source.uri, title: typeof source.title === 'string' ? source.title : undefined }
}

function recitationsOf(metadata: unknown): Support[] {
  if (!isJsonObject(metadata)) return []
  return listOf(metadata.citations ?? metadata.citationSources).flatMap((citation) => {
    const { uri, title } = citation
    if (typeof uri !== 'string' || uri === '') return []
    return [{ url: uri, title: typeof title === 'string' ? title : undefined, ...placeOf(citation) }]
  })
}

function placeOf(segment: JsonObject): Omit<Support, 'url' | 'title'> {
  const { text } = segment
  return {
    partIndex: offsetOf(segment.partIndex) ?? 0,
    startByte: offsetOf(segment.startIndex) ?? 0,
    endByte: offsetOf(segment.endIndex),
    text: typeof text === 'string' ? text : undefined,
  }
}

function offsetOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** Citations as grounding metadata: each address once, each citation a support of it. Undefined where there are none. */
export function encodeGrounding(citations: readonly Citation[], text: string): JsonObject | undefined {
  if (citations.length === 0) return undefined
  const titles = new Map<string, string | undefined>()
  for (const { url, title } of citations) titles.set(url, titles.get(url) ?? title)
  const order = new Map([...titles.keys()].map((url, index) => [url, index]))
  const bytes = bytesOfIndexes(
    text,
    citations.flatMap(({ start, end }) => [start ?? 0, end ?? text.length]),
  )
  return {
    groundingChunks: [...titles].map(([uri, title]) => ({
      web: { uri, ...(title !== undefined && { title }) },
    })),
    groundingSupports: citations.map(({ url, start = 0, end = text.length }) => ({
      segment: {
        startIndex: bytes.get(start) ?? 0,
        endIndex: bytes.get(end) ?? 0,
        text: text.slice(start, end),
      },
      groundingChunkIndices: [order.get(url) ?? 0],
    })),
  }
}
