import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Finish } from '../../ir/response.ts'
import type { Usage } from '../../ir/usage.ts'
import { loseServiceTier } from '../answer-losses.ts'
import { encodeFinish } from './finish.ts'
import { encodeUsage } from './usage.ts'

/** `GenerateContentResponse`, whole or one chunk of it. @see https://ai.google.dev/api/generate-content#generatecontentresponse */
export function answerShape(
  candidates: readonly JsonObject[],
  model: string,
  context: AnswerContext,
  usageMetadata?: JsonObject,
): JsonObject {
  return {
    candidates,
    ...(usageMetadata !== undefined && { usageMetadata }),
    modelVersion: model === '' ? context.request.model : model,
    responseId: context.requestId,
  }
}

/** The counts, and the tier that served as far as Gemini has a name for it. */
export function usageShape(
  usage: Usage | undefined,
  tier: string | undefined,
  context: AnswerContext,
): JsonObject | undefined {
  const serviceTier = tier === undefined ? undefined : tierOf(tier)
  if (tier !== undefined && serviceTier === undefined) loseServiceTier(context, tier)
  if (usage === undefined) return undefined
  return { ...encodeUsage(usage), ...(serviceTier !== undefined && { serviceTier }) }
}

const TIERS: Readonly<Record<string, string>> = {
  default: 'standard',
  auto: 'standard',
  standard: 'standard',
  flex: 'flex',
  priority: 'priority',
}

function tierOf(tier: string): string | undefined {
  const name = tier.toLowerCase()
  return Object.hasOwn(TIERS, name) ? TIERS[name] : undefined
}

export function candidateShape(index: number, parts: readonly JsonObject[], rest: JsonObject): JsonObject {
  return { content: { role: 'model', parts }, index, ...rest }
}

/** `rest` is what else is known of the candidate. */
export function finishedCandidate(
  index: number,
  parts: readonly JsonObject[],
  finish: Finish,
  rest: JsonObject,
): JsonObject {
  return {
    content: { role: 'model', parts },
    finishReason: encodeFinish(finish),
    ...(finish.explanation !== undefined && { finishMessage: finish.explanation }),
    index,
    ...rest,
  }
}

/** Answers that were cut short may end in the middle of a call's arguments. */
export function isCutShort({ unified }: Finish): boolean {
  return unified !== 'stop' && unified !== 'tool-calls' && unified !== 'stop-sequence'
}
