import { isatty } from 'node:tty'
import { type DestinationStream, destination, pino, stdTimeFunctions } from 'pino'
import { describeError } from './error-fields.ts'
import { prettyLine } from './pretty-line.ts'
import type { Redactor } from './redact.ts'
import { isSecretField, REDACTED, scrubKeyPatterns } from './scrub.ts'

const STDERR = 2
const MAX_BUFFERED_BYTES = 1024 * 1024
const MAX_DEPTH = 6

/** The operational log: starts, reloads, trouble with upstreams. Errors go under `err`. */
export type Logger = pino.Logger

export interface LoggerOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  readonly format: 'json' | 'pretty'
  /** Keeps known secrets out of messages and fields. */
  readonly redact?: Redactor
  /** For tests; stderr otherwise, since stdout carries the interaction log alone. */
  readonly destination?: DestinationStream
}

/**
 * A pino logger that writes to stderr, in words rather than JSON when asked for or when stderr is a terminal.
 * Values under names like `authorization` or `api_key` and whatever looks like a provider's key are replaced, in child loggers too.
 */
export function createLogger(options: LoggerOptions): Logger {
  const isForTerminal = options.destination === undefined && isatty(STDERR)
  const isPretty = options.format === 'pretty' || isForTerminal
  const target = options.destination ?? openStderr()
  const scrub = createScrub(options.redact)
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: plainErrors },
      formatters: { level: (label) => ({ level: label }), log: (fields) => plainFields(fields, 0) },
    },
    {
      write: (line) => target.write(isPretty ? prettyLine(scrub(line)) : `${JSON.stringify(scrub(line))}\n`),
    },
  )
}

/** Written at once, so that the last words of a crash are not lost; a blocked or vanished terminal is no reason to stop. */
function openStderr(): DestinationStream {
  const stream = destination({
    dest: STDERR,
    sync: true,
    maxLength: MAX_BUFFERED_BYTES,
    retryEAGAIN: () => false, // the default sleeps on the main thread; what is left goes out with the next line
  })
  stream.on('error', () => {})
  return stream
}

/** Errors become plain fields before pino sees them: its own way is to print whatever an error object happens to carry. */
function plainErrors(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return describeError(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth > MAX_DEPTH) return '[nested too deeply]'
  if (Array.isArray(value)) return value.map((item: unknown) => plainErrors(item, depth + 1))
  return plainFields(value, depth)
}

function plainFields(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields)
  return Object.fromEntries(entries.map(([name, value]) => [name, plainErrors(value, depth + 1)]))
}

/**
 * A finished line as fields without secrets. The whole line is taken apart again, since that is the one place
 * where the message, the fields and a child logger's bindings have come together; this log is not on any hot path.
 */
function createScrub(redact: Redactor | undefined): (line: string) => Record<string, unknown> {
  const scrubText = (text: string): string => {
    const scrubbed = scrubKeyPatterns(text)
    return redact ? redact.redactText(scrubbed) : scrubbed
  }
  const scrubField = (name: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value
    return isSecretField(name) ? REDACTED : scrubText(value)
  }
  return (line) => JSON.parse(line, scrubField) as Record<string, unknown>
}
