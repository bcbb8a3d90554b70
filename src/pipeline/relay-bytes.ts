import { GatewayError } from '../core/errors.ts'
import type { Answer, Relay } from './relay.ts'

/** Beyond this a JSON stream is still forwarded, but no longer read. */
const MAX_READ_BYTES = 16 * 1024 * 1024

/**
 * Forwards bytes that are not events as they come: audio, images, files, and Gemini's stream as a JSON array. A cut breaks the
 * connection, which every client notices.
 */
export class BytesRelay implements Relay {
  readonly #answer: Answer
  /** Copies of what was sent, where it is JSON whose usage can be read at the end. */
  #read: Buffer[] | undefined
  #readBytes = 0
  /** Held back, since it may be the beginning of a credential. */
  #openEnd: Buffer = Buffer.alloc(0)

  constructor(answer: Answer, options: { isJson: boolean }) {
    this.#answer = answer
    this.#read = options.isJson ? [] : undefined
  }

  onData(chunk: Buffer): void {
    const { client, status, headers } = this.#answer
    if (!client.hasBegun) {
      this.#answer.contentBegan()
      client.begin(status, headers)
    }
    this.#forward(chunk)
    this.#readBytes += chunk.length
    if (this.#readBytes > MAX_READ_BYTES) this.#read = undefined
    this.#read?.push(chunk)
  }

  onEnd(): void {
    const { client, status, headers } = this.#answer
    if (!this.#recordFacts()) {
      this.onFailure(
        new GatewayError('upstream_cut', 'The provider ended its answer before it was complete.'),
      )
      return
    }
    if (!client.hasBegun) client.begin(status, headers)
    this.#answer.finish(this.#openEnd)
  }

  onFailure(error: GatewayError): void {
    if (this.#answer.client.hasBegun) this.#answer.breakOff(error)
    else this.#answer.reject(error)
  }

  /** Chunks may be cut anywhere, also in the middle of what nobody may see. */
  #forward(chunk: Buffer): void {
    const joined = this.#openEnd.length === 0 ? chunk : Buffer.concat([this.#openEnd, chunk])
    const clean = this.#answer.guard.bytes(joined)
    const sendable = clean.length - this.#answer.guard.openEnd(clean)
    this.#openEnd = clean.subarray(sendable)
    if (sendable > 0) this.#answer.send(clean.subarray(0, sendable))
  }

  /** False where the bytes should be JSON and are not, a cut array, or are a conversation without its end. */
  #recordFacts(): boolean {
    if (this.#read === undefined || this.#read.length === 0) return true
    const { exchange, dialect } = this.#answer
    try {
      const json: unknown = JSON.parse(Buffer.concat(this.#read).toString('utf8'))
      exchange.facts = dialect.readAnswer(json)
      if (exchange.keepsBodies) exchange.responseBody = json
      const { error, finishReason } = exchange.facts
      return exchange.dialect === undefined || finishReason !== undefined || error !== undefined
    } catch {
      return false
    }
  }
}
