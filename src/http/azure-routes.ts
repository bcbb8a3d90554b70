import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GatewayError } from '../core/errors.ts'
import type { Endpoint } from '../pipeline/endpoint.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import { conversation, GENERIC_CHAT, other } from './endpoints.ts'
import { pathOf } from './request-url.ts'
import { serve } from './serve.ts'

const CLASSIC_PATH = /^\/openai\/deployments\/([^/]+)(\/.+)$/

/** Paths that clients of Azure's SDKs use: classic ones, where the deployment stands for the model, and `/openai/v1/…`. */
export function azureRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.post('/openai/deployments/:deployment/*', serve(gateway, readClassic))
  app.post(
    '/openai/v1/chat/completions',
    serve(gateway, () => GENERIC_CHAT),
  )
  app.post(
    '/openai/v1/responses',
    serve(gateway, () => conversation('openai-responses')),
  )
  app.post(
    '/openai/v1/completions',
    serve(gateway, () => conversation('openai-completions')),
  )
}

function readClassic(request: FastifyRequest): Endpoint {
  const [, encoded = '', path = ''] = CLASSIC_PATH.exec(pathOf(request.url)) ?? []
  if (path === '') throw new GatewayError('not_found', 'There is no such endpoint below a deployment.')
  const deployment = decodeURIComponent(encoded)
  const named = { deployment, model: deployment }
  if (path === '/chat/completions') return { ...conversation('openai-chat'), ...named }
  if (path === '/completions') return { ...conversation('openai-completions'), ...named }
  return { ...other('openai', path, request.method), ...named }
}
