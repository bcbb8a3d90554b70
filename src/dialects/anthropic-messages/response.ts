import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Part, TextPart, ToolCallPart } from '../../ir/part.ts'
import type { ChatResponse, Dropped } from '../../ir/response.ts'
import { loseHosted, loseMedia, losePhase, loseShape } from '../answer-losses.ts'
import { inputObject } from '../call-input.ts'
import { emptyText, messageHead, thinkingBlock, toolUse } from './answer-blocks.ts'
import { DROPPED_CITATIONS, decodeCitations, encodeCitation, splitAtCitations } from './citations.ts'
import { decodeTier, encodeUsage, shownTier } from './encode-usage.ts'
import { decodeError } from './errors.ts'
import { decodeFinish, encodeFinish } from './finish.ts'
import { ID } from './id.ts'
import { decodeUsage } from './usage.ts'

/** A whole message. Throws what it says, where it is an error, and `upstream_malformed` where it is neither. */
export function decodeResponse(body: unknown): ChatResponse {
  if (!isJsonObject(body)) throw malformed('is not a JSON object')
  if (body.type === 'error' || isJsonObject(body.error)) throw decodeError(body)
  if (!Array.isArray(body.content)) throw malformed('has no content')
  const dropped: Dropped[] = []
  const parts = body.content.map((block: unknown): Part => decodeBlock(block, dropped))
  const usage = decodeUsage(body.usage)
  const serviceTier = isJsonObject(body.usage) ? decodeTier(body.usage) : undefined
  return {
    model: textOf(body.model),
    parts,
    finish: decodeFinish(
      body,
      parts.some((part) => part.type === 'tool-call'),
    ),
    dropped,
    ...(typeof body.id === 'string' && { upstreamId: body.id }),
    ...(usage !== undefined && { usage }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
}

function decodeBlock(block: unknown, dropped: Dropped[]): Part {
  if (!isJsonObject(block)) throw malformed('has content that is not made of blocks')
  switch (block.type) {
    case 'text':
      return decodeText(block, dropped)
    case 'thinking': {
      const payload = textOf(block.signature)
      const carrier = { origin: ID, kind: 'signature', payload } as const
      return { type: 'reasoning', text: textOf(block.thinking), ...(payload !== '' && { carrier }) }
    }
    case 'redacted_thinking':
      return {
        type: 'reasoning',
        text: '',
        carrier: { origin: ID, kind: 'redacted', payload: textOf(block.data) },
      }
    case 'tool_use': {
      const input = JSON.stringify(block.input ?? {})
      return {
        type: 'tool-call',
        callId: textOf(block.id),
        name: textOf(block.name),
        input,
        kind: 'function',
      }
    }
    default:
      return { type: 'hosted', dialect: ID, wire: block }
  }
}

function decodeText(block: JsonObject, dropped: Dropped[]): TextPart {
  const { citations, others } = decodeCitations(block.citations)
  if (others > 0 && !dropped.includes(DROPPED_CITATIONS)) dropped.push(DROPPED_CITATIONS)
  return { type: 'text', text: textOf(block.text), ...(citations.length > 0 && { citations }) }
}

function malformed(problem: string): GatewayError {
  return new GatewayError('upstream_malformed', `The provider's answer ${problem}.`)
}

/** A whole answer as a message, with every field that the API always sends. */
export function encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const content = encodeContent(response.parts, context)
  const refusal = response.parts.map((part) => (part.type === 'refusal' ? part.text : '')).join('')
  const hasCalls = content.some((block) => block.type === 'tool_use')
  return {
    ...messageHead(context, response.model),
    content,
    ...encodeFinish({ finish: response.finish, hasCalls, isEmpty: content.length === 0, refusal, context }),
    usage: encodeUsage(response.usage, shownTier(response.serviceTier, context)),
  }
}

function encodeContent(parts: readonly Part[], context: AnswerContext): JsonObject[] {
  let offset = 0
  let calls = 0
  return parts.flatMap((part): readonly JsonObject[] => {
    switch (part.type) {
      case 'text':
        losePhase(context, part.phase)
        offset += part.text.length
        return encodeText(part, offset - part.text.length)
      case 'refusal':
        losePhase(context, part.phase)
        return encodeText({ type: 'text', text: part.text }, 0)
      case 'reasoning': {
        const block = thinkingBlock(part, context)
        return block === undefined ? [] : [block]
      }
      case 'tool-call': {
        const input = encodeInput(part, context)
        return [{ ...toolUse(part, calls++, context), input }, ...callProof(part, context)]
      }
      case 'hosted':
        if (part.dialect === ID) return [part.wire]
        loseHosted(context, part)
        return []
      default:
        loseMedia(context, part)
        return []
    }
  })
}

function encodeInput({ kind, input: text }: ToolCallPart, context: AnswerContext): JsonObject {
  if (kind === 'custom') return { input: text }
  const { input, isWrapped } = inputObject(text)
  if (isWrapped) loseShape(context)
  return input
}

/** The origin's proof of a call has no slot here: it goes into thinking of its own, right after the call as in a stream. */
function callProof({ carrier }: ToolCallPart, context: AnswerContext): JsonObject[] {
  const proof = carrier && thinkingBlock({ type: 'reasoning', text: '', carrier }, context)
  return proof === undefined ? [] : [proof]
}

/** Blank text makes no block: sent back, it would be refused. */
function encodeText(part: TextPart, offset: number): JsonObject[] {
  if (part.text.trim() === '') return []
  if (part.citations === undefined) return [{ ...emptyText(), text: part.text }]
  return splitAtCitations(part.text, part.citations, offset).map(({ text, citations }) => ({
    ...emptyText(),
    text,
    citations: citations.length === 0 ? null : citations.map((citation) => encodeCitation(citation, text)),
  }))
}
