import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Citation, ImagePart, Part, ToolCallPart } from '../../ir/part.ts'
import type { Alternative, ChatResponse, Finish } from '../../ir/response.ts'
import {
  lose,
  loseFinishReason,
  loseHosted,
  loseMedia,
  losePhase,
  loseQuote,
  loseServiceTier,
  loseStopSequence,
} from '../answer-losses.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'
import { answerId, encodeFinishReason } from '../openai-choices.ts'
import { encodeTokens } from '../openai-logprobs.ts'
import { openAiTier } from '../openai-tier.ts'
import { encodeChoicesUsage } from '../openai-usage.ts'
import { dataUrl } from './encode-content.ts'
import { loseFurtherCall, wantsFunctionCall } from './legacy-functions.ts'
import { encodeCarrierEntry, encodeReasoningEntry, TEXT_ENTRY_ID } from './reasoning-details.ts'

/** What stands between the reasoning of one part and that of the next. */
export const REASONING_SEPARATOR = '\n\n'

/**
 * Our answer as a whole chat completion. Throws `upstream_error` for one that is not complete and cannot say so.
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const { usage, alternatives = [] } = response
  const choices = [response, ...alternatives].map((answer, index) => encodeChoice(answer, index, context))
  return {
    id: answerId('chatcmpl-', context.requestId),
    object: 'chat.completion',
    created: response.createdSeconds ?? context.nowSeconds,
    model: response.model,
    choices,
    ...(usage !== undefined && { usage: encodeChoicesUsage(usage) }),
    ...encodeTier(response.serviceTier, context),
  }
}

function encodeChoice({ parts, finish }: Alternative, index: number, context: AnswerContext): JsonObject {
  const isLegacy = wantsFunctionCall(context.request)
  loseStopSequence(context, finish)
  loseFinishReason(context, finish)
  return {
    index,
    message: encodeMessage(parts, finish, isLegacy, context),
    logprobs: encodeLogprobs(parts),
    finish_reason: answerFinish(finish, parts.length > 0, parts.some(isCall), isLegacy),
  }
}

/** `service_tier`, where Chat has a name for it. */
export function encodeTier(tier: string | undefined, context: AnswerContext): JsonObject {
  if (tier === undefined) return {}
  const service_tier = openAiTier(tier)
  if (service_tier !== undefined) return { service_tier }
  loseServiceTier(context, tier)
  return {}
}

function encodeLogprobs(parts: readonly Part[]): JsonObject | null {
  const tokensOf = (type: 'text' | 'refusal') =>
    parts.flatMap((part) =>
      part.type === type && part.logprobs !== undefined ? encodeTokens(part.logprobs) : [],
    )
  return logprobsShape(tokensOf('text'), tokensOf('refusal'))
}

/** Null where no tokens are listed. */
export function logprobsShape(
  content: readonly JsonObject[],
  refusal: readonly JsonObject[],
): JsonObject | null {
  if (content.length === 0 && refusal.length === 0) return null
  return { content: content.length > 0 ? content : null, refusal: refusal.length > 0 ? refusal : null }
}

/** Chat's word for why an answer ended. Throws `upstream_error`. */
export function answerFinish(
  finish: Finish,
  hasContent: boolean,
  hasCalls: boolean,
  isLegacy: boolean,
): string {
  const reason = encodeFinishReason(finish, hasContent)
  const isCalling = hasCalls && (reason === 'stop' || reason === 'tool_calls')
  if (!isCalling) return reason === 'tool_calls' ? 'stop' : reason
  return isLegacy ? 'function_call' : 'tool_calls'
}

/** A citation as an annotation; one that names no span means `span`. */
export function encodeAnnotation({ url, title, start, end }: Citation, span: Span): JsonObject {
  const url_citation = {
    start_index: start ?? span.start,
    end_index: end ?? span.end,
    url,
    title: title ?? url,
  }
  return { type: 'url_citation', url_citation }
}

/** A stretch of the answer's text, in UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** `arguments` of a call; a function that was called without any gets an empty object, as OpenAI sends it. */
export function callInput({ kind, input }: Pick<ToolCallPart, 'kind' | 'input'>): string {
  return kind === 'function' && input === '' ? '{}' : input
}

/** The place where Google's Chat endpoint signs a call, which its clients know to send back. */
export function encodeSignature({ carrier }: Pick<ToolCallPart, 'carrier'>): JsonObject {
  if (carrier?.origin !== 'gemini') return {}
  return { extra_content: { google: { thought_signature: wrapCarrier(carrier, 'gemini') } } }
}

