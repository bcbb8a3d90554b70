import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { ChatResponse } from '../../ir/response.ts'
import { answerId, encodeFinishReason } from '../openai-choices.ts'
import { encodeChoicesUsage } from '../openai-usage.ts'

/**
 * Our answer as a whole legacy completion. A refusal's words are its text: there is no other place for them. Throws `upstream_error`
 * for an answer that is not complete and cannot say so.
 * @see https://platform.openai.com/docs/api-reference/completions/object
 */
export function encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const { parts, finish, usage } = response
  const texts = parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []))
  const reason = encodeReason(finish, texts.join('') !== '')
  return {
    id: answerId('cmpl-', context.requestId),
    object: 'text_completion',
    created: response.createdSeconds ?? context.nowSeconds,
    model: response.model,
    choices: [{ text: texts.join(''), index: 0, logprobs: null, finish_reason: reason }],
    ...(usage !== undefined && { usage: encodeChoicesUsage(usage) }),
  }
}

/** There are no tools to call here. Throws `upstream_error`. */
export function encodeReason(finish: ChatResponse['finish'], hasContent: boolean): string {
  const reason = encodeFinishReason(finish, hasContent)
  return reason === 'tool_calls' ? 'stop' : reason
}
