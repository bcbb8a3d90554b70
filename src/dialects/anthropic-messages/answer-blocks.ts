import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Carrier, ReasoningPart } from '../../ir/part.ts'
import { NO_PROOF, wrapCarrier } from '../carrier.ts'
import { legalCallId } from './call-id.ts'
import { ID } from './id.ts'

// What whole answers and streams show alike.

const NOT_STOPPED = { stop_reason: null, stop_sequence: null, stop_details: null }

/** A message without content, usage and end; the API always sends every one of these fields. */
export function messageHead(context: AnswerContext, model: string): JsonObject {
  return {
    id: `msg_${context.requestId}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    ...NOT_STOPPED,
    container: null,
    diagnostics: null,
  }
}

export function emptyText(): JsonObject {
  return { type: 'text', text: '', citations: null }
}

/** The id is the upstream's wherever it is legal; `ordinal` tells calls apart that came without one. */
export function toolUse(
  call: { readonly callId: string; readonly name: string },
  ordinal: number,
  context: AnswerContext,
): JsonObject {
  const { callId, name } = call
  const id = callId === '' ? `toolu_${context.requestId}_${ordinal}` : callId
  return { type: 'tool_use', id: legalCallId(id), name, input: {}, caller: { type: 'direct' } }
}

/** False where the client asked not to see thinking: what it gets is its signature, to send back. */
export function showsThinking({ request }: AnswerContext): boolean {
  return request.reasoning?.summary !== 'none'
}

/** A block of thinking; undefined where there is nothing to show and nothing to send back. */
export function thinkingBlock(part: ReasoningPart, context: AnswerContext): JsonObject | undefined {
  const { carrier } = part
  if (carrier?.origin === ID && carrier.kind === 'redacted')
    return { type: 'redacted_thinking', data: carrier.payload }
  const thinking = showsThinking(context) ? part.text : ''
  if (carrier === undefined && thinking === '') return undefined
  return { type: 'thinking', thinking, signature: signature(carrier) }
}

/** The slot must not be empty. */
export function signature(carrier: Carrier | undefined): string {
  return wrapCarrier(carrier ?? NO_PROOF, ID)
}
