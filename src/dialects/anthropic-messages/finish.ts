import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Finish, FinishReason } from '../../ir/response.ts'
import { loseFinishReason, loseStopWord } from '../answer-losses.ts'

/** @see https://docs.anthropic.com/en/api/handling-stop-reasons */
const DECODED: ReadonlyMap<unknown, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
])

const ENCODED = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
  pause: 'pause_turn',
  // what nobody knows must not look like a clean end; this is the reason that says "unfinished"
  other: 'max_tokens',
} as const satisfies Record<FinishReason, string>

/** What a message or a `message_delta` says of its end. */
export function decodeFinish(wire: JsonObject, hasCalls: boolean): Finish {
  const known = DECODED.get(wire.stop_reason) ?? 'other'
  const unified = known === 'stop' && hasCalls ? 'tool-calls' : known
  const explanation = isJsonObject(wire.stop_details) ? explanationOf(wire.stop_details) : ''
  return {
    unified,
    ...(typeof wire.stop_reason === 'string' && { raw: wire.stop_reason }),
    ...(typeof wire.stop_sequence === 'string' && { stopSequence: wire.stop_sequence }),
    ...(explanation !== '' && { explanation }),
  }
}

/** Other formats have no categories of refusals: where there are no words, the category is the explanation. */
function explanationOf({ explanation, category }: JsonObject): string {
  const name = textOf(category)
  return textOf(explanation) || (name === '' ? '' : `The provider refused to answer (${name}).`)
}

/** What the answer holds, as far as it decides how the answer's end is told. */
export interface AnswerEnd {
  readonly finish: Finish
  readonly hasCalls: boolean
  /** There is no content at all. */
  readonly isEmpty: boolean
  /** Empty where nothing was refused. */
  readonly refusal: string
  readonly context: AnswerContext
}

/** `stop_reason`, `stop_sequence` and `stop_details`, all three always there. Throws `upstream_error` for an answer of nothing with an end that nobody knows. */
export function encodeFinish(end: AnswerEnd): JsonObject {
  const stop_reason = stopReason(end)
  return { stop_reason, stop_sequence: stopSequence(end), stop_details: stopDetails(end, stop_reason) }
}

function stopReason({ finish, hasCalls, isEmpty, refusal, context }: AnswerEnd): string {
  const { unified, raw } = finish
  if (refusal !== '' && unified === 'stop') return ENCODED.refusal
  if (unified === 'stop' || unified === 'tool-calls' || unified === 'other') {
    if (hasCalls) return ENCODED['tool-calls']
    if (unified !== 'other') return ENCODED.stop
    if (isEmpty)
      throw new GatewayError('upstream_error', `The provider ended without an answer (${raw ?? unified}).`)
    loseFinishReason(context, finish)
    return ENCODED.other
  }
  if (unified === 'length' && raw === 'model_context_window_exceeded') return raw
  return ENCODED[unified]
}

/** Other formats do not tell which sequence was met; where the request gave only one, it was that one. */
function stopSequence({ finish, context }: AnswerEnd): string | null {
  const [only, ...others] = context.request.stopSequences
  if (finish.unified === 'stop' && only !== undefined) loseStopWord(context)
  if (finish.unified !== 'stop-sequence') return null
  const met = finish.stopSequence ?? (others.length === 0 ? only : undefined)
  if (met === undefined) loseStopWord(context)
  return met ?? null
}

function stopDetails({ finish, refusal }: AnswerEnd, stopReason: string): JsonObject | null {
  if (stopReason !== ENCODED.refusal) return null
  const explanation = finish.explanation ?? (refusal === '' ? null : refusal)
  return { type: 'refusal', category: null, explanation }
}
