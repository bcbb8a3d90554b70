import type { UpstreamDialectId } from '../../../src/core/dialect-id.ts'
import type { JsonObject } from '../../../src/core/json.ts'

/** Something that an upstream cannot take as it is, as a client sends it, and where that stands in the client's own spelling. */
export interface PlaceRow {
  readonly what: string
  readonly upstream: UpstreamDialectId
  /** Merged into the smallest request of the client's format. */
  readonly more: JsonObject
  readonly path: string
}

export const PNG = 'iVBORw0KGgo='
export const LINK = 'https://example.com/a.png'
export const ARRAY_SCHEMA = { type: 'array' }
