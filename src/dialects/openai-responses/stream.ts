import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AnswerFacts, EventMeaning, MutableFacts } from '../dialect.ts'
import { decodeOpenAiError } from '../openai-errors.ts'
import type { StreamFold, StreamRules } from '../stream-reader.ts'
import { decodeUsage } from './usage.ts'

/**
 * Events of a response. Exactly one of `response.completed`, `.incomplete`, `.failed` ends the stream and carries the whole
 * response; there is no `[DONE]`, though some servers send one.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export const streamRules: StreamRules = {
  readEvent,
  mayEnd: () => false,
  createFold,
}

const PREAMBLE = new Set(['response.created', 'response.in_progress', 'response.queued', 'keepalive'])

function readEvent(json: JsonObject, facts: MutableFacts): EventMeaning {
  const type = json.type
  const response = json.response
  keepOpen(json, facts)
  if (type === 'response.failed' || type === 'error' || (type === undefined && 'error' in json)) {
    if (isJsonObject(response)) readResponse(response, facts)
    facts.error ??= errorOf(json)
    return 'error'
  }
  if (isJsonObject(response)) readResponse(response, facts)
  if (type === 'response.completed' || type === 'response.incomplete') return 'end'
  return PREAMBLE.has(String(type)) ? 'preamble' : 'content'
}

function keepOpen(json: JsonObject, facts: MutableFacts): void {
  const response = isJsonObject(json.response) ? json.response : (facts.open?.response ?? {})
  const number = json.sequence_number
  facts.open = {
    response,
    sequenceNumber: typeof number === 'number' ? number : (facts.open?.sequenceNumber ?? 0) + 1,
  }
}

/** `error` events come with the fields inside an `error` object or, in the SDK's types, at the top. */
function errorOf(json: JsonObject): GatewayError {
  const nested = decodeOpenAiError(json.error) ?? decodeOpenAiError(json)
  return nested ?? new GatewayError('upstream_error', 'The provider reported an error.')
}

/** A whole `response` object. */
export function readAnswer(body: unknown): AnswerFacts {
  const facts: MutableFacts = {}
  if (!isJsonObject(body)) return facts
  readResponse(body, facts)
  return facts
}

function readResponse(response: JsonObject, facts: MutableFacts): void {
  if (typeof response.model === 'string') facts.model = response.model
  const usage = decodeUsage(response)
  if (usage !== undefined) facts.usage = usage
  const error = decodeOpenAiError(response.error)
  if (error !== undefined) facts.error = error
  const details = response.incomplete_details
  const reason = isJsonObject(details) ? details.reason : undefined
  if (typeof reason === 'string') facts.finishReason = reason
  else if (typeof response.status === 'string') facts.finishReason = response.status
}

/** The last event that carried the response is the whole answer; before the end it is what there is. */
function createFold(): StreamFold {
  let response: unknown
  return {
    add(json) {
      response = json.response ?? response
    },
    whole: () => response,
  }
}
