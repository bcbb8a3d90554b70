import type { Ask, DialectId } from './ask.ts'
import type { JsonObject } from './json.ts'
import type { ErrorFamily, Problem } from './problem.ts'
import type { Reply } from './reply.ts'
import type { WireEvent } from './wire-event.ts'

/** What a strict check may look at besides the body. */
export interface Call {
  readonly model: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly isCountingTokens: boolean
}

/** One API format: how to read a request and how to write an answer, whole and as a list of events. */
export interface Dialect {
  readonly id: DialectId
  readonly family: ErrorFamily
  readonly read: (body: JsonObject, model: string) => Ask
  /** Undefined where the real API would accept the request. */
  readonly check: (body: JsonObject, call: Call) => Problem | undefined
  readonly whole: (reply: Reply) => JsonObject
  readonly events: (reply: Reply) => WireEvent[]
  /** An error inside a stream; `eventCount` events came before it. */
  readonly errorEvent: (reply: Reply, problem: Problem, eventCount: number) => WireEvent
  readonly contextLengthProblem: Problem
}
