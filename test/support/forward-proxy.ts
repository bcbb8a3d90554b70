import { createServer, request as forward } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

export interface ForwardProxy {
  readonly url: string
  readonly port: number
  /** Host and port of every request or tunnel that was asked for. */
  readonly asked: string[]
  /** The `proxy-authorization` that came with each. */
  readonly credentials: (string | undefined)[]
  close(): Promise<void>
}

/** A forward proxy on loopback, for plain requests and tunnels, that takes every host name for `target`, a port on loopback. */
export async function startForwardProxy(target: number): Promise<ForwardProxy> {
  const asked: string[] = []
  const credentials: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '')
    asked.push(url.host)
    const { 'proxy-authorization': credential, ...headers } = request.headers
    credentials.push(credential)
    const { method } = request
    const options = { host: '127.0.0.1', port: target, path: url.pathname + url.search, method, headers }
    const onward = forward(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    credentials.push(request.headers['proxy-authorization'])
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
    socket.on('close', () => onward.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    credentials,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
