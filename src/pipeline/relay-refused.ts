import { GatewayError } from '../core/errors.ts'
import type { Answer, Relay } from './relay.ts'

/** For an answer that its client could not read and that nothing makes readable: it is not shown. */
export class RefusedRelay implements Relay {
  readonly #answer: Answer

  constructor(answer: Answer) {
    this.#answer = answer
  }

  onData(): void {
    // read to its end, so that the connection can be used again
  }

  onEnd(): void {
    const { isStreaming } = this.#answer.exchange
    const message = isStreaming
      ? 'The provider answered as a whole although a stream was asked for.'
      : 'The provider answered with a stream although none was asked for.'
    this.#answer.reject(new GatewayError('upstream_malformed', message))
  }

  onFailure(error: GatewayError): void {
    this.#answer.reject(error)
  }
}
