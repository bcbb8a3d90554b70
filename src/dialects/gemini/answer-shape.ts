import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Finish } from '../../ir/response.ts'
import type { Usage } from '../../ir/usage.ts'
import { encodeFinish } from './finish.ts'
import { encodeUsage } from './usage.ts'

/** `GenerateContentResponse`, whole or one chunk of it. @see https://ai.google.dev/api/generate-content#generatecontentresponse */
export function answerShape(
  candidate: JsonObject,
  model: string,
  context: AnswerContext,
  usage?: Usage,
): JsonObject {
  return {
    candidates: [candidate],
    ...(usage !== undefined && { usageMetadata: encodeUsage(usage) }),
    modelVersion: model === '' ? context.request.model : model,
    responseId: context.requestId,
  }
}

export function candidateShape(parts: readonly JsonObject[]): JsonObject {
  return { content: { role: 'model', parts }, index: 0 }
}

export function finishedCandidate(
  parts: readonly JsonObject[],
  finish: Finish,
  grounding: JsonObject | undefined,
): JsonObject {
  return {
    content: { role: 'model', parts },
    finishReason: encodeFinish(finish),
    ...(finish.explanation !== undefined && { finishMessage: finish.explanation }),
    index: 0,
    ...(grounding !== undefined && { groundingMetadata: grounding }),
  }
}

/** Answers that were cut short may end in the middle of a call's arguments. */
export function isCutShort({ unified }: Finish): boolean {
  return unified !== 'stop' && unified !== 'tool-calls' && unified !== 'stop-sequence'
}
