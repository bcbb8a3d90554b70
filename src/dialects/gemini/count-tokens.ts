import { GatewayError } from '../../core/errors.ts'
import { countOf, isJsonObject, type JsonObject } from '../../core/json.ts'
import type { EncodedRequest, EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest } from '../../ir/request.ts'
import type { DecodeContext, TokenCount, TokenCounter } from '../dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeError } from './errors.ts'
import { messageIn } from './proto-json.ts'

/**
 * A `countTokens` request as ours: bare contents, or a whole `generateContentRequest`. Throws `invalid_request`.
 * @see https://ai.google.dev/api/tokens
 */
export function decodeCountRequest(body: JsonObject, context: DecodeContext): ChatRequest {
  const wrapped = messageIn({ fields: body, path: '' }, 'generateContentRequest')
  return decodeRequest(wrapped?.fields ?? body, { ...context, isStreaming: false })
}

/** Our request as the body of `countTokens`, tools and instructions included. Throws what `encodeRequest` throws. */
export function encodeCountRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const encoded = encodeRequest(request, target)
  return {
    ...encoded,
    body: { generateContentRequest: { model: resourceOf(target.model), ...encoded.body } },
  }
}

/** Throws `upstream_malformed` where no count is given, or the error that the body is. */
export function decodeCountAnswer(answer: unknown): TokenCount {
  if (isJsonObject(answer)) {
    const error = decodeError(answer.error)
    if (error !== undefined) throw error
    const { totalTokens, cachedContentTokenCount } = answer
    const hasCached = typeof cachedContentTokenCount === 'number'
    if (typeof totalTokens === 'number')
      return {
        inputTokens: countOf(totalTokens),
        ...(hasCached && { cacheReadTokens: countOf(cachedContentTokenCount) }),
      }
  }
  throw new GatewayError('upstream_malformed', 'The provider sent no token count.')
}

export function encodeCountAnswer({ inputTokens, cacheReadTokens }: TokenCount): JsonObject {
  return {
    totalTokens: inputTokens,
    ...(cacheReadTokens !== undefined && { cachedContentTokenCount: cacheReadTokens }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
  }
}

function resourceOf(model: string): string {
  return model.includes('/') ? model : `models/${model}`
}

export const counter: TokenCounter = {
  resultPath: 'totalTokens',
  decodeRequest: decodeCountRequest,
  encodeAnswer: encodeCountAnswer,
  encodeRequest: encodeCountRequest,
  decodeAnswer: decodeCountAnswer,
}
