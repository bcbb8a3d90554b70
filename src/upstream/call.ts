import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { GatewayError } from '../core/errors.ts'
import { toUpstreamFailure } from './failure.ts'

/** Who hears of an upstream's answer, in this order: at most one response, any data, then one end or one error. */
export interface UpstreamSink {
  onResponse(status: number, headers: IncomingHttpHeaders): void
  onData(chunk: Buffer): void
  onEnd(): void
  onError(error: GatewayError): void
}

/** One request under way. The sink hears nothing more once it has ended, failed or been aborted. */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly #sink: UpstreamSink
  #controller: Dispatcher.DispatchController | undefined
  #abortReason: GatewayError | undefined
  #hasResponse = false
  #isOver = false

  constructor(sink: UpstreamSink) {
    this.#sink = sink
  }

  /** Breaks the call off, connection included, and tells the sink why. A request that still waits for its connection is not sent. */
  abort(reason: GatewayError): void {
    if (this.#isOver) return
    this.#abortReason = reason
    this.#controller?.abort(reason)
    this.#fail(reason)
  }

  /** Stops reading from the upstream; TCP then holds it back. */
  pause(): void {
    if (!this.#isOver) this.#controller?.pause()
  }

  resume(): void {
    if (!this.#isOver) this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#abortReason !== undefined) controller.abort(this.#abortReason)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // 1xx answers announce the real one
    if (this.#isOver || status < 200) return
    this.#hasResponse = true
    this.#sink.onResponse(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver) this.#sink.onData(chunk)
  }

  onResponseEnd(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#sink.onEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(toUpstreamFailure(error, this.#hasResponse))
  }

  #fail(error: GatewayError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#sink.onError(error)
  }
}
