import type { JsonObject } from '../../core/json.ts'

/** A text as the content of a message that an assistant said. */
export function textPart(
  text: string,
  annotations: readonly JsonObject[] = [],
  logprobs: readonly unknown[] = [],
): JsonObject {
  return { type: 'output_text', text, annotations, logprobs }
}

export function refusalPart(refusal: string): JsonObject {
  return { type: 'refusal', refusal }
}
