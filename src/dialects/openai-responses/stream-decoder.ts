import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { decodeOpenAiError } from '../openai-errors.ts'
import { parseEvent } from '../parse-event.ts'
import { objectsOf } from './decode-output.ts'
import { decodeFinish } from './finish.ts'
import { given } from './given.ts'
import { createItemPlaces } from './item-places.ts'
import { addAnnotation, addDelta, addSummaryBreak, addText } from './read-deltas.ts'
import { addOutputItem, closeAll, finishContentPart, finishOutputItem } from './read-items.ts'
import { createReaderState, type ReaderState } from './reader-state.ts'
import { secondsOf } from './response.ts'
import { decodeUsage } from './usage.ts'

/**
 * Events of a response as ours. Items are told apart by their place in the output, since some servers give them a new id in every
 * event. Throws `upstream_malformed` for data that is not JSON.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function createStreamDecoder(): (event: SseEvent) => StreamEvent[] {
  const state = createReaderState()
  const placed = createItemPlaces()
  return ({ data }) => {
    if (state.isOver || data.trim() === '[DONE]') return []
    state.events = []
    read(state, placed(parseEvent(data)))
    return state.events
  }
}

function read(state: ReaderState, event: JsonObject): void {
  const response = isJsonObject(event.response) ? event.response : undefined
  switch (event.type) {
    case 'response.created':
    case 'response.queued':
    case 'response.in_progress':
      begin(state, response)
      return
    case 'response.output_item.added':
      begin(state)
      addOutputItem(state, event)
      return
    case 'response.output_text.delta':
    case 'response.refusal.delta':
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      begin(state)
      addDelta(state, event)
      return
    case 'response.output_text.done':
    case 'response.refusal.done':
    case 'response.reasoning_text.done':
    case 'response.reasoning_summary_text.done':
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.done':
      begin(state)
      addText(state, event)
      return
    case 'response.reasoning_summary_part.added':
      addSummaryBreak(state, event)
      return
    case 'response.output_text.annotation.added':
      addAnnotation(state, event)
      return
    case 'response.content_part.done':
      finishContentPart(state, event)
      return
    case 'response.output_item.done':
      begin(state)
      finishOutputItem(state, event)
      return
    case 'response.completed':
    case 'response.incomplete':
      begin(state, response)
      finish(state, response ?? {}, event.type)
      return
    case 'response.failed':
      fail(state, response ?? event)
      return
    case 'error':
      fail(state, event)
      return
    case 'keepalive':
      state.events.push({ type: 'ping' })
      return
    case undefined:
      if ('error' in event) fail(state, event)
      return
    default:
      return // events of the provider's own tools, and those that the API may add later
  }
}

function begin(state: ReaderState, response: JsonObject = {}): void {
  if (state.hasStarted) return
  state.hasStarted = true
  const { id, model, created_at } = response
  state.upstreamId = textOf(id)
  state.events.push({
    type: 'start',
    model: typeof model === 'string' ? model : '',
    ...given({ upstreamId: typeof id === 'string' ? id : undefined, createdSeconds: secondsOf(created_at) }),
  })
}

function finish(state: ReaderState, response: JsonObject, type: string): void {
  // servers that stream nothing but the end have everything there
  if (state.items.size === 0)
    for (const [output_index, item] of objectsOf(response.output).entries())
      finishOutputItem(state, { output_index, item })
  closeAll(state)
  const status = type === 'response.incomplete' ? 'incomplete' : response.status
  const usage = decodeUsage(response)
  const { service_tier } = response
  state.isOver = true
  state.events.push({
    type: 'finish',
    finish: decodeFinish({ ...response, status }, state.held),
    ...given({ usage, serviceTier: typeof service_tier === 'string' ? service_tier : undefined }),
  })
}

/** The error stands inside, or is the event itself. */
function fail(state: ReaderState, holder: JsonObject): void {
  const error = decodeOpenAiError(holder.error) ?? decodeOpenAiError(holder)
  const usage = decodeUsage(holder)
  if (usage !== undefined) state.events.push({ type: 'usage', usage })
  state.isOver = true
  state.events.push({
    type: 'error',
    error: error ?? new GatewayError('upstream_error', 'The provider reported an error.'),
  })
}
