import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'

/**
 * Follows the connections on which no request has come yet: clients open some in advance, and Node does not count them as idle, so that
 * they would hold up a server that closes. Returns what breaks them.
 */
export function trackUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>()
  const opened = server instanceof TlsServer ? 'secureConnection' : 'connection'
  server.on(opened, (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => unused.delete(socket))
  return () => {
    for (const socket of unused) socket.destroy()
  }
}
