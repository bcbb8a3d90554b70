import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { GatewayError } from '../core/errors.ts'
import { accountRoutes } from './account-routes.ts'
import { createAdminAccess } from './admin-access.ts'
import type { AdminParts } from './admin-parts.ts'
import { documentApi } from './api-document.ts'
import { auditRoutes } from './audit-routes.ts'
import { encodeError, statusOf, toAdminError } from './errors.ts'
import { healthRoutes } from './health-routes.ts'
import { readJsonBodies } from './json-bodies.ts'
import { keyRoutes } from './key-routes.ts'
import { providerRoutes } from './provider-routes.ts'
import { resourceRoutes } from './resource-routes.ts'
import { ACCOUNTS, KEYS, ROUTES, TEAMS } from './resources.ts'
import { collectRoutes } from './route-table.ts'
import { signInRoutes } from './sign-in-routes.ts'

const MAX_BODY_BYTES = 1_048_576

/** The admin API with its document and page, ready to be given requests. It listens nowhere itself; close it. */
export async function createAdminApp(parts: AdminParts): Promise<FastifyInstance> {
  const { logger } = parts.gateway
  const refuse = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = toAdminError(thrown)
    if (error.code === 'internal')
      logger.error({ err: thrown, request_id: request.id }, 'admin request failed')
    return answer(reply, error, request.id)
  }
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    return503OnClosing: false,
    genReqId: () => `req_${randomUUID().replaceAll('-', '')}`,
    // what cannot even be routed, such as a path that is not encoded correctly
    frameworkErrors: (error, request, reply) => {
      refuse(error, request, reply)
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  })
  const allowedMethods = collectRoutes(app)
  app.setValidatorCompiler(validatorCompiler)
  // views are made by us, and what a file declares must be shown even where it is more than the API would take
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.setErrorHandler(refuse)
  readJsonBodies(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-request-id': request.id,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
  })
  const notFound = (request: FastifyRequest, reply: FastifyReply) => {
    const [path = ''] = request.url.split('?')
    const allowed = allowedMethods(path)
    if (allowed.length > 0) reply.header('allow', allowed.join(', '))
    return refuse(unroutable(request.method, path, allowed), request, reply)
  }
  app.setNotFoundHandler(notFound)
  await documentApi(app)
  const isAllowed = createAdminAccess(parts)
  await app.register(
    async (api) => {
      // before any body is read
      api.addHook('onRequest', isAllowed)
      api.setNotFoundHandler(notFound)
      resourceRoutes(api, parts, KEYS)
      keyRoutes(api, parts)
      resourceRoutes(api, parts, TEAMS)
      resourceRoutes(api, parts, ACCOUNTS)
      accountRoutes(api, parts)
      signInRoutes(api, parts)
      resourceRoutes(api, parts, ROUTES)
      providerRoutes(api)
      healthRoutes(api, parts)
      auditRoutes(api, parts)
    },
    { prefix: '/api/admin/v1' },
  )
  await app.ready()
  return app
}

function answer(reply: FastifyReply, error: GatewayError, requestId: string): FastifyReply {
  const status = statusOf(error)
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  // at least one second: a client that is told 0 comes back at once
  if (error.retryAfterMs !== undefined)
    reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))))
  const body = JSON.stringify(encodeError(error, requestId))
  return reply.code(status).type('application/json; charset=utf-8').send(body)
}

function unroutable(method: string, path: string, allowed: readonly string[]): GatewayError {
  if (allowed.length > 0)
    return new GatewayError('method_not_allowed', `${path} takes ${allowed.join(', ')}, not ${method}.`)
  return new GatewayError('not_found', `There is no endpoint ${method} ${path}. See /docs for the list.`)
}
