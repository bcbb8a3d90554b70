import { type InteractionRecord, type InteractionRow, toRow } from './interaction-record.ts'
import { type LineSink, type LogFile, openDescriptorSink, openFileSink } from './log-sink.ts'
import type { Logger } from './logger.ts'
import type { Redactor } from './redact.ts'
import { hasSecretField } from './scrub.ts'

const STDOUT = 1
const WARNING_INTERVAL_MS = 60_000

export interface InteractionLogOptions {
  readonly format: 'json' | 'pretty'
  readonly redact: Redactor
  /** A rotated copy of every line. */
  readonly file?: LogFile
  /** File descriptor; 1 unless told otherwise. */
  readonly stdout?: number
  /** Is told, at most once a minute, that lines cannot be written. */
  readonly logger?: Pick<Logger, 'warn'>
  /** Called for every failed write and every dropped line, to be counted. */
  readonly onFailure?: () => void
}

/** The record of what was asked and answered: one JSON object per request. */
export interface InteractionLog {
  /** Buffers one line and returns. Never throws, whatever state disk, pipe or record are in. */
  write(record: InteractionRecord): void
  flush(): Promise<void>
  /** Writes out what is buffered and ends. Call it before `process.exit`, which does not wait for the last quarter second. */
  close(): Promise<void>
}

/** Opens the log. Rejects only if a log file is configured and cannot be opened. */
export async function createInteractionLog(options: InteractionLogOptions): Promise<InteractionLog> {
  const onFailure = createFailureReport(options)
  const sinks: LineSink[] = options.file ? [await openFileSink(options.file, onFailure)] : []
  sinks.push(openDescriptorSink(options.stdout ?? STDOUT, onFailure))
  const indent = options.format === 'pretty' ? 2 : 0
  return {
    write: (record) => {
      const line = serialise(record, indent, options.redact, onFailure)
      for (const sink of sinks) sink.write(line)
    },
    flush: async () => void (await Promise.all(sinks.map((sink) => sink.flush()))),
    close: async () => void (await Promise.all(sinks.map((sink) => sink.close()))),
  }
}

function createFailureReport({ logger, onFailure }: InteractionLogOptions): (error: Error) => void {
  let failures = 0
  let warnedAtMs = Number.NEGATIVE_INFINITY
  return (error) => {
    failures++
    onFailure?.()
    const nowMs = performance.now()
    if (nowMs - warnedAtMs < WARNING_INTERVAL_MS) return
    warnedAtMs = nowMs
    logger?.warn(
      { err: error, failures },
      'The interaction log cannot be written; requests go on without it.',
    )
  }
}

function serialise(
  record: InteractionRecord,
  indent: number,
  redact: Redactor,
  onFailure: (error: Error) => void,
): string {
  try {
    return toLine(toRow(record), indent, redact)
  } catch (error) {
    // a body that JSON cannot express, such as one nested ten thousand levels deep
    onFailure(error instanceof Error ? error : new Error(String(error)))
    return toLine(toRow({ ...record, request: null, response: null }), indent, redact)
  }
}

/** Nearly all lines hold no secret: look at the text first, walk the value only if something was found. */
function toLine(row: InteractionRow, indent: number, redact: Redactor): string {
  const line = `${JSON.stringify(row, null, indent)}\n`
  if (!hasSecretField(line) && redact.redactText(line) === line) return line
  return `${JSON.stringify(withoutSecrets(row, redact), null, indent)}\n`
}

/** The operator's own names stay readable even when a placeholder credential (`ollama`) spells the same. */
function withoutSecrets(row: InteractionRow, redact: Redactor): InteractionRow {
  return { ...redact.redactValue(row), provider: row.provider, upstream: row.upstream, method: row.method }
}
