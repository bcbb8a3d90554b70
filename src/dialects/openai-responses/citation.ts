import type { JsonObject } from '../../core/json.ts'
import type { Citation } from '../../ir/part.ts'

/**
 * A citation as an annotation, whose offsets count from the start of its own text. `textBefore` is the length of the texts before that
 * one, `length` its own: a citation without offsets means all of it.
 */
export function encodeCitation(citation: Citation, textBefore: number, length: number): JsonObject {
  const { url, title = '', start, end } = citation
  return {
    type: 'url_citation',
    start_index: start === undefined ? 0 : Math.max(0, start - textBefore),
    end_index: end === undefined ? length : Math.max(0, end - textBefore),
    url,
    title,
  }
}
