/** What the load process is asked to do. Strings and numbers only: it travels over IPC. */
export type LoadJob = RequestLoop | HeldStreams | { readonly type: 'release' }

export interface LoadRequest {
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Each connection sends its next request when the last one has been answered, until time or number is used up. */
export interface RequestLoop {
  readonly type: 'loop'
  readonly request: LoadRequest
  readonly connections: number
  readonly until: { readonly requests: number } | { readonly durationMs: number }
  /** With it, the time until these bytes came is measured, too. */
  readonly contentMark?: string
}

/** Opens streams and keeps them open until `release`. Answers when each has sent something. */
export interface HeldStreams {
  readonly type: 'hold'
  readonly request: LoadRequest
  readonly streams: number
}

export interface LoadResult {
  /** Answered with 200 to the end; for held streams, those that are open. */
  readonly requests: number
  readonly failures: number
  /** Of the first failure. */
  readonly reason: string | null
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly firstContentP50Ms: number
  readonly bytesPerAnswer: number
  /** Blank lines, as they end the events of a stream. */
  readonly eventsPerAnswer: number
}
