import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { answerId } from '../openai-choices.ts'

/** Writes the chunks of one streamed answer: the same id, time and model in each, a choice's role before everything else of it. */
export interface ChunkWriter {
  /** What the upstream says about the answer. */
  open(answer: { readonly model: string; readonly createdSeconds?: number }): void
  delta(index: number, delta: JsonObject, logprobs?: JsonObject | null): SseEvent[]
  /** `rest` stands beside the choices. */
  finish(index: number, reason: string, rest: JsonObject): SseEvent[]
  /** Nothing unless the client asked for it. */
  usage(usage: JsonObject): SseEvent[]
}

export function createChunkWriter({ request, requestId, nowSeconds }: AnswerContext): ChunkWriter {
  const id = answerId('chatcmpl-', requestId)
  let created = nowSeconds
  let model = request.model
  const begun = new Set<number>()

  const chunk = (choices: readonly JsonObject[], rest: JsonObject = {}): SseEvent => {
    const head = { id, object: 'chat.completion.chunk', created, model }
    const counts = request.wantsStreamUsage ? { usage: null } : {}
    return { data: JSON.stringify({ ...head, choices, ...counts, ...rest }) }
  }
  /** An answer of calls alone has no content, not an empty one. */
  const role = (index: number, content: string | null): SseEvent[] => {
    if (begun.has(index)) return []
    begun.add(index)
    const delta = { role: 'assistant', content, refusal: null }
    return [chunk([{ index, delta, logprobs: null, finish_reason: null }])]
  }

  return {
    open(answer) {
      model = answer.model === '' ? model : answer.model
      created = answer.createdSeconds ?? created
    },
    delta: (index, delta, logprobs = null) => [
      ...role(index, 'content' in delta ? '' : null),
      chunk([{ index, delta, logprobs, finish_reason: null }]),
    ],
    finish: (index, finish_reason, rest) => [
      ...role(index, ''),
      chunk([{ index, delta: {}, logprobs: null, finish_reason }], rest),
    ],
    usage: (usage) => (request.wantsStreamUsage ? [chunk([], { usage })] : []),
  }
}
