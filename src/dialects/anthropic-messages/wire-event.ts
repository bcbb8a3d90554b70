import type { JsonObject } from '../../core/json.ts'
import type { SseEvent } from '../../wire/sse-event.ts'

/** The event's name stands twice, as the API has it: SDKs ignore events without a name. */
export function wireEvent(type: string, fields: JsonObject): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) }
}
