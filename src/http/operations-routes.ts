import type { FastifyInstance } from 'fastify'
import type { Gateway } from '../pipeline/gateway.ts'
import { metricsFormat } from '../telemetry/negotiate.ts'
import { describeHealth, listHealth } from './health-views.ts'

export interface OperationsOptions {
  readonly gateway: Gateway
  readonly isDraining: () => boolean
}

interface Query {
  readonly Querystring: { readonly view?: string; readonly format?: string }
}

/** Health and metrics. Open to whoever reaches the port, as scrapers and probes expect: they name providers, never keys or prompts. */
export function operationsRoutes(app: FastifyInstance, { gateway, isDraining }: OperationsOptions): void {
  app.get<Query>('/health', async (request, reply) => {
    const health = describeHealth(gateway)
    reply.code(health.status === 'unhealthy' ? 503 : 200)
    return request.query.view === 'list' ? listHealth(gateway) : health
  })
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' })
    const { status } = describeHealth(gateway)
    return reply
      .code(status === 'unhealthy' ? 503 : 200)
      .send({ status: status === 'unhealthy' ? 'unhealthy' : 'ready' })
  })
  app.get<Query>('/metrics', async (request, reply) => {
    const format = metricsFormat(request.headers.accept, request.query.format)
    if (format === 'json') return gateway.metrics.summary()
    const { contentType, body } = await gateway.metrics.renderPrometheus(format)
    return reply.header('content-type', contentType).send(body)
  })
}
