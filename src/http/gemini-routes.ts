import type { FastifyInstance } from 'fastify'
import type { Gateway } from '../pipeline/gateway.ts'
import { geminiMethod, other } from './endpoints.ts'
import { pathOf } from './request-url.ts'
import { serve } from './serve.ts'

const RESOURCES = ['models', 'tunedModels', 'publishers', 'projects']

/** Gemini's paths: `/v1beta/models/{model}:{method}`, and the same below `/v1`. */
export function geminiRoutes(app: FastifyInstance, gateway: Gateway): void {
  for (const root of ['/v1beta', '/v1']) {
    const method = serve(gateway, (request) =>
      geminiMethod(pathOf(request.url).slice(root.length), request.method),
    )
    for (const resource of RESOURCES) app.post(`${root}/${resource}/*`, method)
  }
  const passThrough = serve(gateway, (request) =>
    other('gemini', pathOf(request.url).slice('/v1beta'.length), request.method),
  )
  for (const resource of ['cachedContents', 'files', 'batches']) {
    app.route({
      method: ['GET', 'POST', 'PATCH', 'DELETE'],
      url: `/v1beta/${resource}`,
      handler: passThrough,
    })
    app.route({
      method: ['GET', 'POST', 'PATCH', 'DELETE'],
      url: `/v1beta/${resource}/*`,
      handler: passThrough,
    })
  }
}
