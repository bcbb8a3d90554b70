import type { JsonObject } from '../core/json.ts'
import type { Dialect } from '../dialects/dialect.ts'

/** How an answer that is no conversation becomes the client's: one JSON body out of another. */
export interface BodyConversion {
  readonly clientDialect: Dialect
  /** Throws `upstream_malformed`, or the error that the body is. */
  readonly convertBody: (answer: unknown) => JsonObject
}
