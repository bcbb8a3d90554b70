import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiFamily } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { Endpoint } from '../pipeline/endpoint.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import { PROVIDERS } from '../providers/index.ts'
import type { Provider } from '../providers/provider.ts'
import { conversation, geminiMethod, other } from './endpoints.ts'
import { decodedPath, pathOf } from './request-url.ts'
import { serve } from './serve.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** `/{provider}/…`: one provider's own API with the key swapped, for whatever has no route of its own. */
export function rawRoutes(app: FastifyInstance, gateway: Gateway, providerName: string): void {
  app.route({
    method: METHODS,
    url: `/${providerName}/*`,
    handler: serve(gateway, (request) => readRaw(request, providerName)),
  })
}

/** The family whose error shape and credential a provider's raw paths have. */
export function rawFamily(provider: Provider | undefined): ApiFamily {
  if (provider === undefined || 'openai' in provider.roots) return 'openai'
  return 'anthropic' in provider.roots ? 'anthropic' : 'gemini'
}

/** Conversations are read as such, so that their usage counts; everything else only passes. A model that the path names is the model. */
function readRaw(request: FastifyRequest, providerName: string): Endpoint {
  const provider = PROVIDERS.get(providerName)
  const path = pathOf(request.url).slice(providerName.length + 1)
  if (isEscaping(path)) throw new GatewayError('invalid_request', 'The path must not contain dot segments.')
  return {
    ...describe(decodedPath(path).replace(/\/+$/, ''), request.method, rawFamily(provider)),
    path,
    providerId: provider?.id ?? providerName,
  }
}

function describe(path: string, method: string, family: ApiFamily): Endpoint {
  if (method !== 'POST') return other(family, path, method)
  const deployment = /\/deployments\/([^/]+)\//.exec(path)?.[1]
  const named = deployment === undefined ? {} : { deployment, model: deployment }
  return { ...describeByEnd(path, method, family), ...named }
}

function describeByEnd(path: string, method: string, family: ApiFamily): Endpoint {
  if (path.endsWith('/chat/completions')) return conversation('openai-chat')
  if (path.endsWith('/completions')) return conversation('openai-completions')
  if (path.endsWith('/responses')) return conversation('openai-responses')
  if (path.endsWith('/messages')) return conversation('anthropic-messages')
  if (/\/\w*models\/.+:\w+$/i.test(path)) return geminiMethod(path.replace(/^\/v\d\w*/, ''), method)
  const isFree = path.endsWith('/count_tokens') || path.endsWith('/input_tokens')
  return { ...other(family, path, method), isCounted: !isFree }
}

/** A path that climbs, written plainly or encoded, could reach what the provider's prefix is meant to keep away. */
function isEscaping(path: string): boolean {
  return path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment) || /%2f|%5c|\\/i.test(segment))
}
