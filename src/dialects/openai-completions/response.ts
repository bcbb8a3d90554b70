import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Part } from '../../ir/part.ts'
import type { Alternative, ChatResponse } from '../../ir/response.ts'
import {
  lose,
  loseFinishReason,
  loseHosted,
  loseMedia,
  losePhase,
  loseReasoning,
  loseStopSequence,
} from '../answer-losses.ts'
import { answerId, encodeFinishReason } from '../openai-choices.ts'
import { encodeChoicesUsage } from '../openai-usage.ts'

/**
 * Our answer as a whole legacy completion. A refusal's words are its text: there is no other place for them. Throws `upstream_error`
 * for an answer that is not complete and cannot say so.
 * @see https://platform.openai.com/docs/api-reference/completions/object
 */
export function encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const { usage, alternatives = [] } = response
  const choices = [response, ...alternatives].map((answer, index) => encodeChoice(answer, index, context))
  return {
    id: answerId('cmpl-', context.requestId),
    object: 'text_completion',
    created: response.createdSeconds ?? context.nowSeconds,
    model: response.model,
    choices,
    ...(usage !== undefined && { usage: encodeChoicesUsage(usage) }),
  }
}

function encodeChoice({ parts, finish }: Alternative, index: number, context: AnswerContext): JsonObject {
  for (const part of parts) losePart(part, context)
  const texts = parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []))
  const text = texts.join('')
  return { text, index, logprobs: null, finish_reason: encodeReason(finish, text !== '', context) }
}

function losePart(part: Part, context: AnswerContext): void {
  switch (part.type) {
    case 'text':
      losePhase(context, part.phase)
      if (part.citations !== undefined) loseCitations(context)
      return
    case 'refusal':
      losePhase(context, part.phase)
      return
    case 'reasoning':
      loseReasoning(context)
      return
    case 'hosted':
      loseHosted(context, part)
      return
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
      loseMedia(context, part)
      return
    case 'tool-call':
    case 'tool-result':
      // no tools were offered
      return
    default:
      part satisfies never
  }
}

export function loseCitations(context: AnswerContext): void {
  lose(context, 'dropped', 'sources have no place here')
}

/** There are no tools to call here. Throws `upstream_error`. */
export function encodeReason(
  finish: ChatResponse['finish'],
  hasContent: boolean,
  context: AnswerContext,
): string {
  loseStopSequence(context, finish)
  loseFinishReason(context, finish)
  const reason = encodeFinishReason(finish, hasContent)
  return reason === 'tool_calls' ? 'stop' : reason
}
