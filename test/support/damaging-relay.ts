import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer on its way to the client, for a test to spoil. */
export interface PassingAnswer {
  /** With the query. */
  readonly path: string
  readonly isStream: boolean
  status: number
  headers: Record<string, string>
  text: string
}

export interface DamagingRelay {
  readonly url: string
  close(): Promise<void>
}

/** A server that passes everything on to another one, and spoils the answers. One key is taken, all others are refused. */
export async function startDamagingRelay(
  upstream: string,
  key: string,
  damage: (answer: PassingAnswer) => void,
): Promise<DamagingRelay> {
  const server = createServer((request, response) => {
    void relay(request, response)
  })
  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await forward(upstream, key, request)
    damage(answer)
    response.writeHead(answer.status, answer.headers).end(answer.text)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const PASSED_ON = ['authorization', 'x-api-key', 'x-goog-api-key', 'anthropic-version']

async function forward(upstream: string, key: string, request: IncomingMessage): Promise<PassingAnswer> {
  const { method = 'GET', url: path = '/' } = request
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const answer = await fetch(upstream + path, {
    method,
    headers: { 'content-type': 'application/json', ...headersOf(request, key) },
    ...(method !== 'GET' && { body: Buffer.concat(chunks) }),
  })
  const type = answer.headers.get('content-type') ?? ''
  const requestId = answer.headers.get('request-id') ?? 'req_1'
  return {
    path,
    isStream: type.startsWith('text/event-stream'),
    status: answer.status,
    headers: { 'content-type': type, 'x-request-id': requestId, 'request-id': requestId },
    text: await answer.text(),
  }
}

/** The simulated provider takes any key but an absent one, so that wrong ones are left out. */
function headersOf({ headers }: IncomingMessage, key: string): Record<string, string> {
  const sent = PASSED_ON.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const wanted = sent.filter(([name, value]) => name === 'anthropic-version' || value.endsWith(key))
  return Object.fromEntries(wanted)
}
