import type { DialectId } from '../core/dialect-id.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { AnswerFacts } from '../dialects/dialect.ts'
import type { Dropped } from '../ir/response.ts'
import type { VirtualKey } from '../keys/directory.ts'
import type { Admission } from '../limits/sliding-window.ts'
import type { Account } from '../routing/account.ts'

/** One client request from its first byte to its ledger entry: what is known of it so far. Settlement reads it once, at the end. */
export interface Exchange {
  readonly requestId: string
  readonly method: string
  /** Path with query, credentials taken out. */
  readonly path: string
  readonly startedAtMs: number
  /** Monotonic, for durations. */
  readonly startedTick: number
  key?: VirtualKey
  account?: Account
  dialect?: DialectId
  /** The model as the client named it; as the upstream knows it once a target is chosen. */
  model?: string
  attempts: number
  /** What the key's quota said, for the headers of an answer that is ours. */
  quota?: Admission
  isStreaming: boolean
  /** Parsed bodies, kept only where they are logged. */
  keepsBodies: boolean
  requestBody?: unknown
  responseBody?: unknown
  facts: AnswerFacts
  /** What a conversion left out or approximated. */
  dropped: readonly Dropped[]
  status?: number
  errorCode?: ErrorCode
  firstTokenTick?: number
  isClientGone: boolean
  isSettled: boolean
}

export function openExchange(opened: {
  requestId: string
  method: string
  path: string
  nowMs: number
}): Exchange {
  return {
    requestId: opened.requestId,
    method: opened.method,
    path: opened.path,
    startedAtMs: opened.nowMs,
    startedTick: performance.now(),
    attempts: 0,
    isStreaming: false,
    keepsBodies: false,
    facts: {},
    dropped: [],
    isClientGone: false,
    isSettled: false,
  }
}
