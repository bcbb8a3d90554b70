import type { FastifyInstance } from 'fastify'
import { trackUnusedConnections } from './unused-connections.ts'

/**
 * Follows the connections of a server from now on. Returns what ends it: nothing new is accepted, what is under way may take `timeoutMs`
 * to finish, then its connections are cut.
 */
export function drainable(app: FastifyInstance): (timeoutMs: number) => Promise<void> {
  const { server } = app
  const closeUnused = trackUnusedConnections(server)
  return async (timeoutMs) => {
    // connections that fall idle after the close began would otherwise hold it up until their keep-alive ends
    const sweep = setInterval(() => {
      server.closeIdleConnections()
      closeUnused()
    }, 100)
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs)
    try {
      await app.close()
    } finally {
      clearInterval(sweep)
      clearTimeout(deadline)
    }
  }
}
