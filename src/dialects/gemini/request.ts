import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { RequestFacts } from '../dialect.ts'

/** The URL names the model and says whether to stream, so neither is asked for here. @see https://ai.google.dev/api/generate-content */
export function readRequest(body: JsonObject): RequestFacts {
  const contents = body.contents
  const isOne = isJsonObject(contents)
  if (!isOne && !(Array.isArray(contents) && contents.length > 0)) {
    throw new GatewayError('invalid_request', '"contents" must be a list with at least one entry.', {
      path: 'contents',
    })
  }
  const model = typeof body.model === 'string' ? body.model : undefined
  return { model, isStreaming: false, asksForUsage: true }
}
