import { GatewayError } from '../core/errors.ts'
import { FirstElement } from '../wire/first-element.ts'
import type { Answer, Relay } from './relay.ts'

/** Beyond this a JSON stream is still forwarded, but no longer read. */
const MAX_READ_BYTES = 16 * 1024 * 1024
/** An error is shorter, so that whatever is longer may go out. */
const MAX_HELD_BYTES = 1024 * 1024

/**
 * Forwards bytes that are not events as they come: audio, images, files, and Gemini's stream as a JSON array. A cut breaks the
 * connection, which every client notices. A list whose first element is an error never begins: it becomes a real HTTP error.
 */
export class BytesRelay implements Relay {
  readonly #answer: Answer
  /** Copies of what was sent, where it is JSON whose usage can be read at the end. */
  #read: Buffer[] | undefined
  #readBytes = 0
  #isRejected = false
  /** Looks for the first element of a list that is a stream; undefined once that has been seen. */
  #first: FirstElement | undefined
  #held: Buffer[] = []
  /** Held back, since it may be the beginning of a credential. */
  #openEnd: Buffer = Buffer.alloc(0)

  constructor(answer: Answer, options: { isJson: boolean; isStream: boolean }) {
    this.#answer = answer
    this.#read = options.isJson ? [] : undefined
    this.#first = options.isJson && options.isStream ? new FirstElement() : undefined
  }

  onData(chunk: Buffer): void {
    if (this.#isRejected) return
    this.#readBytes += chunk.length
    if (this.#readBytes > MAX_READ_BYTES) this.#read = undefined
    this.#read?.push(chunk)
    this.#held.push(chunk)
    if (this.#first !== undefined && !this.#mayBegin(this.#first, chunk)) return
    this.#first = undefined
    this.#begin()
  }

  /** False as long as the list may turn out to begin with an error, and where it does. */
  #mayBegin(first: FirstElement, chunk: Buffer): boolean {
    const element = first.push(chunk)
    if (element === undefined) return first.size > MAX_HELD_BYTES
    const error = this.#errorIn(element)
    if (error === undefined) return true
    this.#isRejected = true
    this.#answer.reject(error)
    return false
  }

  #errorIn(element: Buffer): GatewayError | undefined {
    try {
      return this.#answer.dialect.readAnswer(JSON.parse(element.toString('utf8'))).error
    } catch {
      return undefined // what is no JSON is found out at the end
    }
  }

  #begin(): void {
    const { client, status, headers } = this.#answer
    if (!client.hasBegun) {
      this.#answer.contentBegan()
      client.begin(status, headers)
    }
    const held = this.#held
    this.#held = []
    for (const bytes of held) this.#forward(bytes)
  }

  onEnd(): void {
    if (this.#isRejected) return
    const { client, exchange } = this.#answer
    if (!this.#recordFacts()) {
      this.onFailure(
        new GatewayError('upstream_cut', 'The provider ended its answer before it was complete.'),
      )
      return
    }
    const { error } = exchange.facts
    if (error !== undefined && !client.hasBegun && this.#first !== undefined) {
      this.#answer.reject(error)
      return
    }
    this.#begin()
    this.#answer.finish(this.#openEnd)
  }

  onFailure(error: GatewayError): void {
    if (this.#isRejected) return
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
