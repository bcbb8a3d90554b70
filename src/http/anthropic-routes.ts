import type { FastifyInstance } from 'fastify'
import type { Gateway } from '../pipeline/gateway.ts'
import { conversation, other, tokenCount } from './endpoints.ts'
import { pathOf } from './request-url.ts'
import { serve } from './serve.ts'

/** Anthropic's paths, with `/v1` and without. */
export function anthropicRoutes(app: FastifyInstance, gateway: Gateway): void {
  for (const root of ['/v1', '']) {
    app.post(
      `${root}/messages`,
      serve(gateway, () => conversation('anthropic-messages')),
    )
    app.post(
      `${root}/messages/count_tokens`,
      serve(gateway, () => tokenCount('anthropic-messages', '/messages/count_tokens')),
    )
    const passThrough = serve(gateway, (request) =>
      other('anthropic', pathOf(request.url).slice(root.length), request.method),
    )
    app.route({ method: ['GET', 'POST', 'DELETE'], url: `${root}/messages/batches`, handler: passThrough })
    app.route({ method: ['GET', 'POST', 'DELETE'], url: `${root}/messages/batches/*`, handler: passThrough })
  }
}
