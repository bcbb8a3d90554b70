import type { ErrorCode, GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeSseEvent } from '../../wire/sse-event.ts'
import type { AnswerFacts } from '../dialect.ts'

/**
 * `response.failed` with the response as it stood, numbered on from the last event; an `error` event where none was created yet.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming/response/failed
 */
export function encodeStreamError(error: GatewayError, _requestId: string, facts: AnswerFacts): string {
  const { code, message } = error
  const sequence_number = (facts.open?.sequenceNumber ?? -1) + 1
  if (facts.open === undefined) {
    const event = { type: 'error', code, message, param: error.path ?? null, sequence_number }
    return writeSseEvent({ event: 'error', data: JSON.stringify(event) })
  }
  const response = failedResponse(facts.open.response, error)
  const event = { type: 'response.failed', sequence_number, response }
  return writeSseEvent({ event: 'response.failed', data: JSON.stringify(event) })
}

/** Codes that programs test for: agents shorten the conversation, or wait. */
const CODES: Partial<Record<ErrorCode, string>> = {
  context_length_exceeded: 'context_length_exceeded',
  upstream_rate_limited: 'rate_limit_exceeded',
  upstream_quota_exceeded: 'insufficient_quota',
  content_filtered: 'invalid_prompt',
}

/** The response as a failed one. */
export function failedResponse(response: JsonObject, { code, message }: GatewayError): JsonObject {
  const error = { code: CODES[code] ?? 'server_error', message: `${message} (${code})` }
  return { ...response, status: 'failed', error }
}
