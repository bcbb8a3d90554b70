import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { RequestFacts } from '../dialect.ts'
import { asksForUsage } from '../openai-choices.ts'
import { optionalFlag, requireModel } from '../request-fields.ts'

/** @see https://platform.openai.com/docs/api-reference/completions/create */
export function readRequest(body: JsonObject): RequestFacts {
  const model = requireModel(body)
  const prompt = body.prompt
  if (typeof prompt !== 'string' && !(Array.isArray(prompt) && prompt.length > 0)) {
    throw new GatewayError('invalid_request', '"prompt" must be a text or a non-empty list.', {
      path: 'prompt',
    })
  }
  return { model, isStreaming: optionalFlag(body, 'stream'), asksForUsage: asksForUsage(body) }
}
