import type { JsonObject } from '../../core/json.ts'
import type { RequestFacts } from '../dialect.ts'
import { asksForUsage } from '../openai-choices.ts'
import { optionalFlag, requireModel, requireObjectList, requireRoles } from '../request-fields.ts'

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export function readRequest(body: JsonObject): RequestFacts {
  const model = requireModel(body)
  requireObjectList(body, 'messages')
  requireRoles(body, 'messages')
  return { model, isStreaming: optionalFlag(body, 'stream'), asksForUsage: asksForUsage(body) }
}
