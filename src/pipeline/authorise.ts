import { GatewayError } from '../core/errors.ts'
import { matchesAny } from '../routing/model-pattern.ts'
import { countMembers } from '../wire/json-edit.ts'
import type { ClientCall } from './client-call.ts'
import type { Endpoint } from './endpoint.ts'
import { refuseHiddenModels } from './hidden-models.ts'
import type { ReadCall } from './read-call.ts'

/** May this key do that? Throws `permission_denied` or `model_not_allowed`. A model that we cannot see is not on anybody's list. */
export function authorise(call: ClientCall, read: ReadCall): void {
  const { key, endpoint } = call
  if (!key.permissions.includes(endpoint.permission)) {
    throw new GatewayError('permission_denied', `This key lacks the permission "${endpoint.permission}".`)
  }
  checkEndpoint(key.endpoints, endpoint, 'This key')
  checkEndpoint(key.teamEndpoints, endpoint, 'The team of this key')
  checkModel(key.models, call, read, 'This key')
  checkModel(key.teamModels, call, read, 'The team of this key')
}

/** Where models are limited: which of two names an upstream would take is anybody's guess. */
export function refuseSecondModel({ body }: ClientCall, { json }: ReadCall): void {
  if (json === undefined || body === undefined || countMembers(body, 'model') < 2) return
  throw new GatewayError('invalid_request', 'The body names "model" twice.', { path: 'model' })
}

/** As operators write endpoints: `chat/completions`, `messages/count_tokens`, Gemini's by their method, raw ones with their provider. */
export function endpointName({ family, path, providerId }: Endpoint): string {
  const name = path.replace(/^\/+|\/+$/g, '')
  if (providerId !== undefined) return `${providerId}/${name}`
  const method = family === 'gemini' ? /:(\w+)$/.exec(name)?.[1] : undefined
  return method ?? name
}

function checkEndpoint(allowed: readonly string[] | undefined, endpoint: Endpoint, whose: string): void {
  if (allowed === undefined || matchesAny(allowed, endpointName(endpoint))) return
  const message = `${whose} may not use "${endpointName(endpoint)}". It may use: ${allowed.join(', ')}.`
  throw new GatewayError('permission_denied', message)
}

function checkModel(
  allowed: readonly string[] | undefined,
  call: ClientCall,
  read: ReadCall,
  whose: string,
): void {
  const { model } = read.facts
  if (allowed === undefined) return
  if (model === undefined && call.method === 'GET' && call.endpoint.providerId === undefined) return
  refuseHiddenModels(call, whose)
  if (model === undefined) {
    const message = `${whose} is limited to certain models, and the request names none.`
    throw new GatewayError('model_not_allowed', message)
  }
  if (!matchesAny(allowed, model)) {
    const message = `${whose} may not use the model "${model}". It may use: ${allowed.join(', ')}.`
    throw new GatewayError('model_not_allowed', message, { path: 'model' })
  }
  refuseSecondModel(call, read)
}
