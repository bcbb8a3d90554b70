import type { DialectId } from '../core/dialect-id.ts'
import type { AnswerContext } from '../ir/conversion.ts'
import type { HostedPart, Part } from '../ir/part.ts'
import type { Dropped, Finish } from '../ir/response.ts'

// What the encoders of answers report in the same words. Whoever listens counts equal reports once, so nobody here need remember.

/** Where an answer's content stands in each format. */
const CONTENT: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'choices[].message',
  'openai-completions': 'choices[].text',
  'openai-responses': 'output',
  'anthropic-messages': 'content',
  gemini: 'candidates[].content.parts',
}

/** Where it says what ended it. */
const FINISH: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'choices[].finish_reason',
  'openai-completions': 'choices[].finish_reason',
  'openai-responses': 'status',
  'anthropic-messages': 'stop_sequence',
  gemini: 'candidates[].finishReason',
}

/** What a provider's own tool did, in an answer for a client of another format. */
export function loseHosted(context: AnswerContext, { dialect, wire }: HostedPart): void {
  const kind = typeof wire.type === 'string' ? wire.type : (Object.keys(wire)[0] ?? 'block')
  lose(context, 'dropped', `${kind} of ${dialect} has no place here`)
}

/** Arguments of a call that were no JSON object. */
export function loseShape(context: AnswerContext): void {
  lose(context, 'approximated', 'arguments that are no JSON object were wrapped in one')
}

/** A picture, sound, film or file that the model made. */
export function loseMedia(context: AnswerContext, { type }: Pick<Part, 'type'>): void {
  lose(context, 'dropped', `the model's answer holds ${type}, which has no place here`)
}

/** Thinking aloud is not told from the final answer. */
export function losePhase(context: AnswerContext, phase: string | undefined): void {
  if (phase !== undefined) lose(context, 'dropped', 'commentary is not told from the final answer')
}

export function loseReasoning(context: AnswerContext): void {
  lose(context, 'dropped', 'reasoning has no place here')
}

/** The words that a source was quoted with. */
export function loseQuote(context: AnswerContext, { text }: { readonly text?: string }): void {
  if (text !== undefined)
    lose(context, 'approximated', 'sources are named without the words quoted from them')
}

/** Which of several stop sequences was met; of a single one the client knows. */
export function loseStopSequence(context: AnswerContext, { stopSequence }: Finish): void {
  const { request } = context
  if (stopSequence === undefined || request.stopSequences.length < 2) return
  report(context, FINISH[request.source], 'dropped', 'which stop sequence was met has no place here')
}

/** A reason to end that has no name in the client's format. Cut short is the nearest that does not claim to be whole. */
export function loseFinishReason(context: AnswerContext, { unified, raw = unified }: Finish): void {
  if (unified !== 'other') return
  const { source } = context.request
  const path = source === 'anthropic-messages' ? 'stop_reason' : FINISH[source]
  report(context, path, 'approximated', `the upstream ended for a reason that has no name here: ${raw}`)
}

/** Upstreams of other formats end alike at a stop sequence and at the end of what there is to say. */
export function loseStopWord(context: AnswerContext): void {
  const reason = 'the upstream does not tell whether a stop sequence was met, nor which'
  report(context, FINISH[context.request.source], 'approximated', reason)
}

/** The price class that served. */
export function loseServiceTier(context: AnswerContext, tier: string): void {
  report(context, 'service_tier', 'dropped', `the tier "${tier}" has no name here`)
}

/** Something about the content of an answer, as the client knows the place. */
export function lose(context: AnswerContext, action: Dropped['action'], reason: string): void {
  report(context, CONTENT[context.request.source], action, reason)
}

function report(
  { report: tell }: AnswerContext,
  path: string,
  action: Dropped['action'],
  reason: string,
): void {
  tell?.({ path, action, reason })
}
