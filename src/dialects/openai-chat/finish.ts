import type { Finish, FinishReason } from '../../ir/response.ts'

/** How Chat's servers say why they stopped: OpenAI's words, then those of servers that kept another API's. */
const REASONS: ReadonlyMap<string | null, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'refusal'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_use', 'tool-calls'],
])

export interface SeenFinish {
  /** `finish_reason` as it came; null where there was none. */
  readonly raw: string | null
  /** Some servers name the sequence that was met. */
  readonly stopSequence?: string
  readonly hasCalls: boolean
  readonly hasRefusal: boolean
}

/**
 * Why an answer ended. Calls count for more than the word for it, since servers say `stop` beside them, or words of their own; but what
 * was cut off or filtered stays so.
 */
export function decodeFinish({ raw, stopSequence, hasCalls, hasRefusal }: SeenFinish): Finish {
  const named = REASONS.get(raw)
  const word = { ...(raw !== null && { raw }) }
  if (named === 'length' || named === 'refusal') return { unified: named, ...word }
  if (hasRefusal) return { unified: 'refusal', ...word }
  if (hasCalls) return { unified: 'tool-calls', ...word }
  if (named === 'tool-calls') return { unified: 'stop', ...word }
  if (named === 'stop' && stopSequence !== undefined)
    return { unified: 'stop-sequence', ...word, stopSequence }
  return { unified: named ?? 'other', ...word }
}
