import { createRequire } from 'node:module'
import type { LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
// the package's index loads fetch, WebSocket, caches and mocks too: 13 MB that only a proxy's tunnels need a part of
import Agent from 'undici/lib/dispatcher/agent.js'
import type { GatewayError } from '../core/errors.ts'
import { UpstreamCall, type UpstreamSink } from './call.ts'
import { lookupPublic, privateLiteral } from './public-address.ts'

export interface ConnectionOptions {
  /** TCP and TLS together. */
  readonly connectTimeoutMs: number
  /** How long an unused connection is kept for the next request. */
  readonly idleConnectionTimeoutMs: number
  readonly http2: boolean
  readonly httpProxy: string | undefined
  readonly httpsProxy: string | undefined
  readonly noProxy: string | undefined
}

export interface UpstreamRequest {
  /** Scheme, host and port. */
  readonly origin: string
  /** Path with query. */
  readonly path: string
  readonly method: string
  readonly headers: Record<string, string | string[]>
  readonly body: Buffer | undefined
  /** May only go to public addresses. */
  readonly isPublicOnly?: boolean
}

/** The open connections to all upstreams: one pool per origin, through the configured proxies. */
export class UpstreamConnections {
  readonly #options: ConnectionOptions
  readonly #dispatcher: Dispatcher
  #publicDispatcher: Dispatcher | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#dispatcher = createDispatcher(options)
  }

  /** Sends one request. Everything that follows is told to `sink`, which hears of exactly one end: `onEnd` or `onError`. */
  send(request: UpstreamRequest, sink: UpstreamSink): UpstreamCall {
    const call = new UpstreamCall(sink)
    const problem =
      request.isPublicOnly === true ? privateLiteral(new URL(request.origin).hostname) : undefined
    if (problem !== undefined) {
      queueMicrotask(() => call.abort(problem))
      return call
    }
    this.#dispatcherFor(request).dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: request.body ?? null,
        // deadlines are the pipeline's: it knows which phase an answer is in
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      call,
    )
    return call
  }

  /** Sends one request and collects the answer, for small things off the hot path. Rejects with GatewayError. */
  fetchWhole(
    request: UpstreamRequest,
    timeoutMs: number,
    reason: GatewayError,
  ): Promise<{ status: number; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let status = 0
      let timer: NodeJS.Timeout | undefined
      let isOver = false
      const finish = () => {
        isOver = true
        clearTimeout(timer)
      }
      const call = this.send(request, {
        onResponse: (code) => {
          status = code
        },
        onData: (chunk) => chunks.push(chunk),
        onEnd: () => {
          finish()
          resolve({ status, body: Buffer.concat(chunks) })
        },
        onError: (error) => {
          finish()
          reject(error)
        },
      })
      // what cannot even be sent has failed by now
      if (!isOver) timer = setTimeout(() => call.abort(reason), timeoutMs)
    })
  }

  /** Waits for what is under way, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([this.#dispatcher.close(), this.#publicDispatcher?.close()])
  }

  #dispatcherFor({ isPublicOnly }: UpstreamRequest): Dispatcher {
    if (isPublicOnly !== true) return this.#dispatcher
    this.#publicDispatcher ??= createDispatcher(this.#options, lookupPublic)
    return this.#publicDispatcher
  }
}

/** A proxy resolves names by itself: where one is configured, it decides what may be reached. */
function createDispatcher(options: ConnectionOptions, lookup?: LookupFunction): Dispatcher {
  const shared = {
    connect: { timeout: options.connectTimeoutMs, ...(lookup !== undefined && { lookup }) },
    keepAliveTimeout: options.idleConnectionTimeoutMs,
    allowH2: options.http2,
    pipelining: 1,
  }
  if (!options.httpProxy && !options.httpsProxy) return new Agent(shared)
  const { EnvHttpProxyAgent } = loadUndici()
  return new EnvHttpProxyAgent({
    ...shared,
    // empty strings keep undici from reading the environment once more: configuration has decided already
    httpProxy: options.httpProxy ?? '',
    httpsProxy: options.httpsProxy ?? '',
    // a proxy cannot reach this machine's loopback for us
    noProxy: ['localhost', '127.0.0.1', '::1', options.noProxy].filter(Boolean).join(','),
  })
}

/** All of undici, for those who configure a proxy. */
function loadUndici(): typeof import('undici') {
  return createRequire(import.meta.url)('undici')
}
