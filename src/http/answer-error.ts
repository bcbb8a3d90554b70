import type { FastifyReply } from 'fastify'
import type { ApiFamily } from '../core/dialect-id.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import { ERROR_DIALECT } from '../dialects/index.ts'
import { quotaHeaders } from '../pipeline/admit.ts'
import type { Exchange } from '../pipeline/exchange.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import { settle } from '../pipeline/settle.ts'

export interface ErrorAnswer {
  readonly gateway: Gateway
  readonly family: ApiFamily
  readonly error: GatewayError
  readonly exchange: Exchange
  readonly reply: FastifyReply
}

/** Sends an error of ours in the family's shape, after the exchange has been settled with it. */
export function answerError({ gateway, family, error, exchange, reply }: ErrorAnswer): FastifyReply {
  const { status, body: encoded } = ERROR_DIALECT[family].encodeError(error, exchange.requestId)
  // the message may be an upstream's own, which may quote the credential
  const body = gateway.redactor.redactValue(encoded)
  exchange.status = status
  exchange.errorCode = error.code
  if (exchange.keepsBodies) exchange.responseBody = body
  settle(gateway, exchange)
  reply.header('x-request-id', exchange.requestId)
  if (family === 'anthropic') reply.header('request-id', exchange.requestId)
  if (exchange.quota !== undefined) reply.headers(quotaHeaders(exchange.quota))
  if (exchange.account !== undefined) reply.header('x-gateway-upstream', exchange.account.name)
  if (exchange.attempts > 0) reply.header('x-gateway-attempts', String(exchange.attempts))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  // at least one second: a client that is told 0 comes back at once
  if (error.retryAfterMs !== undefined)
    reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))))
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body))
}

/** What the HTTP layer itself throws, as errors of ours. The limit is that of bodies. */
export function toRequestError(thrown: unknown, limitBytes: number): GatewayError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const message = `The request is larger than this gateway accepts: ${limitBytes} bytes.`
    return new GatewayError('request_too_large', message, { cause: thrown })
  }
  if (code === 'FST_ERR_BAD_URL') {
    return new GatewayError('invalid_request', 'The path is not percent-encoded correctly.', {
      cause: thrown,
    })
  }
  if (typeof code === 'string' && code.startsWith('FST_ERR_CTP_')) {
    return new GatewayError('invalid_request', 'The body of the request cannot be read.', { cause: thrown })
  }
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new GatewayError('client_gone', 'The client left before its request was complete.', {
      cause: thrown,
    })
  }
  return toGatewayError(thrown)
}
