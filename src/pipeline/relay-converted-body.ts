import { GatewayError, toGatewayError } from '../core/errors.ts'
import { readUtf8 } from '../wire/strict-utf8.ts'
import type { BodyConversion } from './body-conversion.ts'
import type { Answer, Relay } from './relay.ts'
import { loggedBody } from './relay-whole.ts'

const MAX_BYTES = 64 * 1024 * 1024

/** Holds a JSON answer until it is whole, and sends what it amounts to in the client's shape. */
export class ConvertedBodyRelay implements Relay {
  readonly #answer: Answer
  readonly #conversion: BodyConversion
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(answer: Answer, conversion: BodyConversion) {
    this.#answer = answer
    this.#conversion = conversion
  }

  onData(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size <= MAX_BYTES) this.#chunks.push(chunk)
  }

  onEnd(): void {
    let body: Buffer
    try {
      body = this.#convert()
    } catch (thrown) {
      this.#answer.reject(toGatewayError(thrown))
      return
    }
    const { client, guard, headers, status } = this.#answer
    const shown = guard.bytes(body)
    this.#answer.contentBegan()
    client.begin(status, {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(shown.length),
    })
    this.#answer.finish(shown)
  }

  onFailure(error: GatewayError): void {
    this.#answer.reject(error)
  }

  #convert(): Buffer {
    const { dialect, exchange } = this.#answer
    const json = this.#parse()
    exchange.facts = dialect.readAnswer(json)
    const converted = this.#conversion.convertBody(json)
    const body = Buffer.from(JSON.stringify(converted))
    if (exchange.keepsBodies) exchange.responseBody = loggedBody(converted, body.length)
    return body
  }

  #parse(): unknown {
    if (this.#size > MAX_BYTES)
      throw new GatewayError('upstream_malformed', 'The answer is too long to be converted.')
    try {
      return JSON.parse(readUtf8(Buffer.concat(this.#chunks)))
    } catch (cause) {
      throw new GatewayError('upstream_malformed', 'The provider sent an answer that is not valid JSON.', {
        cause,
      })
    }
  }
}
