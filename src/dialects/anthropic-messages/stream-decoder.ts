import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { parseEvent } from '../parse-event.ts'
import { decodeTier } from './encode-usage.ts'
import { decodeError } from './errors.ts'
import { decodeFinish } from './finish.ts'
import { createOpenBlocks, type OpenBlocks } from './open-blocks.ts'
import { decodeUsage } from './usage.ts'

interface State {
  readonly blocks: OpenBlocks
  messageId: string | undefined
  hasEnded: boolean
  /** `stop_reason` and what belongs to it, as the last `message_delta` had them. */
  end: JsonObject
  usage: Usage | undefined
  serviceTier: string | undefined
}

/**
 * Events of a Messages stream as ours. A stream that ends before `message_stop` makes no `finish`.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function createStreamDecoder(): (event: SseEvent) => StreamEvent[] {
  const state: State = {
    blocks: createOpenBlocks(),
    messageId: undefined,
    hasEnded: false,
    end: {},
    usage: undefined,
    serviceTier: undefined,
  }
  return ({ data }) => {
    // some servers that speak this format by halves close with Chat's sentinel
    if (state.hasEnded || data.trim() === '[DONE]') return []
    return onEvent(state, parseEvent(data))
  }
}

function onEvent(state: State, json: JsonObject): StreamEvent[] {
  const { blocks } = state
  switch (json.type) {
    case 'message_start':
      return onMessageStart(state, json)
    case 'content_block_start':
      return isJsonObject(json.content_block) ? blocks.start(json.index, json.content_block) : []
    case 'content_block_delta':
      return isJsonObject(json.delta) ? blocks.add(json.index, json.delta) : []
    case 'content_block_stop':
      return blocks.stop(json.index)
    case 'message_delta':
      return onMessageDelta(state, json)
    case 'message_stop':
      return onMessageStop(state)
    case 'ping':
      return [{ type: 'ping' }]
    case 'error':
      state.hasEnded = true
      return [{ type: 'error', error: decodeError(json) }]
    default:
      return [] // event types that the API may add later
  }
}

/** A repeated start is ignored; the start of another message means that two answers were spliced together. */
function onMessageStart(state: State, { message }: JsonObject): StreamEvent[] {
  if (!isJsonObject(message)) return []
  const id = textOf(message.id)
  if (state.messageId !== undefined) {
    if (id === state.messageId) return []
    throw new GatewayError('upstream_malformed', 'The provider began another message within its stream.')
  }
  state.messageId = id
  const model = textOf(message.model)
  return [{ type: 'start', model, ...(id !== '' && { upstreamId: id }) }, ...onUsage(state, message.usage)]
}

/** Counts are cumulative: set, never added. */
function onMessageDelta(state: State, { delta, usage }: JsonObject): StreamEvent[] {
  if (isJsonObject(delta)) state.end = { ...state.end, ...delta }
  return onUsage(state, usage)
}

function onUsage(state: State, wire: unknown): StreamEvent[] {
  const usage = decodeUsage(wire, state.usage)
  if (usage === undefined) return []
  state.usage = usage
  state.serviceTier = (isJsonObject(wire) ? decodeTier(wire) : undefined) ?? state.serviceTier
  return [{ type: 'usage', usage }]
}

function onMessageStop(state: State): StreamEvent[] {
  state.hasEnded = true
  const { blocks, usage, serviceTier } = state
  const finish: StreamEvent = {
    type: 'finish',
    finish: decodeFinish(state.end, blocks.hasCalls),
    ...(usage !== undefined && { usage }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
  return [...blocks.stopAll(), finish]
}
