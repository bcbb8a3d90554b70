import { once } from 'node:events'
import { lstatSync, renameSync, symlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { destination } from 'pino'

type SonicBoom = ReturnType<typeof destination>

/** Lines wait for company up to this size or this long, whichever comes first: few system calls, and `tail -f` stays live. */
const BATCH_BYTES = 64_000
const MAX_WRITE_BYTES = 262_144
const BATCH_DELAY_MS = 250
/** A destination that stopped reading may hold this much; lines beyond are dropped and counted. Room for the largest single record. */
const MAX_BUFFERED_BYTES = 72 * 1024 * 1024
/** How long flush and close wait for a destination that stopped reading. */
const SETTLE_TIMEOUT_MS = 2000

/** Where log lines go. No method throws or rejects: failures go to the `onFailure` the sink was made with. */
export interface LineSink {
  write(line: string): void
  /** Resolves when what was written so far has been handed over, or can not be. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface LogFile {
  /** `gateway.log` becomes `gateway.1.log`, `gateway.2.log`, …; the highest number is the one being written. */
  readonly path: string
  readonly maxSizeBytes: number
  /** How many files stay in all, the current one included; at least 2. */
  readonly maxFiles: number
}

type OnFailure = (error: Error) => void

/** Lines to an open descriptor such as stdout (1), which close() leaves open; other descriptors it closes. */
export function openDescriptorSink(descriptor: number, onFailure: OnFailure): LineSink {
  const stream = destination({
    dest: descriptor,
    sync: false,
    // as text, the stream would measure the whole batch again with every line
    contentMode: 'buffer',
    minLength: BATCH_BYTES,
    maxWrite: MAX_WRITE_BYTES,
    maxLength: MAX_BUFFERED_BYTES,
  })
  // Pino calls this when the process exits. Its loop never ends if the disk is full or the reader has gone; close() is how we flush.
  stream.flushSync = () => {}
  return new BufferedSink(stream, { encode: (line) => Buffer.from(line), onFailure })
}

/** Lines to a file that is rotated by size. Rejects if the file cannot be opened, which is a mistake in the configuration. */
export async function openFileSink(file: LogFile, onFailure: OnFailure): Promise<LineSink> {
  const { default: roll } = await import('pino-roll') // loads a date library; most installations log to stdout only
  const stream = await roll({
    file: file.path,
    size: `${file.maxSizeBytes}b`,
    limit: { count: Math.max(1, file.maxFiles - 1), removeOtherLogFiles: true },
    mkdir: true,
    // requests and answers are in it
    mode: 0o600,
    minLength: BATCH_BYTES,
    maxWrite: MAX_WRITE_BYTES,
    maxLength: MAX_BUFFERED_BYTES,
  })
  await once(stream, 'ready')
  const point = () => pointTo(file.path, 'file' in stream ? stream.file : undefined)
  point()
  stream.on('ready', point) // again after every rotation
  // as text: in bytes the stream breaks when it is reopened, which is what rotation does
  return new BufferedSink(stream, { encode: (line) => line, onFailure })
}

/**
 * Keeps the configured name as a link to the file being written, so that `tail -F gateway.log` works. A real file of that name, from
 * before there was rotation, is moved aside. Where links are not to be had, the numbered files are all there is.
 */
function pointTo(path: string, current: unknown): void {
  if (typeof current !== 'string') return
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) renameSync(path, `${path}.before-rotation`)
    const link = `${path}.link-${process.pid}`
    symlinkSync(basename(current), link)
    renameSync(link, path)
  } catch {
    // a convenience, not worth a failed start
  }
}

interface SinkOptions {
  /** What the stream takes: bytes or text. */
  readonly encode: (line: string) => Buffer | string
  readonly onFailure: OnFailure
}

class BufferedSink implements LineSink {
  readonly #stream: SonicBoom
  readonly #encode: SinkOptions['encode']
  readonly #onFailure: OnFailure
  readonly #timer: NodeJS.Timeout
  #lastError: Error | null = null
  #isClosed = false
  #readerLeft = false

  constructor(stream: SonicBoom, { encode, onFailure }: SinkOptions) {
    this.#stream = stream
    this.#encode = encode
    this.#onFailure = onFailure
    stream.on('error', (error: Error) => this.#onError(error))
    stream.on('drop', () => onFailure(new Error('the log destination is too slow; a line was dropped')))
    // the stream's own timer would let an error escape to the process
    this.#timer = setInterval(() => this.#flushBatch(), BATCH_DELAY_MS).unref()
  }

  write(line: string): void {
    if (this.#isClosed || this.#readerLeft) {
      this.#onFailure(new Error('the log is closed or nobody reads it any more; a line was dropped'))
      return
    }
    // its types know text only, though in buffer mode it takes bytes and nothing else
    this.#guard(() => this.#stream.write(this.#encode(line) as string))
  }

  async flush(): Promise<void> {
    // The stream's flush ends with the write under way, if there is one, and leaves what came after it: that is the second's.
    for (let round = 0; round < 2; round++) {
      if (this.#isClosed || this.#readerLeft) return
      await settle((done) => this.#guard(() => this.#stream.flush(done)))
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    await this.flush()
    this.#isClosed = true
    clearInterval(this.#timer)
    if (this.#readerLeft) return
    await settle((done) => {
      this.#stream.once('close', done)
      this.#stream.once('error', done)
      this.#guard(() => this.#stream.end())
    })
    this.#stream.destroy()
  }

  #flushBatch(): void {
    if (!this.#isClosed && !this.#readerLeft) this.#guard(() => this.#stream.flush())
  }

  /** The stream keeps what it could not write and tries again with the next batch, except when its reader has gone. */
  #onError(error: Error): void {
    if (error === this.#lastError) return // pino announces an error twice
    this.#lastError = error
    if ('code' in error && error.code === 'EPIPE') this.#readerLeft = true
    this.#onFailure(error)
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

/** Waits for `start` to call back, but not for ever. */
function settle(start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, SETTLE_TIMEOUT_MS)
    start(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
