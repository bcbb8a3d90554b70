import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived: raw bytes, and header lines as they were spelled. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** Settles once the connection of this request is closed or its answer has ended. */
  readonly closed: Promise<void>
}

export type Script = (response: ServerResponse, request: RecordedRequest) => unknown

export interface ScriptedUpstream {
  readonly url: string
  readonly received: RecordedRequest[]
  /** What the next requests are answered with. */
  answerWith(script: Script): void
  close(): Promise<void>
}

/** An upstream on loopback that records raw bytes and answers exactly what a test tells it to. */
export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const received: RecordedRequest[] = []
  let script: Script = (response) => response.end('{}')
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    const closed = once(response, 'close').then(() => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request
      const recorded = { method, path: url, headers, rawHeaders, body: Buffer.concat(chunks), closed }
      received.push(recorded)
      script(response, recorded)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith: (next) => {
      script = next
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Answers JSON text, byte for byte. */
export function json(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Script {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

/** Answers an SSE stream whose pieces leave in separate writes, each on a turn of its own. */
export function sse(pieces: Iterable<string | Buffer>, headers: Record<string, string> = {}): Script {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
    for (const piece of pieces) {
      response.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  }
}
