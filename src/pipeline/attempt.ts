import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '../core/errors.ts'
import type { UpstreamDialect } from '../dialects/dialect.ts'
import type { UpstreamCall, UpstreamSink } from '../upstream/call.ts'
import type { UpstreamConnections, UpstreamRequest } from '../upstream/connections.ts'
import type { Headers } from '../wire/headers.ts'
import { answerHeaders } from './answer-headers.ts'
import type { Client } from './client.ts'
import type { CredentialGuard } from './credential-guard.ts'
import { Deadline, type Phase } from './deadline.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { openRelay, type RelayOptions } from './open-relay.ts'
import type { Answer, Relay } from './relay.ts'
import { BytesRelay } from './relay-bytes.ts'
import { ErrorRelay, isAccountRefused } from './relay-error.ts'
import { PackedRelay, unpackerFor } from './relay-packed.ts'
import { settle } from './settle.ts'

export interface AttemptOptions extends RelayOptions {
  readonly gateway: Gateway
  readonly connections: UpstreamConnections
  readonly exchange: Exchange
  readonly accountId: string
  readonly providerId: string
  /** Keeps what the request is sent with out of the answer. */
  readonly guard: CredentialGuard
  readonly request: UpstreamRequest
  readonly dialect: UpstreamDialect
  /** Reads refusals of a platform that are not in the dialect's shape. */
  readonly platform: UpstreamDialect | undefined
  readonly client: Client
  /** Headers of ours that go with whatever the upstream answers. */
  readonly ownHeaders: Headers
  readonly hidesUsage: boolean
  readonly deadlines: Deadlines
}

/** Bounds in milliseconds; 0 means none. */
export interface Deadlines {
  readonly responseTimeoutMs: number
  readonly firstContentTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly streamTimeoutMs: number
}

/**
 * One call to one upstream, answered to the client. Resolves when the exchange has been settled and its last byte handed over.
 * Rejects with GatewayError while the client has seen nothing yet, so that another attempt or a plain error may follow.
 */
export function attempt(options: AttemptOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    new Attempt(options, resolve, reject).start()
  })
}

class Attempt implements UpstreamSink {
  readonly #options: AttemptOptions
  readonly #resolve: () => void
  readonly #reject: (error: GatewayError) => void
  readonly #guard: CredentialGuard
  readonly #deadline = new Deadline((phase) => this.#call?.abort(timeoutError(phase)))
  readonly #startedTick = performance.now()
  #call: UpstreamCall | undefined
  #relay: Relay | undefined
  #stopListening: (() => void) | undefined
  #status = 0
  #isClosed = false

  constructor(options: AttemptOptions, resolve: () => void, reject: (error: GatewayError) => void) {
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#guard = options.guard
  }

