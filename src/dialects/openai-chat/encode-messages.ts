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
import { documentText, encodeSaid, encodeTexts, encodeUserContent, messagePath } from './encode-content.ts'
import { encodeToolCall } from './encode-tools.ts'
import { approximateOnce, dropOnce, type Encoding, pathOf } from './target.ts'
import { restoreReasoning } from './upstream-reasoning.ts'

/** The conversation as Chat's messages. Throws `unsupported_parameter`. */
export function encodeMessages(encoding: Encoding): JsonObject[] {
  const { messages, source } = encoding.request
  const wire: JsonObject[] = []
  // pictures that a model drew, which an assistant message cannot show: the next user message does
  let drawn: Part[] = []
  const firstTurn = messages.findIndex(({ role }) => role !== 'system')
  messages.forEach((message, index) => {
    const path = messagePath(encoding, index)
    switch (message.role) {
      case 'system':
        wire.push(encodeSystem(encoding, message, index, firstTurn))
        return
      case 'assistant':
        drawn = [...drawn, ...imagesOf(encoding, message.parts, path)]
        wire.push(...encodeAssistant(encoding, message, path))
        return
      case 'user': {
        const parts = drawn.length === 0 ? message.parts : insertImages(drawn, message.parts)
        drawn = []
        wire.push(...encodeUser(encoding, message, parts, path))
        return
      }
      default:
        message satisfies never
    }
  })
  if (drawn.length > 0)
    encoding.report.refuse(pathOf(encoding, 'messages'), 'Chat takes no images from the model')
  if (source === 'anthropic-messages' && messages.at(-1)?.role === 'assistant')
    encoding.report.approximate(
      messagePath(encoding, messages.length - 1),
      'Chat reads a last assistant message as history, it does not continue it',
    )
  return wire
}

function encodeSystem(
  encoding: Encoding,
  message: Message & { role: 'system' },
  index: number,
  firstTurn: number,
): JsonObject {
  const { capabilities } = encoding.target
  const content = encodeTexts(encoding, message.parts, '\n\n')
  const isLeading = firstTurn === -1 || index < firstTurn
  if (!isLeading && !capabilities.midSystem) {
    approximateOnce(encoding, pathOf(encoding, 'messages'), 'a later system message became a user message')
    return {
      role: 'user',
      content: typeof content === 'string' ? `[System instruction]\n${content}` : content,
    }
  }
  if (message.authority !== 'developer') return { role: 'system', content }
  if (encoding.isOpenAi) return { role: 'developer', content }
  approximateOnce(
    encoding,
    messagePath(encoding, index),
    'the developer role became system, which every server knows',
  )
  return { role: 'system', content }
}

/** Nothing where nothing is left of it. */
function encodeAssistant(
  encoding: Encoding,
  message: Message & { role: 'assistant' },
  path: string,
): JsonObject[] {
  const { parts, name, phase } = message
  if (phase !== undefined)
    dropOnce(encoding, `${pathOf(encoding, 'messages')}[].phase`, 'Chat does not tell phases apart')
  if (parts.some((part) => part.type === 'audio' || part.type === 'video' || part.type === 'document'))
    encoding.report.refuse(path, 'an assistant message of Chat holds text and tool calls only')
  if (parts.some((part) => part.type === 'hosted'))
    dropOnce(
      encoding,
      pathOf(encoding, 'messages'),
      "what a provider's own tool did cannot be shown to another",
    )
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool-call')
  const reasoning = parts.filter((part): part is ReasoningPart => part.type === 'reasoning')
  const said = encodeSaid(encoding, parts)
  const restored = restoreReasoning(encoding, reasoning)
  const isEmpty = said.content === null && said.refusal === undefined && calls.length === 0
  if (isEmpty && parts.length > 0) return []
  return [
    {
      role: 'assistant',
      ...(isEmpty ? { ...said, content: '' } : said),
      ...(name !== undefined && { name }),
      ...restored,
      ...(calls.length > 0 && { tool_calls: calls.map((call) => encodeToolCall(encoding, call)) }),
    },
  ]
}

/** A tool message for each result, then a user message with everything else. */
function encodeUser(
  encoding: Encoding,
  { name }: Message & { role: 'user' },
  parts: readonly Part[],
  path: string,
): JsonObject[] {
  const results = parts.filter((part): part is ToolResultPart => part.type === 'tool-result')
  const attached = results.flatMap((result) => attachments(encoding, result, path))
  const rest = [...attached, ...parts.filter((part) => part.type !== 'tool-result')]
  const wire: JsonObject[] = results.map((result) => encodeResult(encoding, result, path))
  if (rest.length === 0 && wire.length > 0) return wire
  const content = encodeUserContent(encoding, rest, path)
  return [...wire, { role: 'user', content, ...(name !== undefined && { name }) }]
}

function encodeResult(encoding: Encoding, result: ToolResultPart, path: string): JsonObject {
  return { role: 'tool', tool_call_id: result.callId, content: resultContent(encoding, result, path) }
}

function resultContent(encoding: Encoding, result: ToolResultPart, path: string): string | JsonObject[] {
  const said = resultTexts(encoding, result, path)
  const { json, isError } = result
  if (isError) approximateOnce(encoding, path, 'Chat has no flag for failed tools: the result says it')
  const text = isError ? errorText(said, json) : json === undefined ? undefined : JSON.stringify(json)
  const texts = text === undefined ? said : [{ type: 'text', text } as const]
  return encodeTexts(encoding, withBreakpoint(encoding, texts, result), '\n')
}

function resultTexts(encoding: Encoding, { content }: ToolResultPart, path: string): TextPart[] {
  return content.flatMap((part): TextPart[] => {
    if (part.type === 'text') return [part]
    const text = part.type === 'document' ? documentText(part) : undefined
    if (text === undefined) return []
    approximateOnce(encoding, path, 'a text document is written into the message')
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
    dropOnce(encoding, pathOf(encoding, 'caching'), 'an empty result takes no cache breakpoint')
  return texts.map((text, index) => (index === texts.length - 1 ? { ...text, cache } : text))
}

/** A tool message takes text only: pictures and files follow in the user message, with the name of the call that they belong to. */
function attachments(encoding: Encoding, result: ToolResultPart, path: string): Part[] {
  const parts = result.content.filter(
    (part): part is ImagePart | DocumentPart =>
      part.type === 'image' || (part.type === 'document' && documentText(part) === undefined),
  )
  if (parts.length === 0) return []
  approximateOnce(encoding, path, 'images and files of a tool result moved to the user message behind it')
  return [{ type: 'text', text: `Returned by the tool call ${result.callId}:` }, ...parts]
}

function imagesOf(encoding: Encoding, parts: readonly Part[], path: string): Part[] {
  const images = parts.filter((part) => part.type === 'image')
  if (images.length > 0)
    approximateOnce(encoding, path, 'an image of the model moved to the next user message')
  return images
}

function insertImages(images: readonly Part[], parts: readonly Part[]): Part[] {
  const results = parts.filter((part) => part.type === 'tool-result')
  const rest = parts.filter((part) => part.type !== 'tool-result')
  return [...results, ...images, ...rest]
}
