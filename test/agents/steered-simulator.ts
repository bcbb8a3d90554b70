import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { type Steering, steer } from './steer.ts'

/** A request as the gateway sent it, before it was steered. */
export interface UpstreamRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Record<string, unknown>
  readonly results: readonly string[]
  readonly isFreeText: boolean
  status: number
  /** What the simulator answered an error with. */
  problem: string
}

export interface SteeredSimulator {
  readonly url: string
  readonly received: UpstreamRequest[]
  steerWith(steering: Steering): void
  close(): Promise<void>
}

/**
 * The simulated provider, strict checks and all, behind a front that tells its model which tool to call. Coding agents offer dozens of
 * tools and speak of many in their prompts, so that the simulator's own rule (call what the prompt names) would call them all.
 */
export async function startSteeredSimulator(): Promise<SteeredSimulator> {
  const simulator = await startSimulator()
  const received: UpstreamRequest[] = []
  let steering: Steering = {}
  const server = createServer((request, response) => {
    forward({ request, response, simulator, received, steering }).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    steerWith: (next) => {
      steering = next
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await simulator.close()
    },
  }
}

interface Forwarding {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly simulator: Simulator
  readonly received: UpstreamRequest[]
  readonly steering: Steering
}

async function forward({ request, response, simulator, received, steering }: Forwarding): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = 'GET', url = '/', headers } = request
  const sent = Buffer.concat(chunks).toString('utf8')
  const isConversation = method === 'POST' && sent.startsWith('{')
  const original = isConversation ? (JSON.parse(sent) as Record<string, unknown>) : {}
  const { body, results, isFreeText } = steer(original, steering)
  const record = { path: url, headers, body: original, results, isFreeText, status: 0, problem: '' }
  received.push(record)
  const answer = await fetch(simulator.url + url, {
    method,
    headers: plainHeaders(headers),
    ...(isConversation && { body: JSON.stringify(body) }),
  })
  record.status = answer.status
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json',
  })
  if (answer.status >= 400) {
    record.problem = await answer.text()
    response.end(record.problem)
    return
  }
  if (answer.body === null) response.end()
  else Readable.fromWeb(answer.body).pipe(response)
}

/** Without those that describe the connection or the bytes, which are other ones now. */
function plainHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  const own = new Set([
    'host',
    'connection',
    'content-length',
    'transfer-encoding',
    'accept-encoding',
    'expect',
  ])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || own.has(name) ? [] : [[name, String(value)]],
    ),
  )
}