/**
 * Proofs of reasoning as `reasoning_details`. Text that nothing proves is in `reasoning_content` already, and stands here only between
 * proven text, or to mark that this field is of our making.
 */
export function encodeDetails(parts: readonly Part[]): JsonObject[] {
  const isProven = parts.some((part) => part.type === 'reasoning' && part.carrier !== undefined)
  const isMarked = parts.some((part) => 'carrier' in part && part.carrier !== undefined)
  return parts.flatMap((part, index): JsonObject[] => {
    if (part.type === 'reasoning') {
      if (isProven) return [encodeReasoningEntry(part, index)]
      return isMarked || part.text === '' ? [] : [encodeReasoningEntry({ ...part, carrier: NO_PROOF }, index)]
    }
    if (part.type === 'tool-call' && part.carrier !== undefined)
      return [encodeCarrierEntry(part.carrier, part.callId, index)]
    if (part.type === 'text' && part.carrier !== undefined)
      return [encodeCarrierEntry(part.carrier, TEXT_ENTRY_ID, index)]
    return []
  })
}

/** The refusal's own words, else what the provider says about it; null where there is neither. */
export function refusalText(said: string, finish: Finish): string | null {
  if (said !== '') return said
  return finish.unified === 'refusal' ? (finish.explanation ?? null) : null
}

function encodeMessage(
  parts: readonly Part[],
  finish: Finish,
  isLegacy: boolean,
  context: AnswerContext,
): JsonObject {
  for (const part of parts) reportLosses(part, context)
  const text = textsOf(parts, 'text').join('')
  const refusal = refusalText(textsOf(parts, 'refusal').join(''), finish)
  const reasoning = textsOf(parts, 'reasoning').filter((entry) => entry !== '')
  const details = encodeDetails(parts)
  const annotations = annotationsOf(parts)
  const images = parts.filter((part) => part.type === 'image').flatMap(encodeImage)
  const isBare = refusal !== null || images.length > 0 || parts.some(isCall)
  return {
    role: 'assistant',
    content: text === '' && isBare ? null : text,
    refusal,
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join(REASONING_SEPARATOR) }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(annotations.length > 0 && { annotations }),
    ...(images.length > 0 && { images }),
    ...encodeCalls(parts.filter(isCall), isLegacy, context),
  }
}

function encodeCalls(calls: readonly ToolCallPart[], isLegacy: boolean, context: AnswerContext): JsonObject {
  const [first, ...others] = calls
  if (first === undefined) return {}
  if (!isLegacy) return { tool_calls: calls.map(encodeCall) }
  if (others.length > 0) loseFurtherCall(context)
  return { function_call: { name: first.name, arguments: callInput(first) } }
}

function encodeCall(part: ToolCallPart): JsonObject {
  const { callId: id, kind, name } = part
  if (kind === 'custom') return { id, type: 'custom', custom: { name, input: part.input } }
  return { id, type: 'function', function: { name, arguments: callInput(part) }, ...encodeSignature(part) }
}

function annotationsOf(parts: readonly Part[]): JsonObject[] {
  let start = 0
  return parts.flatMap((part) => {
    if (part.type !== 'text') return []
    const span = { start, end: start + part.text.length }
    start = span.end
    return (part.citations ?? []).map((citation) => encodeAnnotation(citation, span))
  })
}

function reportLosses(part: Part, context: AnswerContext): void {
  switch (part.type) {
    case 'text':
    case 'refusal':
      losePhase(context, part.phase)
      if (part.type === 'text') for (const citation of part.citations ?? []) loseQuote(context, citation)
      return
    case 'hosted':
      loseHosted(context, part)
      return
    case 'image':
      if (encodeImage(part).length === 0) loseMedia(context, part)
      else lose(context, 'approximated', IMAGES_EXTENSION)
      return
    case 'audio':
    case 'video':
    case 'document':
      loseMedia(context, part)
      return
    default:
      return
  }
}

export const IMAGES_EXTENSION = 'images stand in "images", which is not of OpenAI but common'

/** Not OpenAI's, but what clients of image models read. */
export function encodeImage({ source }: ImagePart): JsonObject[] {
  if (source.type === 'file') return []
  const url = source.type === 'url' ? source.url : dataUrl(source)
  return [{ type: 'image_url', image_url: { url } }]
}

function textsOf(parts: readonly Part[], type: 'text' | 'refusal' | 'reasoning'): string[] {
  return parts.flatMap((part) => (part.type === type ? [part.text] : []))
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call'
}
