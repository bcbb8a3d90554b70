import { GatewayError } from '../core/errors.ts'
import { readUtf8 } from '../wire/strict-utf8.ts'
import type { Answer, Relay } from './relay.ts'

/** A larger answer is forwarded as it comes, unread. */
const MAX_HELD_BYTES = 64 * 1024 * 1024
/** A longer body is not copied into the log. */
export const MAX_LOGGED_BYTES = 1024 * 1024

/** Holds a JSON answer until it is whole, so that a cut or broken one becomes a real error and never half a success. */
export class WholeRelay implements Relay {
  readonly #answer: Answer
  #chunks: Buffer[] = []
  #size = 0

  constructor(answer: Answer) {
    this.#answer = answer
  }

  onData(chunk: Buffer): void {
    const { client, status, headers } = this.#answer
    if (client.hasBegun) {
      this.#answer.send(chunk)
      return
    }
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size <= MAX_HELD_BYTES) return
    this.#answer.contentBegan()
    client.begin(status, headers)
    for (const held of this.#chunks) this.#answer.send(held)
    this.#chunks = []
  }

  onEnd(): void {
    const { client, status, headers, exchange, dialect } = this.#answer
    if (client.hasBegun) {
      this.#answer.finish()
      return
    }
    const body = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks)
    let json: unknown
    try {
      // only a conversation always has an answer
      json = body.length === 0 && exchange.dialect === undefined ? undefined : JSON.parse(readUtf8(body))
    } catch (cause) {
      this.#answer.reject(
        new GatewayError('upstream_malformed', 'The provider sent an answer that is not valid JSON.', {
          cause,
        }),
      )
      return
    }
    exchange.facts = dialect.readAnswer(json)
    const { error, finishReason } = exchange.facts
    // some providers send an error with status 200; a failed response, which has a finish reason, is an answer though
    if (error !== undefined && finishReason === undefined && exchange.dialect !== undefined) {
      this.#answer.reject(error)
      return
    }
    if (error !== undefined) exchange.errorCode = error.code
    if (exchange.keepsBodies) exchange.responseBody = loggedBody(json, body.length)
    this.#answer.contentBegan()
    const shown = this.#answer.guard.bytes(body)
    client.begin(status, { ...headers, 'content-length': String(shown.length) })
    this.#answer.finish(shown)
  }

  onFailure(error: GatewayError): void {
    if (this.#answer.client.hasBegun) this.#answer.breakOff(error)
    else this.#answer.reject(error)
  }
}

/** A parsed body as the log shows it. */
export function loggedBody(json: unknown, bytes: number): unknown {
  return bytes <= MAX_LOGGED_BYTES ? json : { omitted: 'longer than is logged', bytes }
}
