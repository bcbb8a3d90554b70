import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatResponse, Dropped } from '../../ir/response.ts'
import { unfoldResponse } from '../../ir/unfold.ts'
import { decodeOpenAiError } from '../openai-errors.ts'
import { createAnswerWriter } from './answer-writer.ts'
import { decodeOutputItem, fallbackCallId, objectsOf } from './decode-output.ts'
import { decodeFinish, heldIn } from './finish.ts'
import { given } from './given.ts'
import { hasOutput } from './response-object.ts'
import { decodeUsage } from './usage.ts'

/**
 * A whole response of an upstream. Throws its error where it failed, and `upstream_malformed` where it is not a response.
 * @see https://platform.openai.com/docs/api-reference/responses/object
 */
export function decodeResponse(body: unknown): ChatResponse {
  refuseFailure(body)
  if (!hasOutput(body)) throw malformed()
  const parts: Part[] = []
  const usedCallIds = new Set<string>()
  let textLength = 0
  const id = textOf(body.id)
  for (const [index, item] of objectsOf(body.output).entries()) {
    const decoded = decodeOutputItem(item, {
      textBefore: textLength,
      fallbackCallId: fallbackCallId(id, index),
      usedCallIds,
    })
    textLength += textIn(decoded)
    parts.push(...decoded)
  }
  return {
    model: typeof body.model === 'string' ? body.model : '',
    parts,
    finish: decodeFinish(body, heldIn(parts)),
    dropped: droppedFrom(body),
    ...given({
      upstreamId: typeof body.id === 'string' ? body.id : undefined,
      createdSeconds: secondsOf(body.created_at),
      usage: decodeUsage(body),
      serviceTier: typeof body.service_tier === 'string' ? body.service_tier : undefined,
    }),
  }
}

function refuseFailure(body: unknown): void {
  if (!isJsonObject(body)) return
  const error = decodeOpenAiError(body.error)
  if (error !== undefined) throw error
  if (body.status === 'failed' || body.status === 'cancelled')
    throw new GatewayError('upstream_error', `The provider's answer was ${body.status}.`)
}

function malformed(): GatewayError {
  return new GatewayError('upstream_malformed', 'The provider sent something that is not a response.')
}

function textIn(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0)
}

/** Whole seconds; some servers send fractions. */
export function secondsOf(time: unknown): number | undefined {
  return typeof time === 'number' && Number.isFinite(time) ? Math.floor(time) : undefined
}

/** Citations that stay behind. */
function droppedFrom(response: JsonObject): Dropped[] {
  const content = objectsOf(response.output).flatMap((item) => objectsOf(item.content))
  const annotations = content.flatMap((part) => objectsOf(part.annotations))
  const hasOther = annotations.some((annotation) => annotation.type !== 'url_citation')
  return hasOther ? [DROPPED_CITATION] : []
}

export const DROPPED_CITATION: Dropped = {
  path: 'output.content.annotations',
  action: 'dropped',
  reason: 'citations of files at the provider cannot be opened elsewhere',
}

/** A whole answer for a client: the same that the last event of its stream would hold. */
export function encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  let last: unknown
  const writer = createAnswerWriter(context, (_, fields) => {
    last = fields.response
  })
  for (const event of unfoldResponse(response)) writer.step(event)
  if (!isJsonObject(last)) throw unfinished(response)
  return last
}

function unfinished({ finish }: ChatResponse): GatewayError {
  const raw = finish.raw ?? finish.unified
  return new GatewayError('upstream_error', `The provider did not finish its answer (${raw}).`)
}
