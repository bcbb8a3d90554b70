import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ApiFamily } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import { ModelDirectory } from '../pipeline/model-directory.ts'
import { PROVIDERS } from '../providers/index.ts'
import { type AdminApp, adminGate } from './admin-gate.ts'
import { anthropicRoutes } from './anthropic-routes.ts'
import { azureRoutes } from './azure-routes.ts'
import { beginExchange, fail, familyPlugin } from './data-plane.ts'
import { geminiRoutes } from './gemini-routes.ts'
import { modelRoutes } from './models-routes.ts'
import { openaiRoutes } from './openai-routes.ts'
import { operationsRoutes } from './operations-routes.ts'
import { rawFamily, rawRoutes } from './raw-routes.ts'
import { pathOf, withoutDoubleVersion } from './request-url.ts'
import { isWebSocketUpgrade, refuseWebSocket } from './web-socket.ts'

export interface ServerOptions {
  readonly gateway: Gateway
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined
  readonly isDraining: () => boolean
  /** Called when the admin API is first asked for. */
  readonly createAdmin: () => Promise<AdminApp>
}

/** Longer than the idle timeout of common load balancers, so that it is they who close a connection that nobody uses. */
const KEEP_ALIVE_MS = 75_000

/** No route here has a schema: what fastify would load for them takes several megabytes. */
function noSchemas(): never {
  throw new Error('Routes of the data plane have no schemas.')
}

const NO_SCHEMAS = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } }

/** The HTTP server with every route, not yet listening. */
export async function buildServer({
  gateway,
  tls,
  isDraining,
  createAdmin,
}: ServerOptions): Promise<FastifyInstance> {
  const { config } = gateway.current().snapshot
  const options = {
    logger: false,
    bodyLimit: config.server.bodyLimitBytes,
    requestTimeout: config.server.timeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle' as const,
    // what arrives on an open connection while we drain is still served
    return503OnClosing: false,
    genReqId: () => `req_${randomUUID().replaceAll('-', '')}`,
    rewriteUrl: (request: IncomingMessage) => withoutDoubleVersion(request.url ?? '/'),
    // what cannot even be routed, such as a path that is not encoded correctly
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      fail(gateway, familyOfPath(request.url), error, request, reply)
    },
    schemaController: NO_SCHEMAS,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  }
  const app: FastifyInstance =
    tls === undefined ? Fastify(options) : withPlainTypes(Fastify({ ...options, https: tls }))
  app.decorateRequest('exchange')
  app.decorateRequest('virtualKey')
  app.decorateRequest('snapshot')
  const { corsOrigins } = config.server
  if (corsOrigins.length > 0) {
    await app.register(import('@fastify/cors'), {
      origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: ['*'],
    })
  }
  operationsRoutes(app, { gateway, isDraining })
  await registerFamilies(app, gateway)
  app.setErrorHandler((error, request, reply) =>
    fail(gateway, familyOfPath(request.url), error, request, reply),
  )
  app.setNotFoundHandler((request, reply) => {
    beginExchange(gateway, request)
    const path = pathOf(request.url)
    const allowed = METHODS.filter((method) => app.findRoute({ method, url: path }) !== null)
    if (allowed.length > 0 && isWebSocketUpgrade(request)) {
      return fail(gateway, familyOfPath(request.url), refuseWebSocket(request, reply), request, reply)
    }
    if (allowed.length > 0) reply.header('allow', allowed.join(', '))
    return fail(gateway, familyOfPath(request.url), notFound(request.method, path, allowed), request, reply)
  })
  // last: it answers its own errors as all of the above
  await app.register(adminGate, {
    isEnabled: () => gateway.current().snapshot.config.admin.enabled,
    createAdmin,
  })
  return app
}

/** Fastify's types tell HTTPS servers apart from plain ones; to everything that is registered here they are alike. */
function withPlainTypes(app: unknown): FastifyInstance {
  return app as FastifyInstance
}

async function registerFamilies(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const directory = new ModelDirectory()
  const family = (name: ApiFamily, register: (plugin: FastifyInstance) => void) =>
    app.register(familyPlugin, { gateway, family: name, register })
  await family('openai', (plugin) => {
    openaiRoutes(plugin, gateway)
    azureRoutes(plugin, gateway)
    for (const root of ['/v1', '']) modelRoutes(plugin, { gateway, directory, family: 'openai', root })
  })
  await family('anthropic', (plugin) => anthropicRoutes(plugin, gateway))
  await family('gemini', (plugin) => {
    geminiRoutes(plugin, gateway)
    modelRoutes(plugin, { gateway, directory, family: 'gemini', root: '/v1beta' })
  })
  for (const [name, provider] of PROVIDERS)
    await family(rawFamily(provider), (plugin) => rawRoutes(plugin, gateway, name))
}

/** Whose clients would ask for this path. */
function familyOfPath(url: string): ApiFamily {
  const path = pathOf(url)
  if (path.startsWith('/v1beta') || /:[a-zA-Z]+$/.test(path)) return 'gemini'
  return /\/messages(\/|$)/.test(path) ? 'anthropic' : 'openai'
}

const METHODS = ['GET', 'POST', 'DELETE']

function notFound(method: string, path: string, allowed: readonly string[]): GatewayError {
  if (allowed.length > 0) {
    return new GatewayError('method_not_allowed', `${path} takes ${allowed.join(', ')}, not ${method}.`)
  }
  return new GatewayError('not_found', `There is no endpoint ${method} ${path}. See the README for the list.`)
}
