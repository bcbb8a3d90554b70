/**
 * What everything is compared with: `node:http` in front, undici behind, bodies streamed through, and nothing else. It knows no keys,
 * reads no bodies, keeps no records. `node bare-proxy.ts <port> <upstream> [pipe]`: with `pipe`, not even the end of one stream is told
 * to the other as `pipeline` does it, which costs an AbortController and a DOMException for each answer.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { Agent, type Dispatcher, request as send } from 'undici'

const [port, upstream = '', join] = process.argv.slice(2)
const dispatcher = new Agent({ keepAliveTimeout: 60_000 })

createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  forward(request, response).catch(() => response.destroy())
}).listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await send(upstream + (request.url ?? '/'), {
    dispatcher,
    method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
    headers: endToEnd(request.headers),
    body: request.method === 'GET' ? null : request,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  response.writeHead(answer.statusCode, endToEnd(answer.headers))
  if (join === 'pipe') answer.body.on('error', () => response.destroy()).pipe(response)
  else pipeline(answer.body, response, () => {})
}

/** Without what concerns two neighbours only. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { host: _host, connection: _connection, 'keep-alive': _keepAlive, ...rest } = headers
  delete rest['transfer-encoding']
  return rest
}
