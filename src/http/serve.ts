import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { GatewayError } from '../core/errors.ts'
import type { Endpoint } from '../pipeline/endpoint.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import { run } from '../pipeline/run.ts'
import { decodeContent } from '../wire/content-encoding.ts'
import { queryOf } from './request-url.ts'

/** How an endpoint is recognised in a request: most are constant, some read their path. */
export type EndpointReader = (request: FastifyRequest) => Endpoint

/** A route handler that conducts the request to an upstream. */
export function serve(gateway: Gateway, readEndpoint: EndpointReader): RouteHandlerMethod {
  return async (request, reply) => {
    const endpoint = readEndpoint(request)
    const { exchange, snapshot, virtualKey } = request
    if (virtualKey === undefined || snapshot === undefined)
      throw new GatewayError('internal', 'The request was not authenticated.')
    const { bodyLimitBytes } = snapshot.config.server
    await run(gateway, {
      exchange,
      key: virtualKey,
      snapshot,
      endpoint,
      method: request.method,
      headers: request.headers,
      query: queryOf(request.url),
      body: await readBody(request, bodyLimitBytes),
      connection: { response: reply.raw, takeOver: () => takeOver(reply) },
    })
    return reply
  }
}

async function readBody(request: FastifyRequest, limitBytes: number): Promise<Buffer | undefined> {
  const { body } = request
  if (!Buffer.isBuffer(body)) return undefined
  const encoding = request.headers['content-encoding']
  return encoding === undefined ? body : decodeContent(body, encoding, limitBytes)
}

/** From here on the pipeline writes the response itself. Headers that plugins have set, such as CORS, go with it. */
export function takeOver(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
  reply.hijack()
}
