import type { DialectId } from '../../../src/core/dialect-id.ts'

/** What becomes of a case when a request or an answer changes format. */
export type Disposition =
  /** Converted; there and back again it means the same. */
  | 'lossless'
  /** Converted into the nearest thing, which is reported. */
  | 'approximated'
  /** A hint that is left out, which is reported. */
  | 'dropped'
  /** Answered with 400 before any upstream is called. */
  | 'refused'
  /** Untouched where client and upstream speak the same format. */
  | 'pass-through'
  /** A rule about how the gateway behaves; nothing is converted. */
  | 'rule'

export type Direction = 'request' | 'response' | 'both' | 'stream' | 'error'

/** One thing that a gateway can get wrong between two formats. Tests name it by its id. */
export interface ConversionCase {
  readonly id: string
  readonly title: string
  /** The subject it belongs to; several cases share one. */
  readonly feature: string
  readonly dispositions: readonly Disposition[]
  readonly direction: Direction
  /** Formats of the client that it concerns; all of them where absent. */
  readonly from?: readonly DialectId[]
  /** Formats of the upstream that it concerns; all of them where absent. */
  readonly to?: readonly DialectId[]
}

export const CHAT = 'openai-chat'
export const COMPLETIONS = 'openai-completions'
export const RESPONSES = 'openai-responses'
export const MESSAGES = 'anthropic-messages'
export const GEMINI = 'gemini'

type Row = readonly [
  id: string,
  dispositions: Disposition | readonly Disposition[],
  title: string,
  where?: Partial<Pick<ConversionCase, 'feature' | 'direction' | 'from' | 'to'>>,
]

/** The rows of one section as cases; what a row leaves open is the section's. */
export function section(
  shared: Pick<ConversionCase, 'feature' | 'direction'>,
  rows: readonly Row[],
): readonly ConversionCase[] {
  return rows.map(([id, dispositions, title, where]) => ({
    id,
    title,
    ...shared,
    ...where,
    dispositions: typeof dispositions === 'string' ? [dispositions] : dispositions,
  }))
}
