import type { Finish, FinishReason } from '../../ir/response.ts'

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (`stopReason`) */
const DECODED: ReadonlyMap<unknown, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['guardrail_intervened', 'refusal'],
  ['content_filtered', 'refusal'],
])

/** An answer that stopped with a call in it stopped for the call, whatever it says. */
export function decodeFinish(stopReason: unknown, hasCalls: boolean): Finish {
  const known = DECODED.get(stopReason) ?? 'other'
  const unified = known === 'stop' && hasCalls ? 'tool-calls' : known
  return { unified, ...(typeof stopReason === 'string' && { raw: stopReason }) }
}
