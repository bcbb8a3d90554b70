import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { answerId } from '../openai-choices.ts'

/** Writes the chunks of one streamed answer: the same id, time and model in each, the role before everything else. */
export interface ChunkWriter {
  /** What the upstream says about the answer. */
  open(answer: { readonly model: string; readonly createdSeconds?: number }): void
  delta(delta: JsonObject): SseEvent[]
  finish(reason: string, serviceTier: string | undefined): SseEvent[]
  /** Nothing unless the client asked for it. */
  usage(usage: JsonObject): SseEvent[]
}

export function createChunkWriter({ request, requestId, nowSeconds }: AnswerContext): ChunkWriter {
  const id = answerId('chatcmpl-', requestId)
  let created = nowSeconds
  let model = request.model
  let hasRole = false

  const chunk = (choices: readonly JsonObject[], rest: JsonObject = {}): SseEvent => {
    const head = { id, object: 'chat.completion.chunk', created, model }
    const counts = request.wantsStreamUsage ? { usage: null } : {}
    return { data: JSON.stringify({ ...head, choices, ...counts, ...rest }) }
  }
  const choice = (delta: JsonObject, finish_reason: string | null = null): JsonObject[] => [
    { index: 0, delta, logprobs: null, finish_reason },
  ]
  /** An answer of calls alone has no content, not an empty one. */
  const role = (content: string | null): SseEvent[] => {
    if (hasRole) return []
    hasRole = true
    return [chunk(choice({ role: 'assistant', content, refusal: null }))]
  }

  return {
    open(answer) {
      model = answer.model === '' ? model : answer.model
      created = answer.createdSeconds ?? created
    },
    delta: (delta) => [...role('content' in delta ? '' : null), chunk(choice(delta))],
    finish(reason, serviceTier) {
      const tier = serviceTier === undefined ? {} : { service_tier: serviceTier }
      return [...role(''), chunk(choice({}, reason), tier)]
    },
    usage: (usage) => (request.wantsStreamUsage ? [chunk([], { usage })] : []),
  }
}
