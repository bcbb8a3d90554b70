import { redactUrl } from './scrub.ts'

/** One finished interaction, however it ended, as the log shows it. */
export interface InteractionRecord {
  readonly timestampMs: number
  /** Id or name of the virtual key, or the first characters of a literal one; never the secret. */
  readonly virtualKey: string | null
  readonly provider: string | null
  /** HTTP method. */
  readonly method: string
  readonly path: string
  /** HTTP status that the client received. */
  readonly status: number
  readonly durationMs: number
  /** Parsed bodies; null where bodies are not captured. A streamed answer is the folded whole. */
  readonly request: unknown
  readonly response: unknown
  readonly requestId: string
  readonly model: string | null
  /** Name of the upstream account that answered. */
  readonly upstream: string | null
  readonly attempts: number
  /** Token counts under the names that the log shows, such as `input_tokens`. */
  readonly usage: Readonly<Record<string, number>> | null
  readonly costNanoUsd: number | null
  readonly isStreaming: boolean
  readonly firstTokenMs: number | null
  /** What a conversion left out or approximated. */
  readonly dropped: readonly string[]
  /** Why it failed; null when it did not. */
  readonly errorCode: string | null
  readonly isClientAborted: boolean
}

export type InteractionRow = ReturnType<typeof toRow>

/** A record under its public names, in their documented order; the first eight are what older tools parse. */
export function toRow(record: InteractionRecord) {
  return {
    timestamp: new Date(record.timestampMs).toISOString(),
    virtual_key: record.virtualKey,
    provider: record.provider,
    method: record.method,
    status: record.status,
    duration_ms: record.durationMs,
    request: record.request ?? null,
    response: record.response ?? null,
    request_id: record.requestId,
    model: record.model,
    upstream: record.upstream,
    attempts: record.attempts,
    usage: record.usage,
    cost_usd: record.costNanoUsd === null ? null : record.costNanoUsd / 1e9,
    stream: record.isStreaming,
    first_token_ms: record.firstTokenMs,
    dropped: record.dropped,
    path: redactUrl(record.path),
    error_code: record.errorCode ?? undefined, // left out of the JSON unless the request failed
    client_aborted: record.isClientAborted,
  }
}
