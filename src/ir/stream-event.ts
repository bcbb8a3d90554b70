import type { GatewayError } from '../core/errors.ts'
import type { TokenLogprob } from './logprobs.ts'
import type { Carrier, Citation, HostedPart, MediaPart } from './part.ts'
import type { Dropped, Finish } from './response.ts'
import type { Usage } from './usage.ts'

/**
 * An answer as it comes. Order: `start`, then parts, then `finish`; or an `error` at any point, which ends it. Each part is
 * `…-start`, any number of `…-delta`, `…-end`, tied together by `id`, which is unique within the stream. Parts of different ids may
 * interleave (parallel tool calls do); an encoder whose format cannot show that holds the later ones back. Sources are often named at the
 * very end: a `text-citation` may come after its text has ended. Where several answers were asked for, those beside the first say
 * by `choice` which they are, from 1 on, and each has a `finish` of its own; the one without `choice` comes last and ends the stream.
 */
export type StreamEvent = AnswerEvent & { readonly choice?: number }

type AnswerEvent =
  | {
      readonly type: 'start'
      readonly upstreamId?: string
      readonly model: string
      readonly createdSeconds?: number
    }
  | { readonly type: 'text-start'; readonly id: string; readonly phase?: string }
  | {
      readonly type: 'text-delta'
      readonly id: string
      /** Empty only where log probabilities come behind their text. */
      readonly text: string
      readonly logprobs?: readonly TokenLogprob[]
    }
  | { readonly type: 'text-citation'; readonly id: string; readonly citation: Citation }
  | { readonly type: 'text-end'; readonly id: string; readonly carrier?: Carrier }
  | { readonly type: 'refusal-start'; readonly id: string; readonly phase?: string }
  | {
      readonly type: 'refusal-delta'
      readonly id: string
      readonly text: string
      readonly logprobs?: readonly TokenLogprob[]
    }
  | { readonly type: 'refusal-end'; readonly id: string }
  | { readonly type: 'reasoning-start'; readonly id: string; readonly isSummary?: boolean }
  | { readonly type: 'reasoning-delta'; readonly id: string; readonly text: string }
  | { readonly type: 'reasoning-end'; readonly id: string; readonly carrier?: Carrier }
  | {
      readonly type: 'tool-call-start'
      readonly id: string
      readonly callId: string
      readonly name: string
      readonly kind: 'function' | 'custom'
      readonly namespace?: string
    }
  | { readonly type: 'tool-call-delta'; readonly id: string; readonly input: string }
  | { readonly type: 'tool-call-end'; readonly id: string; readonly carrier?: Carrier }
  | { readonly type: 'hosted'; readonly part: HostedPart }
  | { readonly type: 'media'; readonly part: MediaPart }
  /** Counts so far, cumulative: the last one holds. */
  | { readonly type: 'usage'; readonly usage: Usage }
  /** Nothing to show, but the upstream lives. */
  | { readonly type: 'ping' }
  | { readonly type: 'dropped'; readonly dropped: Dropped }
  | {
      readonly type: 'finish'
      readonly finish: Finish
      readonly usage?: Usage
      readonly serviceTier?: string
    }
  | { readonly type: 'error'; readonly error: GatewayError }
