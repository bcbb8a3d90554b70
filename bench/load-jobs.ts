import type { HeldStreams, RequestLoop } from './load-job.ts'
import { type RunningTarget, requestTo } from './stage.ts'
import { STREAM_MODELS } from './workload.ts'

const CONNECTIONS = 32
/** As many paced streams as leave the machine some air: chunks that wait for a busy process would travel together. */
export const PACED_AT_ONCE = 12
export const LARGE_AT_ONCE = 6
const FEW_TOKENS = 2

export function wholeAnswers(
  each: RunningTarget,
  until: RequestLoop['until'],
  connections = CONNECTIONS,
): RequestLoop {
  const request = requestTo(each, { model: each.target.workload.model, isStreaming: false })
  return { type: 'loop', request, connections, until }
}

export function longStreams(each: RunningTarget, kind: 'paced' | 'large', requests: number): RequestLoop {
  const request = requestTo(each, { model: STREAM_MODELS[kind], isStreaming: true })
  const connections = kind === 'paced' ? PACED_AT_ONCE : LARGE_AT_ONCE
  return { type: 'loop', request, connections, until: { requests } }
}

/** The paced stream, cut short by its client's own limit. */
export function shortStreams(
  each: RunningTarget,
  requests: number,
  connections = PACED_AT_ONCE,
): RequestLoop {
  const { contentMark } = each.target.workload
  const request = requestTo(each, { model: STREAM_MODELS.paced, isStreaming: true, maxTokens: FEW_TOKENS })
  return { type: 'loop', request, connections, until: { requests }, contentMark }
}

export function stalledStreams(each: RunningTarget, streams: number): HeldStreams {
  const request = requestTo(each, { model: STREAM_MODELS.stalled, isStreaming: true })
  return { type: 'hold', request, streams }
}
