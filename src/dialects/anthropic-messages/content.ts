import { Buffer } from 'node:buffer'
import type { JsonObject } from '../../core/json.ts'
import type {
  DocumentPart,
  HostedPart,
  ImagePart,
  MediaSource,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../ir/part.ts'
import { inputObject } from '../call-input.ts'
import { properMediaType } from '../media-type.ts'
import { placeOf } from '../places.ts'
import { legalCallId } from './call-id.ts'
import { approximateOnce, dropOnce, type Encoding, tellHarmlessOnce } from './encoding.ts'
import { ID } from './id.ts'

/** @see https://docs.anthropic.com/en/docs/build-with-claude/vision */
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

type EncodePart = (part: Part, encoding: Encoding) => JsonObject | undefined

/** Parts as blocks. Blank text is left out, as the format refuses it; a breakpoint on it moves to the block before it. */
export function encodeParts(
  parts: readonly Part[],
  encoding: Encoding,
  encodePart: EncodePart,
): JsonObject[] {
  const blocks: JsonObject[] = []
  for (const part of parts) {
    if (isBlank(part)) moveBreakpoint(part, blocks, encoding)
    else {
      const block = encodePart(part, encoding)
      if (block !== undefined) blocks.push(block)
    }
  }
  return blocks
}

export function isBlank(part: Part): part is TextPart {
  return (part.type === 'text' || part.type === 'refusal') && part.text.trim() === ''
}

function moveBreakpoint(part: TextPart, blocks: JsonObject[], encoding: Encoding): void {
  const before = blocks.at(-1)
  if (part.cache === undefined || before === undefined || 'cache_control' in before) return
  if (before.type === 'thinking' || before.type === 'redacted_thinking') return
  blocks[blocks.length - 1] = { ...before, ...encoding.cache.fields(part.cache) }
}

/** A part of a system message. */
export const encodeSystemPart: EncodePart = (part, encoding) =>
  part.type === 'text' ? encodeText(part, encoding) : encodeUserPart(part, encoding)

/** A part of a user message. Throws `unsupported_parameter` for what Claude cannot take in. */
export const encodeUserPart: EncodePart = (part, encoding) => {
  switch (part.type) {
    case 'text':
      return encodeText(part, encoding)
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'image':
      return encodeImage(part, encoding)
    case 'document':
      return encodeDocument(part, encoding)
    case 'tool-result':
      return encodeToolResult(part, encoding)
    case 'hosted':
      return encodeHosted(part, encoding)
    case 'audio':
    case 'video':
      return encoding.report.refuse(placeOf(encoding.request, part), `Anthropic takes no ${part.type}`)
    case 'reasoning':
    case 'tool-call':
      return encoding.report.refuse(
        placeOf(encoding.request, part),
        'only the assistant reasons and calls tools',
      )
    default:
      return part satisfies never
  }
}

/** A part of an assistant message. Images and documents may not stand here: the caller moves them out before. */
export const encodeAssistantPart: EncodePart = (part, encoding) => {
  switch (part.type) {
    case 'text':
      if (part.citations !== undefined)
        dropOnce(
          encoding,
          placeOf(encoding.request, part, 'citations'),
          'citations are not replayed: Anthropic takes only its own',
        )
      return encodeText(part, encoding)
    case 'reasoning':
      return encodeReasoning(part, encoding)
    case 'tool-call':
      return encodeToolCall(part, encoding)
    case 'tool-result':
      return encoding.report.refuse(
        placeOf(encoding.request, part),
        'a tool result belongs in a user message',
      )
    case 'audio':
      return encoding.report.refuse(
        placeOf(encoding.request, part),
        'the audio of an earlier answer is kept by another provider',
      )
    default:
      return encodeUserPart(part, encoding)
  }
}

function encodeText(part: TextPart, encoding: Encoding): JsonObject {
  return { type: 'text', text: part.text, ...encoding.cache.fields(part.cache) }
}

function encodeImage(part: ImagePart, encoding: Encoding): JsonObject {
  if (part.detail !== undefined && part.detail !== 'auto')
    encoding.report.drop(placeOf(encoding.request, part, 'detail'), 'Anthropic has no such setting')
  const source = encodeSource(part, part.source, encoding)
  if (source.type === 'base64' && !IMAGE_TYPES.includes(String(source.media_type)))
    encoding.report.refuse(placeOf(encoding.request, part), `Anthropic takes ${IMAGE_TYPES.join(', ')}`)
  return { type: 'image', source, ...encoding.cache.fields(part.cache) }
}

function encodeSource(
  part: ImagePart | DocumentPart,
  source: MediaSource,
  { request, report }: Encoding,
): JsonObject & { type: string } {
  switch (source.type) {
    case 'base64':
      return { type: 'base64', media_type: properMediaType(source.mediaType), data: source.data }
    case 'url':
      return { type: 'url', url: source.url }
    case 'file':
      if (source.dialect === ID) return { type: 'file', file_id: source.id }
      return report.refuse(placeOf(request, part), 'the file was uploaded to another provider')
    default:
      return source satisfies never
  }
}

function encodeDocument(part: DocumentPart, encoding: Encoding): JsonObject {
  return {
    type: 'document',
    source: encodeDocumentSource(part, encoding),
    ...(part.filename !== undefined && { title: part.filename }),
    ...(part.context !== undefined && { context: part.context }),
    ...(part.citesSources === true && { citations: { enabled: true } }),
    ...encoding.cache.fields(part.cache),
  }
}

function encodeDocumentSource(part: DocumentPart, encoding: Encoding): JsonObject {
  const { source } = part
  if (source.type === 'text') return plainText(source.text)
  if (source.type !== 'base64' || source.mediaType === 'application/pdf')
    return encodeSource(part, source, encoding)
  if (source.mediaType.startsWith('text/'))
    return plainText(Buffer.from(source.data, 'base64').toString('utf8'))
  return encoding.report.refuse(placeOf(encoding.request, part), 'Anthropic takes PDF and plain text')
}

function plainText(data: string): JsonObject {
  return { type: 'text', media_type: 'text/plain', data }
}

/** True for thinking that Anthropic recognises. */
export function isOwn({ carrier }: ReasoningPart): boolean {
  return carrier?.origin === ID
}

/** Only Anthropic's own thinking goes back, unchanged; nobody else's can be verified, and text of it would be taken for an answer. */
function encodeReasoning(part: ReasoningPart, encoding: Encoding): JsonObject | undefined {
  const { carrier } = part
  if (carrier?.origin !== ID) {
    tellHarmlessOnce(encoding, placeOf(encoding.request, part), 'reasoning of another provider was removed')
    return undefined
  }
  if (carrier.kind === 'redacted') return { type: 'redacted_thinking', data: carrier.payload }
  return { type: 'thinking', thinking: part.text, signature: carrier.payload }
}

function encodeToolCall(part: ToolCallPart, encoding: Encoding): JsonObject {
  return {
    type: 'tool_use',
    id: legalCallId(part.callId),
    name: encoding.names.encode(part.name, part.namespace),
    input: encodeInput(part, encoding),
    ...encoding.cache.fields(part.cache),
  }
}

function encodeInput(part: ToolCallPart, encoding: Encoding): JsonObject {
  if (part.kind === 'custom') return { input: part.input }
  const { input, isWrapped } = inputObject(part.input)
  if (isWrapped) {
    const path = placeOf(encoding.request, part, 'input')
    encoding.report.approximate(path, 'arguments that are no JSON object were wrapped in one')
  }
  return input
}

function encodeToolResult(part: ToolResultPart, encoding: Encoding): JsonObject {
  return {
    type: 'tool_result',
    tool_use_id: legalCallId(part.callId),
    ...encodeResultContent(part, encoding),
    ...(part.isError && { is_error: true }),
    ...encoding.cache.fields(part.cache),
  }
}

/** Plain text stays a text; an empty result has no content, which the format allows. */
function encodeResultContent(part: ToolResultPart, encoding: Encoding): JsonObject {
  const { content, json } = part
  const [only] = content
  if (only === undefined) return json === undefined ? {} : { content: JSON.stringify(json) }
  if (content.length === 1 && only.type === 'text' && only.cache === undefined)
    return only.text === '' ? {} : { content: only.text }
  const blocks = encodeParts(content, encoding, encodeUserPart)
  return blocks.length === 0 ? {} : { content: blocks }
}

/** Blocks of Anthropic's own tools go back as they came; those of others can at least be read. */
function encodeHosted(part: HostedPart, encoding: Encoding): JsonObject {
  if (part.dialect === ID) return part.wire
  const path = placeOf(encoding.request, part)
  approximateOnce(encoding, path, "what another provider's own tools did is told as text")
  return { type: 'text', text: `[${part.dialect}] ${JSON.stringify(part.wire)}` }
}
