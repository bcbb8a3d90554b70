import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Citation } from '../../ir/part.ts'
import type { Dropped } from '../../ir/response.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'
import { ID } from './id.ts'

/** Citations of the client's own documents point into a request that other formats spell differently. */
export const DROPPED_CITATIONS: Dropped = {
  path: 'citations',
  action: 'dropped',
  reason: 'only citations of web pages can be carried over',
}

/** A text block's citations: those of web pages, and how many there were of other kinds. */
export function decodeCitations(wire: unknown): { citations: Citation[]; others: number } {
  const list: readonly unknown[] = Array.isArray(wire) ? wire : []
  const citations = list.flatMap((entry) => decodeCitation(entry) ?? [])
  return { citations, others: list.length - citations.length }
}

/** Undefined for anything but the citation of a web page. It stands for its whole block, so it has no offsets. */
export function decodeCitation(wire: unknown): Citation | undefined {
  if (!isJsonObject(wire) || wire.type !== 'web_search_result_location') return undefined
  if (typeof wire.url !== 'string') return undefined
  const { url, title, cited_text: text } = wire
  return {
    type: 'url',
    url,
    ...(typeof title === 'string' && { title }),
    ...(typeof text === 'string' && { text }),
  }
}

/** Only Anthropic can make an `encrypted_index`. Ours says that it is none, so that the citation does not go back to Anthropic. */
export function encodeCitation(citation: Citation, citedText = ''): JsonObject {
  return {
    type: 'web_search_result_location',
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.text ?? citedText,
    encrypted_index: NO_INDEX,
  }
}

const NO_INDEX = wrapCarrier(NO_PROOF, ID)

export interface CitedText {
  readonly text: string
  readonly citations: readonly Citation[]
}

/**
 * Text cut where its citations begin and end, as this format wants one block per cited span. Offsets count from the beginning of the
 * whole answer, where this text stands at `offset`; a citation without offsets, or whose offsets are not of this text, means all of it.
 */
export function splitAtCitations(
  text: string,
  citations: readonly Citation[],
  offset: number,
): readonly CitedText[] {
  const spans = citations.map((citation) => {
    const start = cutAt(text, (citation.start ?? offset) - offset)
    const end = cutAt(text, (citation.end ?? offset + text.length) - offset)
    return start < end ? { citation, start, end } : { citation, start: 0, end: text.length }
  })
  const cuts = new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])
  const ends = [...cuts].sort((a, b) => a - b)
  return ends.slice(1).map((end, index) => {
    const start = ends[index] ?? 0
    const covering = spans.filter((span) => span.start <= start && span.end >= end)
    return { text: text.slice(start, end), citations: covering.map(({ citation }) => citation) }
  })
}

/** Inside the text, and never between the halves of a surrogate pair. */
function cutAt(text: string, position: number): number {
  const cut = Math.min(Math.max(position, 0), text.length)
  const code = text.charCodeAt(cut)
  const isInsidePair = cut > 0 && code >= 0xdc00 && code <= 0xdfff
  return isInsidePair ? cut + 1 : cut
}
