import type { Converter, Dialect, UpstreamConverter } from '../dialects/dialect.ts'
import type { AnswerContext, ToolName } from '../ir/conversion.ts'
import type { Part } from '../ir/part.ts'

/** How one answer finds its way back from the upstream's format into the client's. */
export interface Conversion {
  readonly client: Converter
  readonly clientDialect: Dialect
  readonly upstream: UpstreamConverter
  readonly context: AnswerContext
  readonly toolNames: ReadonlyMap<string, ToolName>
  /** Is told what an answer consists of, under the client's names, so that its reasoning can be proven later. */
  readonly remember: (parts: readonly Part[]) => void
  /** Gemini's streams are JSON arrays for clients that did not ask for SSE. */
  readonly framing: 'sse' | 'json-array'
}

/**
 * How an answer in the client's own format is brought into the mode that was asked for. Undefined where it has that already: events for
 * a stream, JSON for a whole answer.
 */
export type Reshape = (came: { readonly isSse: boolean }) => Conversion | 'impossible' | undefined
