import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Handler } from './handler.ts'
import { Journal, type ReceivedRequest } from './journal.ts'
import { parseJson } from './json.ts'
import { errorBody } from './problem.ts'

export type { ReceivedRequest } from './journal.ts'

export interface SimulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** The pause before each streamed piece. Default 0: an answer is written at once. */
  readonly chunkDelayMs?: number
  /** How long `simulated-slow-first-token` waits. Default 3000. */
  readonly slowFirstTokenMs?: number
  /** Whether requests are checked as closely as the real APIs check them. Default true. */
  readonly strict?: boolean
  /** Names listed besides the simulated models. Every name is answered, listed or not. */
  readonly models?: readonly string[]
  /** How many requests are kept in `received`. Default 1000. */
  readonly maxReceived?: number
}

export interface Simulator {
  readonly url: string
  readonly port: number
  /** The last requests, newest last. */
  readonly received: ReceivedRequest[]
  /** Forgets the received requests, the prompt cache and the counts of the models that alternate. */
  clear(): void
  /** Breaks all connections and stops listening. */
  close(): Promise<void>
}

const BACKLOG = 4096
const KEEP_ALIVE_MS = 120_000
const MAX_BODY_BYTES = 32 * 1024 * 1024

/**
 * Starts a provider that needs no account: it speaks Chat Completions, Completions, Responses, Anthropic Messages and
 * Gemini, and fails on demand (see `SIMULATED_MODELS`). Rejects where the port cannot be had.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', chunkDelayMs = 0, slowFirstTokenMs = 3000, strict = true } = options
  const journal = new Journal(options.maxReceived ?? 1000)
  const otherModels = options.models ?? []
  const handler = new Handler({ journal, isStrict: strict, otherModels, chunkDelayMs, slowFirstTokenMs })
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    receive(request, response, handler)
  })
  const port = await listen(server, options.port ?? 0, host)
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${port}`,
    port,
    received: journal.received,
    clear: () => handler.clear(),
    close: () => close(server),
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function receive(request: IncomingMessage, response: ServerResponse, handler: Handler): void {
  const receivedAtMs = Date.now()
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
  })
  request.on('end', () => {
    if (length > MAX_BODY_BYTES) {
      refuseSize(request, response)
      return
    }
    const rawBody = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    const body = length > 0 ? parseJson(rawBody.toString('utf8')) : undefined
    handler.handle({ request, response, rawBody, body, receivedAtMs })
  })
  request.on('error', () => response.destroy())
}

function refuseSize(request: IncomingMessage, response: ServerResponse): void {
  const family = request.url?.includes('/messages') ? 'anthropic' : 'openai'
  const problem = { kind: 'too-large', message: 'Request exceeds the maximum size' } as const
  response.writeHead(413, { 'content-type': 'application/json' })
  response.end(JSON.stringify(errorBody(family, problem, '')))
}
