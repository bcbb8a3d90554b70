import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { JsonObject } from './json.ts'

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they were spelled. */
  readonly rawHeaders: readonly string[]
  readonly rawBody: Buffer
  /** The parsed body; undefined where it is not JSON. */
  readonly body: unknown
  readonly receivedAtMs: number
  /** Whether the client left before its answer had ended. */
  aborted: boolean
  abortedAtMs: number | undefined
}

const MAX_BYTES = 64 * 1024 * 1024

/** The last requests received, bounded by number and by bytes. */
export class Journal {
  readonly received: ReceivedRequest[] = []
  readonly #maxRequests: number
  #bytes = 0

  constructor(maxRequests: number) {
    this.#maxRequests = maxRequests
  }

  add(request: IncomingMessage, rawBody: Buffer, body: unknown, receivedAtMs: number): ReceivedRequest {
    const { method = 'GET', url = '/', headers, rawHeaders } = request
    const arrived = { rawHeaders, rawBody, body, receivedAtMs, aborted: false, abortedAtMs: undefined }
    const record: ReceivedRequest = { method, path: url, headers, ...arrived }
    this.received.push(record)
    this.#bytes += rawBody.length
    while (this.received.length > this.#maxRequests || this.#bytes > MAX_BYTES) this.#dropOldest()
    return record
  }

  clear(): void {
    this.received.length = 0
    this.#bytes = 0
  }

  /** The records as JSON; a body that is not text is in base64. */
  toJson(): JsonObject[] {
    return this.received.map(({ rawBody, body: _body, ...record }) => ({
      ...record,
      ...(isUtf8(rawBody)
        ? { bodyText: rawBody.toString('utf8') }
        : { bodyBase64: rawBody.toString('base64') }),
    }))
  }

  #dropOldest(): void {
    this.#bytes -= this.received.shift()?.rawBody.length ?? 0
  }
}
