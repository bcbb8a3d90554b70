import { GatewayError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatResponse, Dropped } from '../../ir/response.ts'
import type { AnswerFacts } from '../dialect.ts'
import { decodeBlock } from './content.ts'
import { decodeError } from './errors.ts'
import { decodeFinish } from './finish.ts'
import { decodeTier, decodeUsage } from './usage.ts'

/** A whole answer. It does not name its model. Throws what it says, where it is an error, and `upstream_malformed` where it is neither. */
export function decodeResponse(body: unknown): ChatResponse {
  if (!isJsonObject(body)) throw malformed('is not a JSON object')
  const error = decodeError(body)
  if (error !== undefined) throw error
  const message = isJsonObject(body.output) ? body.output.message : undefined
  if (!isJsonObject(message) || !Array.isArray(message.content)) throw malformed('has no content')
  const dropped: Dropped[] = []
  const parts = message.content.filter(isJsonObject).map((block) => decodeBlock(block, dropped))
  const hasCalls = parts.some(({ type }) => type === 'tool-call')
  const usage = decodeUsage(body.usage)
  const serviceTier = decodeTier(body.serviceTier)
  return {
    model: '',
    parts,
    finish: decodeFinish(body.stopReason, hasCalls),
    dropped,
    ...(usage !== undefined && { usage }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
}

function malformed(problem: string): GatewayError {
  return new GatewayError('upstream_malformed', `The provider's answer ${problem}.`)
}

/** What there is to know of an answer that nobody converts. */
export function readAnswer(body: unknown): AnswerFacts {
  if (!isJsonObject(body)) return {}
  const error = decodeError(body)
  if (error !== undefined) return { error }
  const usage = decodeUsage(body.usage)
  return {
    ...(usage !== undefined && { usage }),
    ...(typeof body.stopReason === 'string' && { finishReason: body.stopReason }),
  }
}
