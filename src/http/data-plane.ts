import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiFamily } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import { readBearer, readCredential } from '../keys/credentials.ts'
import type { VirtualKey } from '../keys/directory.ts'
import { hashSecret } from '../keys/secret.ts'
import { type Exchange, openExchange } from '../pipeline/exchange.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import type { Snapshot } from '../pipeline/snapshot.ts'
import { answerError, toRequestError } from './answer-error.ts'
import { pathOf, queryKeyOf, queryOf } from './request-url.ts'
import { isWebSocketUpgrade, refuseWebSocket } from './web-socket.ts'

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange
    virtualKey: VirtualKey | undefined
    /** The configuration that the virtual key was found in. */
    snapshot: Snapshot | undefined
  }
}

export interface FamilyOptions {
  readonly gateway: Gateway
  readonly family: ApiFamily
  readonly register: (app: FastifyInstance) => void
}

/**
 * The endpoints of one API family: every request is recorded and authenticated before its body is read, bodies stay bytes, and errors
 * have the family's shape. Open to holders of a virtual key.
 */
export const familyPlugin: FastifyPluginAsync<FamilyOptions> = async (app, { gateway, family, register }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (request, reply) => {
    beginExchange(gateway, request)
    if (isWebSocketUpgrade(request)) throw refuseWebSocket(request, reply)
    request.snapshot = gateway.current().snapshot
    const found = authenticate(gateway, request.snapshot, request)
    request.virtualKey = found instanceof Promise ? await found : found
    request.exchange.key = request.virtualKey
  })
  app.setErrorHandler((error, request, reply) =>
    fail(gateway, familyOfClient(request, family), error, request, reply),
  )
  register(app)
}

/** Some paths serve several families; their clients' headers tell which one it is. */
export function familyOfClient(request: FastifyRequest, pathFamily: ApiFamily): ApiFamily {
  if (!/^\/(v1\/)?models(\/|$)/.test(pathOf(request.url))) return pathFamily
  if (request.headers['anthropic-version'] !== undefined) return 'anthropic'
  return request.headers['x-goog-api-key'] === undefined ? pathFamily : 'gemini'
}

export function beginExchange(gateway: Gateway, request: FastifyRequest): void {
  request.exchange = openExchange({
    requestId: request.id,
    method: request.method,
    path: pathOf(request.url) + queryOf(request.url),
    nowMs: gateway.now(),
  })
  gateway.metrics.requestStarted()
}

/** Answers an error in the family's shape and settles the exchange with it. */
export function fail(
  gateway: Gateway,
  family: ApiFamily,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (request.exchange === undefined) beginExchange(gateway, request)
  const { exchange } = request
  const error = toRequestError(thrown, request.routeOptions.bodyLimit)
  if (error.code === 'internal')
    gateway.logger.error({ err: thrown, request_id: request.id }, 'request failed unexpectedly')
  return answerError({ gateway, family, error, exchange, reply })
}

/** Older clients of this path expect 400, not 401, where the header is missing or is no bearer token. */
const STRICT_PATH = '/completions/chat'

/** At once where the key is known, as nearly always. Keys of files and environment come before those of the store. */
function authenticate(
  gateway: Gateway,
  { keys }: Snapshot,
  request: FastifyRequest,
): VirtualKey | Promise<VirtualKey> {
  const { headers, url } = request
  if (pathOf(url) === STRICT_PATH && readBearer(headers.authorization) === undefined) {
    throw new GatewayError('key_malformed', 'The Authorization header must be "Bearer <virtual key>".')
  }
  const secret = readCredential(headers, queryKeyOf(url))
  if (secret === undefined) {
    throw new GatewayError(
      'key_missing',
      'No virtual key was sent. Send it as "Authorization: Bearer <key>" or "x-api-key: <key>".',
    )
  }
  const hash = hashSecret(secret)
  const key = keys.find(hash) ?? gateway.storedKeys()?.find(secret, hash)
  if (key instanceof Promise) return key.then((found) => admissible(gateway, found))
  return admissible(gateway, key)
}

function admissible(gateway: Gateway, key: VirtualKey | undefined): VirtualKey {
  if (key === undefined)
    throw new GatewayError('key_unknown', 'This virtual key is not known to this gateway.')
  if (key.status !== 'active') throw new GatewayError('key_disabled', 'This virtual key is disabled.')
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= gateway.now())
    throw new GatewayError('key_expired', 'This virtual key has expired.')
  return key
}
