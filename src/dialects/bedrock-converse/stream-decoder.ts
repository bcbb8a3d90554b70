import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeFinish } from './finish.ts'
import { createOpenBlocks, type OpenBlocks } from './open-blocks.ts'
import { decodeTier, decodeUsage } from './usage.ts'

interface State {
  readonly blocks: OpenBlocks
  hasStarted: boolean
  hasEnded: boolean
  /** As `messageStop` said; undefined before it. */
  stop: { readonly reason: unknown } | undefined
}

/** The counts come last; an answer that has stopped is whole without them. */
export const IMPLIED_END: SseEvent = { event: 'metadata', data: '{}' }

/**
 * Events of a ConverseStream as ours. One that ends before `messageStop` makes no `finish`.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function createStreamDecoder(): (event: SseEvent) => StreamEvent[] {
  const state: State = { blocks: createOpenBlocks(), hasStarted: false, hasEnded: false, stop: undefined }
  return ({ event = '', data }) => {
    if (state.hasEnded) return []
    return onEvent(state, event, parseEvent(data))
  }
}

function onEvent(state: State, event: string, json: JsonObject): StreamEvent[] {
  const { blocks } = state
  const index = json.contentBlockIndex
  switch (event) {
    case 'messageStart':
      if (state.hasStarted) return []
      state.hasStarted = true
      return [{ type: 'start', model: '' }]
    case 'contentBlockStart':
      return isJsonObject(json.start) ? blocks.start(index, json.start) : []
    case 'contentBlockDelta':
      return isJsonObject(json.delta) ? blocks.add(index, json.delta) : []
    case 'contentBlockStop':
      return blocks.stop(index)
    case 'messageStop':
      state.stop = { reason: json.stopReason }
      return []
    case 'metadata':
      return onMetadata(state, json)
    default:
      return [] // event types that the API may add later
  }
}

function onMetadata(state: State, json: JsonObject): StreamEvent[] {
  const usage = decodeUsage(json.usage)
  if (state.stop === undefined) return usage === undefined ? [] : [{ type: 'usage', usage }]
  state.hasEnded = true
  const serviceTier = textOf(decodeTier(json.serviceTier))
  return [
    ...state.blocks.stopAll(),
    {
      type: 'finish',
      finish: decodeFinish(state.stop.reason, state.blocks.hasCalls),
      ...(usage !== undefined && { usage }),
      ...(serviceTier !== '' && { serviceTier }),
    },
  ]
}
