import type { GatewayError } from '../core/errors.ts'
import type { Carrier, Citation, HostedPart } from './part.ts'
import type { Dropped, Finish } from './response.ts'
import type { Usage } from './usage.ts'

/**
 * An answer as it comes. Order: `start`, then parts, then `finish`; or an `error` at any point, which ends it. Each part is
 * `…-start`, any number of `…-delta`, `…-end`, tied together by `id`, which is unique within the stream. Parts of different ids may
 * interleave (parallel tool calls do); an encoder whose format cannot show that holds the later ones back.
 */
export type StreamEvent =
  | {
      readonly type: 'start'
      readonly upstreamId?: string
      readonly model: string
      readonly createdSeconds?: number
    }
  | { readonly type: 'text-start'; readonly id: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly text: string }
  | { readonly type: 'text-citation'; readonly id: string; readonly citation: Citation }
  | { readonly type: 'text-end'; readonly id: string; readonly carrier?: Carrier }
  | { readonly type: 'refusal-start'; readonly id: string }
  | { readonly type: 'refusal-delta'; readonly id: string; readonly text: string }
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
