import type { Dropped } from '../ir/response.ts'
import type { Headers } from '../wire/headers.ts'
import type { Exchange } from './exchange.ts'

/** Most headers hold no more than this. */
const MAX_HEADER_LENGTH = 4000

/** The header that names all that an answer's conversion has lost so far; none where it lost nothing. */
export function droppedHeaders({ dropped }: Pick<Exchange, 'dropped'>): Headers {
  return dropped.length === 0 ? {} : { 'x-gateway-dropped': droppedHeader(dropped) }
}

/** What a conversion dropped, as compact JSON in ASCII; a list too long for a header says how much it leaves out. */
export function droppedHeader(dropped: readonly Dropped[]): string {
  for (let count = dropped.length; count > 0; count--) {
    const shown: unknown[] = dropped.slice(0, count)
    if (count < dropped.length) shown.push({ more: dropped.length - count })
    const text = JSON.stringify(shown).replace(
      /[^\x20-\x7e]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    if (text.length <= MAX_HEADER_LENGTH) return text
  }
  return JSON.stringify([{ more: dropped.length }])
}
