import type { JsonObject } from '../../core/json.ts'
import type {
  DocumentPart,
  ImagePart,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'
import { placeOf, placeOfPhase } from '../places.ts'
import { meansPrefill } from '../prefill.ts'
import {
  documentText,
  dropHosted,
  encodeSaid,
  encodeTexts,
  encodeUserContent,
  writeOut,
} from './encode-content.ts'
import { encodeCallId, encodeToolCall } from './encode-tools.ts'
import { approximateOnce, dropOnce, type Encoding } from './target.ts'
import { restoreReasoning } from './upstream-reasoning.ts'

/** The conversation as Chat's messages. Throws `unsupported_parameter`. */
export function encodeMessages(encoding: Encoding): JsonObject[] {
  const { request, report } = encoding
  const { messages } = request
  const wire: JsonObject[] = []
  // pictures that a model drew, which an assistant message cannot show: the next user message does
  let drawn: Part[] = []
  const firstTurn = messages.findIndex(({ role }) => role !== 'system')
  messages.forEach((message, index) => {
    switch (message.role) {
      case 'system':
        wire.push(encodeSystem(encoding, message, firstTurn === -1 || index < firstTurn))
        return
      case 'assistant':
        drawn = [...drawn, ...imagesOf(encoding, message.parts)]
        wire.push(...encodeAssistant(encoding, message))
        return
      case 'user': {
        const parts = drawn.length === 0 ? message.parts : insertImages(drawn, message.parts)
        drawn = []
        wire.push(...encodeUser(encoding, message, parts))
        return
      }
      default:
        message satisfies never
    }
  })
  const [unshown] = drawn
  if (unshown !== undefined) report.refuse(placeOf(request, unshown), 'Chat takes no images from the model')
  const last = messages.at(-1)
  if (meansPrefill(request) && last?.role === 'assistant') {
    const reason = 'Chat reads a last assistant message as history, it does not continue it'
    report.approximate(placeOf(request, last), reason)
  }
  return wire
}

function encodeSystem(
  encoding: Encoding,
  message: Message & { role: 'system' },
  isLeading: boolean,
): JsonObject {
  const { request, target } = encoding
  const content = encodeTexts(encoding, message.parts, '\n\n')
  if (!isLeading && !target.capabilities.midSystem) {
    approximateOnce(encoding, placeOf(request, message), 'a later system message became a user message')
    return {
      role: 'user',
      content: typeof content === 'string' ? `[System instruction]\n${content}` : content,
    }
  }
  if (message.authority !== 'developer') return { role: 'system', content }
  if (encoding.isOpenAi) return { role: 'developer', content }
  const reason = 'the developer role became system, which every server knows'
  approximateOnce(encoding, placeOf(request, message), reason)
  return { role: 'system', content }
}

/** Nothing where nothing is left of it. */
function encodeAssistant(encoding: Encoding, message: Message & { role: 'assistant' }): JsonObject[] {
  const { parts, name } = message
  accountForRest(encoding, parts)
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool-call')
  const reasoning = parts.filter((part): part is ReasoningPart => part.type === 'reasoning')
  const { chunks, fields } = restoreReasoning(encoding, reasoning)
  const said = withThinking(encodeSaid(encoding, parts), chunks)
  const isEmpty = said.content === null && said.refusal === undefined && calls.length === 0
  if (isEmpty && parts.length > 0) return []
  return [
    {
      role: 'assistant',
      ...(isEmpty ? { ...said, content: '' } : said),
      ...(name !== undefined && { name }),
      ...fields,
      ...(calls.length > 0 && { tool_calls: calls.map((call) => encodeToolCall(encoding, call)) }),
    },
  ]
}

/** Everything that an assistant message of Chat has no place for. */
function accountForRest(encoding: Encoding, parts: readonly Part[]): void {
  const { request, report } = encoding
  const phased = parts.find((part) => 'phase' in part && part.phase !== undefined)
  if (phased !== undefined)
    dropOnce(encoding, placeOfPhase(request, phased), 'Chat does not tell phases apart')
  const cited = parts.find((part) => part.type === 'text' && (part.citations ?? []).length > 0)
  if (cited !== undefined)
    dropOnce(encoding, placeOf(request, cited, 'citations'), 'Chat has no place for sources in history')
  const shown = parts.find(({ type }) => type === 'audio' || type === 'video' || type === 'document')
  if (shown !== undefined)
    report.refuse(placeOf(request, shown), 'an assistant message of Chat holds text and tool calls only')
  const hosted = parts.find(({ type }) => type === 'hosted')
  if (hosted !== undefined) dropHosted(encoding, hosted)
}

/** Where thinking stands in the content itself, the content is a list. */
function withThinking(said: JsonObject, thinking: readonly JsonObject[]): JsonObject {
  if (thinking.length === 0) return said
  const { content } = said
  const texts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
  return { ...said, content: [...thinking, ...(texts as readonly JsonObject[])] }
}

/** A tool message for each result, then a user message with everything else. */
function encodeUser(
  encoding: Encoding,
  { name }: Message & { role: 'user' },
  parts: readonly Part[],
): JsonObject[] {
  const results = parts.filter((part): part is ToolResultPart => part.type === 'tool-result')
  const attached = results.flatMap((result) => attachments(encoding, result))
  const rest = [...attached, ...parts.filter((part) => part.type !== 'tool-result')]
  const wire: JsonObject[] = results.map((result) => encodeResult(encoding, result))
  if (rest.length === 0 && wire.length > 0) return wire
  const content = encodeUserContent(encoding, rest)
  return [...wire, { role: 'user', content, ...(name !== undefined && { name }) }]
}

function encodeResult(encoding: Encoding, result: ToolResultPart): JsonObject {
  const tool_call_id = encodeCallId(encoding, result.callId)
  return { role: 'tool', tool_call_id, content: resultContent(encoding, result) }
}

function resultContent(encoding: Encoding, result: ToolResultPart): string | JsonObject[] {
  const said = resultTexts(encoding, result)
  const { json, isError } = result
  if (isError) {
    const path = placeOf(encoding.request, result, 'isError')
    approximateOnce(encoding, path, 'Chat has no flag for failed tools: the result says it')
  }
  const text = isError ? errorText(said, json) : json === undefined ? undefined : JSON.stringify(json)
  const texts = text === undefined ? said : [{ type: 'text', text } as const]
  return encodeTexts(encoding, withBreakpoint(encoding, texts, result), '\n')
}

function resultTexts(encoding: Encoding, { content }: ToolResultPart): TextPart[] {
  return content.flatMap((part): TextPart[] => {
    if (part.type === 'text') return [part]
    const text = part.type === 'document' ? documentText(part) : undefined
    if (part.type !== 'document' || text === undefined) return []
    writeOut(encoding, part)
    if (part.context !== undefined)
      dropOnce(encoding, placeOf(encoding.request, part, 'context'), 'Chat has no context for documents')
    return [{ type: 'text', text }]
  })
}

function errorText(said: readonly TextPart[], json: JsonObject | undefined): string {
  if (json !== undefined && 'error' in json) return JSON.stringify(json)
  const error = said.length === 0 && json !== undefined ? json : said.map(({ text }) => text).join('\n')
  return JSON.stringify({ error })
}

/** A result's breakpoint is that of its last text. */
function withBreakpoint(
  encoding: Encoding,
  texts: readonly TextPart[],
  { cache }: ToolResultPart,
): readonly TextPart[] {
  if (cache === undefined) return texts
  if (texts.length === 0)
    dropOnce(encoding, placeOf(encoding.request, cache), 'an empty result takes no cache breakpoint')
  return texts.map((text, index) => (index === texts.length - 1 ? { ...text, cache } : text))
}

/** A tool message takes text only: pictures and files follow in the user message, with the name of the call that they belong to. */
function attachments(encoding: Encoding, result: ToolResultPart): Part[] {
  const parts = result.content.filter(
    (part): part is ImagePart | DocumentPart =>
      part.type === 'image' || (part.type === 'document' && documentText(part) === undefined),
  )
  const [first] = parts
  if (first === undefined) return []
  const reason = 'images and files of a tool result moved to the user message behind it'
  approximateOnce(encoding, placeOf(encoding.request, first), reason)
  return [
    { type: 'text', text: `Returned by the tool call ${encodeCallId(encoding, result.callId)}:` },
    ...parts,
  ]
}

function imagesOf(encoding: Encoding, parts: readonly Part[]): Part[] {
  const images = parts.filter((part) => part.type === 'image')
  const [first] = images
  if (first !== undefined) {
    const reason = 'an image of the model moved to the next user message'
    approximateOnce(encoding, placeOf(encoding.request, first), reason)
  }
  return images
}

function insertImages(images: readonly Part[], parts: readonly Part[]): Part[] {
  const results = parts.filter((part) => part.type === 'tool-result')
  const rest = parts.filter((part) => part.type !== 'tool-result')
  return [...results, ...images, ...rest]
}
