import type { JsonObject } from '../../core/json.ts'
import type { RequestFacts } from '../dialect.ts'
import { optionalFlag, requireModel, requireObjectList, requireRoles } from '../request-fields.ts'

/** @see https://docs.anthropic.com/en/api/messages */
export function readRequest(body: JsonObject): RequestFacts {
  const model = requireModel(body)
  requireObjectList(body, 'messages')
  requireRoles(body, 'messages')
  return { model, isStreaming: optionalFlag(body, 'stream'), asksForUsage: true }
}
