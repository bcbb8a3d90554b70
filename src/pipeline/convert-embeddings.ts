import type { ApiFamily } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import {
  embedAnswerFromOpenAi,
  embedAnswerToOpenAi,
  embedRequestFromOpenAi,
  embedRequestToOpenAi,
} from '../dialects/gemini/embeddings.ts'
import { ERROR_DIALECT } from '../dialects/index.ts'
import { endpointPath } from '../providers/address.ts'
import type { Target } from '../routing/plan.ts'
import type { BodyConversion } from './body-conversion.ts'
import type { ClientCall } from './client-call.ts'
import { type Endpoint, geminiResource } from './endpoint.ts'
import type { ReadCall } from './read-call.ts'
import { type BuiltRequest, upstreamHeaders } from './upstream-request.ts'

/** Whose shape embeddings must be asked for in at a target that does not have the client's; undefined where it does, or has neither. */
export function embeddingFamily(endpoint: Endpoint, { account }: Target): 'openai' | 'gemini' | undefined {
  const { embedding, family, providerId } = endpoint
  if (embedding === undefined || providerId !== undefined || family in account.address.roots) return undefined
  const other = embedding === 'openai' ? 'gemini' : 'openai'
  return other in account.address.roots ? other : undefined
}

/**
 * An embedding request in the other family's shape. Throws `invalid_request` for what is malformed, `unsupported_parameter` for what
 * the other shape cannot say.
 */
export function convertEmbeddings(
  call: ClientCall,
  { json }: ReadCall,
  target: Target,
  family: 'openai' | 'gemini',
): BuiltRequest {
  const { account } = target
  const model = target.model?.replace(/^models\//, '')
  if (json === undefined)
    throw new GatewayError('invalid_json', 'The request has no body; send a JSON object.')
  if (model === undefined)
    throw new GatewayError('invalid_request', '"model" is missing: name the model that should answer.', {
      path: 'model',
    })
  const { embedding } = call.endpoint
  const isToOpenAi = embedding !== undefined && embedding !== 'openai'
  const request = isToOpenAi
    ? embedRequestToOpenAi(json, model, embedding)
    : embedRequestFromOpenAi(json, model)
  const { method, count, body, dropped } = request
  const conversion: BodyConversion = {
    clientDialect: ERROR_DIALECT[call.endpoint.family],
    convertBody: isToOpenAi
      ? (answer) => embedAnswerFromOpenAi(answer, { method, count })
      : (answer) => embedAnswerToOpenAi(answer, { model, count, encodingFormat: json.encoding_format }),
  }
  const below = isToOpenAi ? '/embeddings' : `/${geminiResource(model)}:${method}`
  return {
    upstream: {
      origin: account.address.origin,
      path: pathAt(target, family, below),
      method: 'POST',
      headers: { ...upstreamHeaders(call, family, account), 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    },
    hidesUsage: false,
    dialect: ERROR_DIALECT[family],
    conversion,
    dropped,
  }
}

function pathAt({ account }: Target, family: ApiFamily, below: string): string {
  const path = endpointPath(account.address, family, below)
  if (path !== undefined) return path
  throw new GatewayError('internal', `${account.provider.id} has no ${family} endpoints.`)
}
