import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { RequestFacts } from '../dialect.ts'
import { optionalFlag, requireModel } from '../request-fields.ts'

/** @see https://platform.openai.com/docs/api-reference/responses/create */
export function readRequest(body: JsonObject): RequestFacts {
  // a stored prompt template may name the model itself
  const model = isJsonObject(body.prompt) && body.model === undefined ? undefined : requireModel(body)
  const input = body.input
  const isAbsent = input === undefined || input === null
  if (!isAbsent && typeof input !== 'string' && !Array.isArray(input)) {
    throw new GatewayError('invalid_request', '"input" must be a text or a list of items.', { path: 'input' })
  }
  return { model, isStreaming: optionalFlag(body, 'stream'), asksForUsage: true }
}
