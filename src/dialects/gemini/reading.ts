import type { GatewayError } from '../../core/errors.ts'
import type { Carrier } from '../../ir/part.ts'
import type { Dropped, Finish } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import { createAnswerCallIds } from './call-ids.ts'
import type { PartialArguments } from './partial-args.ts'

export interface OpenText {
  readonly type: 'text' | 'reasoning'
  readonly id: string
  /** The signature that closes it; it stays open all the same, since sources may be named after it. */
  carrier: Carrier | undefined
}

export interface OpenCall {
  readonly id: string
  readonly name: string
  readonly args: PartialArguments
  carrier: Carrier | undefined
}

/** Where the reading of one candidate stands. */
export interface Reading {
  events: StreamEvent[]
  readonly callIds: ReturnType<typeof createAnswerCallIds>
  /** Begins the ids of its parts; differs from candidate to candidate. */
  readonly prefix: string
  /** Differs from answer to answer. */
  seed: string
  partCount: number
  callCount: number
  text: OpenText | undefined
  call: OpenCall | undefined
  /** All visible text, for offsets of citations, and where in it each part begins. */
  readonly said: string[]
  saidLength: number
  readonly texts: { readonly id: string; readonly start: number }[]
  grounding: unknown
  citations: unknown
  partStarts: number[]
  /** Set at its end; instead of it the error that the model ended with before it said anything. */
  finish: Finish | undefined
  failure: GatewayError | undefined
}

export function createReading(prefix: string): Reading {
  return {
    events: [],
    callIds: createAnswerCallIds(),
    prefix,
    seed: '',
    partCount: 0,
    callCount: 0,
    text: undefined,
    call: undefined,
    said: [],
    saidLength: 0,
    texts: [],
    grounding: undefined,
    citations: undefined,
    partStarts: [],
    finish: undefined,
    failure: undefined,
  }
}

/** Reports what an answer had that ours has no place for. */
export function drop(reading: Reading, path: string, action: Dropped['action'], reason: string): void {
  reading.events.push({ type: 'dropped', dropped: { path, action, reason } })
}
