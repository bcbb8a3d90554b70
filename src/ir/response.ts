import type { Part } from './part.ts'
import type { Usage } from './usage.ts'

/** A whole answer as no API spells it. */
export interface ChatResponse {
  /** The upstream's own id; clients get one in their own spelling. */
  readonly upstreamId?: string
  /** As the upstream names it. */
  readonly model: string
  /** UNIX seconds; undefined where the upstream says nothing. */
  readonly createdSeconds?: number
  readonly parts: readonly Part[]
  readonly finish: Finish
  /** Undefined where the upstream did not count: that is not zero. */
  readonly usage?: Usage
  readonly serviceTier?: string
  /** The answers beside the first, where several were asked for, in the order of their indexes. */
  readonly alternatives?: readonly Alternative[]
  readonly dropped: readonly Dropped[]
}

/** Another answer to the same request. */
export interface Alternative {
  readonly parts: readonly Part[]
  readonly finish: Finish
}

export interface Finish {
  readonly unified: FinishReason
  /** In the upstream's spelling. */
  readonly raw?: string
  /** The stop sequence that was met, where the upstream names it. */
  readonly stopSequence?: string
  /** Why it refused, where it says so. */
  readonly explanation?: string
}

export type FinishReason =
  | 'stop'
  | 'stop-sequence'
  | 'length'
  | 'tool-calls'
  | 'refusal'
  /** The provider paused a long turn of its own tools; the answer is not done. */
  | 'pause'
  /** Something that we do not know: never shown as a clean stop. */
  | 'other'

/** One thing that a conversion left out or approximated. */
export interface Dropped {
  /** In the client's own spelling. */
  readonly path: string
  readonly action: 'dropped' | 'approximated'
  readonly reason: string
  /** The target could have made nothing of it anyway, so that clients that insist on strict conversion need not mind. */
  readonly isHarmless?: true
}
