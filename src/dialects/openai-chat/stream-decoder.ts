import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { openAiErrorIn } from '../openai-errors.ts'
import { present } from '../openai-parameters.ts'
import { decodeOpenAiUsage } from '../openai-usage.ts'
import { parseEvent } from '../parse-event.ts'
import { type ChoiceDecoder, createChoiceDecoder } from './choice-decoder.ts'
import { answerKey, choiceIndex, secondsOf } from './decode-response.ts'

interface State {
  first: JsonObject
  hasStarted: boolean
  hasEnded: boolean
  /** The first choice apart, which is all there is to most streams. */
  readonly main: ChoiceDecoder
  readonly others: Map<number, ChoiceDecoder>
  usage: Usage | undefined
  serviceTier: string | undefined
}

/**
 * Chunks of a chat completion as our events. The end is `[DONE]` or the chunk of counts behind a finish reason, whichever comes first; a
 * stream that closes after its finish reason with neither ends well, too, which only the reader of the connection sees: let it send
 * `{ data: '[DONE]' }`. Without a finish reason of the first choice there is no end. Throws `upstream_malformed`.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function createStreamDecoder(): (event: SseEvent) => StreamEvent[] {
  const state: State = {
    first: {},
    hasStarted: false,
    hasEnded: false,
    main: createChoiceDecoder('', () => answerKey(state.first)),
    others: new Map(),
    usage: undefined,
    serviceTier: undefined,
  }
  return ({ data }) => {
    if (state.hasEnded) return []
    if (data.trim() === '[DONE]') return onFinish(state)
    return onChunk(state, parseEvent(data))
  }
}

function onChunk(state: State, chunk: JsonObject): StreamEvent[] {
  const error = openAiErrorIn(chunk)
  if (error !== undefined) {
    state.hasEnded = true
    return [{ type: 'error', error }]
  }
  const usage = decodeOpenAiUsage(chunk.usage)
  state.usage = usage ?? state.usage
  if (typeof chunk.service_tier === 'string') state.serviceTier = chunk.service_tier
  const choices = Array.isArray(chunk.choices) ? chunk.choices.filter(isJsonObject) : []
  const events = choices.length === 0 ? [] : start(state, chunk)
  for (const choice of choices) events.push(...readChoice(state, choice))
  if (usage === undefined) return events
  if (choices.length === 0 && state.main.hasFinished) return [...events, ...onFinish(state)]
  return [...events, { type: 'usage', usage }]
}

function start(state: State, chunk: JsonObject): StreamEvent[] {
  if (state.hasStarted) return []
  state.hasStarted = true
  state.first = chunk
  const upstreamId = textOf(chunk.id)
  return [
    {
      type: 'start',
      ...(upstreamId !== '' && { upstreamId }),
      model: textOf(chunk.model),
      ...present('createdSeconds', secondsOf(chunk.created)),
    },
  ]
}

function readChoice(state: State, wire: JsonObject): StreamEvent[] {
  const choice = choiceIndex(wire)
  if (choice === 0) return state.main.read(wire)
  let decoder = state.others.get(choice)
  if (decoder === undefined) {
    decoder = createChoiceDecoder(`${choice}.`, () => `${answerKey(state.first)}\n${choice}`)
    state.others.set(choice, decoder)
  }
  return decoder.read(wire).map((event) => ({ ...event, choice }))
}

function onFinish(state: State): StreamEvent[] {
  if (!state.main.hasFinished) return []
  state.hasEnded = true
  const alternatives = [...state.others].flatMap(([choice, decoder]) => {
    const { events, finish } = decoder.end()
    return [...events, { type: 'finish', finish } as const].map((event) => ({ ...event, choice }))
  })
  const { events, finish } = state.main.end()
  const rest = { ...present('usage', state.usage), ...present('serviceTier', state.serviceTier) }
  return [...alternatives, ...events, { type: 'finish', finish, ...rest }]
}
