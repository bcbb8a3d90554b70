import type { Carrier } from '../../ir/part.ts'
import type { Dropped } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
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

/** Where the reading of one answer stands. */
export interface Reading {
  readonly events: StreamEvent[]
  readonly callIds: ReturnType<typeof createAnswerCallIds>
  /** Differs from answer to answer. */
  seed: string
  hasStarted: boolean
  hasEnded: boolean
  partCount: number
  callCount: number
  text: OpenText | undefined
  call: OpenCall | undefined
  /** All visible text, for offsets of citations. */
  readonly said: string[]
  saidLength: number
  grounding: unknown
  citations: unknown
  partStarts: number[]
  usage: Usage | undefined
  serviceTier: string | undefined
}

export function createReading(): Reading {
  return {
    events: [],
    callIds: createAnswerCallIds(),
    seed: '',
    hasStarted: false,
    hasEnded: false,
    partCount: 0,
    callCount: 0,
    text: undefined,
    call: undefined,
    said: [],
    saidLength: 0,
    grounding: undefined,
    citations: undefined,
    partStarts: [],
    usage: undefined,
    serviceTier: undefined,
  }
}

/** Reports what an answer had that ours has no place for. */
export function drop(reading: Reading, path: string, action: Dropped['action'], reason: string): void {
  reading.events.push({ type: 'dropped', dropped: { path, action, reason } })
}
