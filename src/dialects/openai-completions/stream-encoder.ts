import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { loseHosted, loseMedia, losePhase, loseReasoning } from '../answer-losses.ts'
import { answerId } from '../openai-choices.ts'
import { encodeOpenAiError } from '../openai-errors.ts'
import { encodeChoicesUsage } from '../openai-usage.ts'
import { encodeReason, loseCitations } from './response.ts'

interface State {
  readonly context: AnswerContext
  created: number
  model: string
  /** The choices that have said something. */
  readonly spoken: Set<number>
  hasEnded: boolean
}

/**
 * Our events as chunks of a legacy completion: texts, a finish reason, the counts if they were asked for, `[DONE]`. Throws `upstream_error`
 * at the finish of an answer that is not complete and cannot say so; an `error` may follow.
 * @see https://platform.openai.com/docs/api-reference/completions/create (`stream`)
 */
export function createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[] {
  const { nowSeconds, request } = context
  const state: State = {
    context,
    created: nowSeconds,
    model: request.model,
    spoken: new Set(),
    hasEnded: false,
  }
  return (event) => (state.hasEnded ? [] : step(state, event))
}

function step(state: State, event: StreamEvent): SseEvent[] {
  switch (event.type) {
    case 'start':
      if (event.model !== '') state.model = event.model
      state.created = event.createdSeconds ?? state.created
      return []
    case 'text-start':
    case 'refusal-start':
      losePhase(state.context, event.phase)
      return []
    case 'text-delta':
    case 'refusal-delta':
      return onText(state, event.text, event.choice)
    case 'text-citation':
      loseCitations(state.context)
      return []
    case 'reasoning-start':
      loseReasoning(state.context)
      return []
    case 'hosted':
      loseHosted(state.context, event.part)
      return []
    case 'media':
      loseMedia(state.context, event.part)
      return []
    case 'finish':
      return onFinish(state, event)
    case 'error':
      return fail(state, event.error)
    default:
      return []
  }
}

function onText(state: State, text: string, index = 0): SseEvent[] {
  if (text === '') return []
  state.spoken.add(index)
  return [chunk(state, [choice(index, text)])]
}

function onFinish(state: State, event: Extract<StreamEvent, { type: 'finish' }>): SseEvent[] {
  const { finish, usage, choice: index = 0 } = event
  const reason = encodeReason(finish, state.spoken.has(index), state.context)
  const end = chunk(state, [choice(index, '', reason)])
  if (event.choice !== undefined) return [end]
  state.hasEnded = true
  const isCounted = state.context.request.wantsStreamUsage && usage !== undefined
  return [
    end,
    ...(isCounted ? [chunk(state, [], { usage: encodeChoicesUsage(usage) })] : []),
    { data: '[DONE]' },
  ]
}

function choice(index: number, text: string, finish_reason: string | null = null): JsonObject {
  return { text, index, logprobs: null, finish_reason }
}

function chunk(
  { context, created, model }: State,
  choices: readonly JsonObject[],
  rest: JsonObject = {},
): SseEvent {
  const { request, requestId } = context
  const head = { id: answerId('cmpl-', requestId), object: 'text_completion', created, model }
  const counts = request.wantsStreamUsage ? { usage: null } : {}
  return { data: JSON.stringify({ ...head, choices, ...counts, ...rest }) }
}

/** No [DONE] behind it: to a client that would read as a clean end. */
function fail(state: State, error: GatewayError): SseEvent[] {
  state.hasEnded = true
  return [{ data: JSON.stringify(encodeOpenAiError(error).body) }]
}