  start(): void {
    const { client, connections, deadlines, exchange, request } = this.#options
    exchange.attempts++
    this.#stopListening = client.onGone(() => {
      exchange.isClientGone = true
      this.#call?.abort(new GatewayError('client_gone', 'The client left before its answer was complete.'))
    })
    this.#deadline.limitTotal(exchange.isStreaming ? deadlines.streamTimeoutMs : deadlines.requestTimeoutMs)
    this.#deadline.enter('response headers', deadlines.responseTimeoutMs)
    this.#call = connections.send(request, this)
  }

  onResponse(status: number, headers: IncomingHttpHeaders): void {
    const { conversion, deadlines, exchange, gateway, platform, reshape, streamFraming } = this.#options
    this.#reportStatus(status)
    this.#status = status
    const unpacker = unpackerFor(headers, exchange.dialect !== undefined)
    const shown = unpacker === undefined ? headers : { ...headers, 'content-encoding': undefined }
    const answer = this.#openAnswer(status, shown)
    const relay = isSuccess(status)
      ? openRelay(answer, headers, { conversion, reshape, streamFraming })
      : new ErrorRelay(answer, {
          redactor: gateway.redactor,
          isConverted: conversion !== undefined,
          platform,
          nowMs: gateway.now(),
        })
    this.#relay = unpacker === undefined ? relay : new PackedRelay(relay, unpacker)
    const spentMs = performance.now() - this.#startedTick
    // what is forwarded as it comes, such as a file, may take as long as it keeps coming; a whole answer has the bound on the whole
    const isForwarded = exchange.isStreaming || relay instanceof BytesRelay
    if (isForwarded && !exchange.isStreaming) this.#deadline.liftTotal()
    const limitMs = isForwarded ? deadlines.firstContentTimeoutMs : 0
    // waiting for the first content began when the request was sent
    this.#deadline.enter('first content', limitMs === 0 ? 0 : Math.max(1, limitMs - spentMs))
  }

  onData(chunk: Buffer): void {
    this.#deadline.progressIn('next chunk')
    this.#relay?.onData(chunk)
  }

  onEnd(): void {
    this.#relay?.onEnd()
  }

  onError(error: GatewayError): void {
    if (this.#isClosed) return
    const { exchange } = this.#options
    if (this.#relay === undefined) this.#fail(error)
    else this.#relay.onFailure(error)
    if (!exchange.isClientGone) return
    exchange.errorCode = 'client_gone'
    this.#finish()
  }

  #openAnswer(status: number, headers: IncomingHttpHeaders): Answer {
    const { client, conversion, dialect, exchange, hidesUsage, ownHeaders } = this.#options
    const theirs = answerHeaders(headers, conversion, exchange.requestId)
    return {
      exchange,
      dialect,
      client,
      status,
      headers: { ...this.#guard.headers(theirs), ...ownHeaders },
      hidesUsage,
      guard: this.#guard,
      contentBegan: () => this.#contentBegan(),
      send: (bytes) => this.#send(bytes),
      finish: (lastBytes) => {
        exchange.status = status
        this.#finish(lastBytes)
      },
      reject: (error) => this.#fail(error),
      breakOff: (error, lastBytes) => this.#breakOff(status, error, lastBytes),
    }
  }

  #contentBegan(): void {
    const { deadlines, exchange } = this.#options
    exchange.firstTokenTick ??= performance.now()
    this.#deadline.enter('next chunk', deadlines.idleTimeoutMs)
  }

  #send(bytes: Buffer | string): void {
    const { client } = this.#options
    if (client.write(this.#clean(bytes))) return
    this.#call?.pause()
    this.#deadline.pause()
    client.onDrained(() => {
      this.#deadline.resume()
      this.#call?.resume()
    })
  }

  #finish(lastBytes?: Buffer | string): void {
    const { client, exchange, gateway } = this.#options
    this.#close()
    settle(gateway, exchange)
    if (!exchange.isClientGone) client.end(lastBytes === undefined ? undefined : this.#clean(lastBytes))
    this.#resolve()
  }

  #fail(error: GatewayError): void {
    if (this.#options.exchange.isClientGone) return
    this.#close()
    this.#call?.abort(error)
    this.#reportFailure(error)
    this.#reject(error)
  }

  #breakOff(status: number, error: GatewayError, lastBytes?: string): void {
    const { client, exchange, gateway } = this.#options
    if (exchange.isClientGone) return
    this.#close()
    this.#call?.abort(error)
    this.#reportFailure(error)
    exchange.status = status
    exchange.errorCode = error.code
    settle(gateway, exchange)
    if (lastBytes === undefined) client.destroy()
    else client.end(this.#clean(lastBytes))
    this.#resolve()
  }

  #clean(bytes: Buffer | string): Buffer {
    return this.#guard.bytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
  }

  #close(): void {
    this.#isClosed = true
    this.#deadline.stop()
    this.#stopListening?.()
  }

  #reportStatus(status: number): void {
    const { accountId, gateway, providerId } = this.#options
    if (status < 400) {
      gateway.health.succeeded(accountId, performance.now() - this.#startedTick)
      return
    }
    const isRejected = isAccountRefused(status)
    if (isRejected || status >= 500) gateway.health.failed(accountId, statusError(status, isRejected))
    if (isRejected || status === 429 || status >= 500)
      gateway.metrics.upstreamError(providerId, String(status))
  }

  /** An answer that went wrong after a good status, or never got one; what a bad status says is reported with the status. */
  #reportFailure(error: GatewayError): void {
    const { accountId, exchange, gateway, providerId } = this.#options
    if (this.#status >= 300 && !isUnreported(this.#status, error)) return
    gateway.health.failed(accountId, error)
    gateway.metrics.upstreamError(providerId, error.code)
    gateway.logger.warn(
      { err: error, provider: providerId, request_id: exchange.requestId },
      'upstream call failed',
    )
  }
}

/** Some refuse an account with a status that says nothing of the kind. */
function isUnreported(status: number, { code }: GatewayError): boolean {
  return code === 'upstream_credentials_rejected' && !isAccountRefused(status) && status < 500
}

function statusError(status: number, isRejected: boolean): GatewayError {
  const code = isRejected ? 'upstream_credentials_rejected' : 'upstream_error'
  return new GatewayError(code, `The provider answered ${status}.`, { upstreamStatus: status })
}

function timeoutError(phase: Phase): GatewayError {
  return new GatewayError('upstream_timeout', `The provider took too long (${phase}).`)
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299
}
