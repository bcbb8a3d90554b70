import type { AnswerContext } from '../../ir/conversion.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { createAnswerWriter } from './answer-writer.ts'

/**
 * Named events, numbered without gaps, exactly one of them terminal; no `[DONE]`. Throws `upstream_error` at the finish of an answer that
 * is not complete and cannot say so; an `error` may follow.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[] {
  let sequenceNumber = 0
  let events: SseEvent[] = []
  const writer = createAnswerWriter(context, (type, fields) => {
    const data = JSON.stringify({ type, sequence_number: sequenceNumber++, ...fields })
    events.push({ event: type, data })
  })
  return (event) => {
    writer.step(event)
    // where it throws, what it has written already goes out with the error
    const written = events
    events = []
    return written
  }
}
