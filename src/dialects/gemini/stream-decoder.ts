import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { parseEventData } from '../parse-event.ts'
import { createAnswerReader } from './answer-reader.ts'

/**
 * Chunks of a stream as our events. There is no terminal event, and counts or even words may follow the finish reason, so that only the
 * reader of the connection sees the end: let it send `{ data: '[DONE]' }`.
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export function createStreamDecoder(): (event: SseEvent) => StreamEvent[] {
  const reader = createAnswerReader()
  return ({ data }) => {
    if (data === '') return []
    // not Google's, but compatible servers send it, and so does whoever sees the stream end
    if (data.trim() === '[DONE]') return reader.conclude()
    return parseChunks(data).flatMap((chunk) => reader.read(chunk))
  }
}

/** Errors may come wrapped in a list. */
function parseChunks(data: string): JsonObject[] {
  const json = parseEventData(data)
  const chunks = Array.isArray(json) ? json : [json]
  if (chunks.every(isJsonObject)) return chunks
  throw new GatewayError('upstream_malformed', 'The provider sent a stream event that is not a JSON object.')
}
