import type { ServerResponse } from 'node:http'
import type { Headers } from '../wire/headers.ts'

/** What the pipeline needs of the connection to a client. `takeOver` hands the response on; until then errors are the http floor's. */
export interface ClientConnection {
  readonly response: ServerResponse
  takeOver(): void
}

/** The client's side of one answer: begins once, keeps back-pressure, knows when nobody listens any more. */
export class Client {
  readonly #connection: ClientConnection
  #onDrained: (() => void) | undefined
  #hasBegun = false

  constructor(connection: ClientConnection) {
    this.#connection = connection
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Calls back once if the client leaves before its answer is complete. Returns how to stop listening. */
  onGone(callback: () => void): () => void {
    const { response } = this.#connection
    const onClose = () => {
      if (!response.writableFinished) callback()
    }
    // it may have left while its request was being read
    if (response.destroyed) queueMicrotask(onClose)
    response.once('close', onClose)
    return () => response.off('close', onClose)
  }

  begin(status: number, headers: Headers): void {
    this.#hasBegun = true
    this.#connection.takeOver()
    this.#connection.response.writeHead(status, headers)
  }

  /** Sends the beginning on its way although nothing follows it yet; without it, it goes out with the first bytes. */
  flush(): void {
    this.#connection.response.flushHeaders()
  }

  /** False where the client cannot keep up: send nothing more until `onDrained` has called back. */
  write(bytes: Buffer | string): boolean {
    return this.#connection.response.write(bytes)
  }

  onDrained(callback: () => void): void {
    if (this.#onDrained !== undefined) return
    this.#onDrained = () => {
      this.#onDrained = undefined
      callback()
    }
    this.#connection.response.once('drain', this.#onDrained)
  }

  end(bytes?: Buffer | string): void {
    const { response } = this.#connection
    if (bytes === undefined) response.end()
    else response.end(bytes)
  }

  /** Breaks the connection: the one way to say "incomplete" where no error can be written any more. */
  destroy(): void {
    this.#connection.response.destroy()
  }
}
