import type { FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../core/errors.ts'
import { pathOf } from './request-url.ts'

export function isWebSocketUpgrade({ headers }: FastifyRequest): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** The refusal of a WebSocket. Its header is what tells Codex to go on over HTTP at once; any other status makes it try again for seconds. */
export function refuseWebSocket(request: FastifyRequest, reply: FastifyReply): GatewayError {
  reply.header('upgrade', 'HTTP/1.1')
  const message = `${pathOf(request.url)} is not served over WebSocket. Send the request as an HTTP POST.`
  return new GatewayError('websocket_unsupported', message)
}
