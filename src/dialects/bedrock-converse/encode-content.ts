import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/json.ts'
import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../ir/part.ts'
import { inputObject } from '../call-input.ts'
import { placeOf } from '../places.ts'
import { encodeAudio, encodeDocument, encodeImage, encodeVideo } from './encode-media.ts'
import { approximateOnce, dropOnce, type Encoding, tellHarmlessOnce } from './encoding.ts'
import { ID } from './id.ts'

/** Parts as blocks, each with the cache point behind it. Blank text is left out, as the API refuses it. */
export function encodeParts(parts: readonly Part[], encoding: Encoding): JsonObject[] {
  return parts.flatMap((part) => {
    const block = encodePart(part, encoding)
    return block === undefined ? [] : [block, ...encoding.cache.after(cacheOf(part))]
  })
}

function cacheOf(part: Part) {
  return 'cache' in part ? part.cache : undefined
}

function encodePart(part: Part, encoding: Encoding): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      if (part.citations !== undefined)
        dropOnce(encoding, placeOf(encoding.request, part, 'citations'), 'citations are not replayed')
      return part.text.trim() === '' ? undefined : { text: part.text }
    case 'refusal':
      return part.text.trim() === '' ? undefined : { text: part.text }
    case 'image':
      return encodeImage(part, encoding)
    case 'document':
      return encodeDocument(part, encoding)
    case 'audio':
      return encodeAudio(part, encoding)
    case 'video':
      return encodeVideo(part, encoding)
    case 'reasoning':
      return encodeReasoning(part, encoding)
    case 'tool-call':
      return encodeToolCall(part, encoding)
    case 'tool-result':
      return encodeToolResult(part, encoding)
    case 'hosted':
      if (part.dialect === ID) return part.wire
      approximateOnce(
        encoding,
        placeOf(encoding.request, part),
        "what another provider's own tools did is told as text",
      )
      return { text: `[${part.dialect}] ${JSON.stringify(part.wire)}` }
    default:
      return part satisfies never
  }
}

/** Only reasoning that came from here goes back, unchanged; nobody else's can be verified. */
function encodeReasoning(part: ReasoningPart, encoding: Encoding): JsonObject | undefined {
  const { carrier } = part
  if (carrier?.origin !== ID) {
    tellHarmlessOnce(encoding, placeOf(encoding.request, part), 'reasoning of another provider was removed')
    return undefined
  }
  if (carrier.kind === 'redacted') return { reasoningContent: { redactedContent: carrier.payload } }
  return { reasoningContent: { reasoningText: { text: part.text, signature: carrier.payload } } }
}

function encodeToolCall(part: ToolCallPart, encoding: Encoding): JsonObject {
  const { input, isWrapped } =
    part.kind === 'custom' ? { input: { input: part.input }, isWrapped: false } : inputObject(part.input)
  if (isWrapped) {
    const path = placeOf(encoding.request, part, 'input')
    encoding.report.approximate(path, 'arguments that are no JSON object were wrapped in one')
  }
  const name = encoding.names.encode(part.name, part.namespace)
  return { toolUse: { toolUseId: legalCallId(part.callId), name, input } }
}

function encodeToolResult(part: ToolResultPart, encoding: Encoding): JsonObject {
  const { json } = part
  // within a result there are no cache points
  const content = part.content.flatMap((each) => encodePart(each, encoding) ?? [])
  return {
    toolResult: {
      toolUseId: legalCallId(part.callId),
      content: content.length === 0 && json !== undefined ? [{ json }] : content,
      ...(part.isError && { status: 'error' }),
    },
  }
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html (`toolUseId`) */
const LEGAL_CALL_ID = /^[a-zA-Z0-9_-]{1,64}$/

/** The id itself where the API allows it, else one made from it: the same id always becomes the same, and no two become one. */
function legalCallId(callId: string): string {
  if (LEGAL_CALL_ID.test(callId)) return callId
  const hash = createHash('sha256').update(callId).digest('hex').slice(0, 12)
  return `${callId.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 40)}_${hash}`
}
