import {
  type Ask,
  type Attachments,
  type OutputFormat,
  PromptReader,
  type ToolChoice,
  type ToolOffer,
} from './ask.ts'
import { isObject, type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import { showsReasoningInChat } from './models.ts'

/** Reads a Chat Completions request. @see https://platform.openai.com/docs/api-reference/chat/create */
export function readChat(body: JsonObject, model: string): Ask {
  const prompt = new PromptReader()
  for (const tool of listOf(body.tools)) prompt.addText(JSON.stringify(tool))
  const messages = objectsOf(body.messages)
  for (const message of messages) readMessage(prompt, message)
  const effort = textOf(body.reasoning_effort)
  const cacheKey = textOf(body.prompt_cache_key)
  const isThinkingOff = objectOf(body.thinking).type === 'disabled'
  return {
    blocks: prompt.blocks,
    lastUserText: contentText(messages.findLast((message) => message.role === 'user')?.content),
    toolResults: trailingToolResults(messages),
    attachments: prompt.attachments,
    tools: [...objectsOf(body.tools).map(readTool), ...objectsOf(body.functions).map(readFunction)],
    toolChoice: readToolChoice(body.tool_choice),
    isParallel: body.parallel_tool_calls !== false,
    maxOutputTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    stopSequences: readStop(body.stop),
    hasReasoning: showsReasoningInChat(model)
      ? effort !== 'none' && !isThinkingOff
      : effort !== '' && effort !== 'none',
    format: readFormat(objectOf(body.response_format)),
    choiceCount: numberOf(body.n) ?? 1,
    ...(cacheKey === '' ? {} : { cacheKey }),
  }
}

/** One sequence or a list of them. */
export function readStop(stop: unknown): readonly string[] {
  return typeof stop === 'string' ? [stop] : listOf(stop).map(textOf)
}

/** The texts of a message's content, joined by spaces: a string, or parts with a `text`. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  const parts = objectsOf(content).map((part) => textOf(part.text))
  return parts.filter((text) => text !== '').join(' ')
}

function readMessage(prompt: PromptReader, message: JsonObject): void {
  if (typeof message.content === 'string') prompt.addText(message.content)
  for (const part of objectsOf(isObject(message.content) ? [] : message.content)) readPart(prompt, part)
  for (const call of listOf(message.tool_calls)) prompt.addText(JSON.stringify(call))
}

function readPart(prompt: PromptReader, part: JsonObject): void {
  const breakpoint = readBreakpoint(part)
  const source = attachmentOf(part)
  if (source) prompt.addAttachment(source.kind, source.data, breakpoint)
  else prompt.addText(textOf(part.text) || textOf(part.refusal), breakpoint)
}

function attachmentOf(part: JsonObject): { kind: keyof Attachments; data: unknown } | undefined {
  switch (part.type) {
    case 'image_url':
      return { kind: 'images', data: objectOf(part.image_url).url }
    case 'file':
      return { kind: 'files', data: objectOf(part.file).file_data }
    case 'input_audio':
      return { kind: 'sounds', data: objectOf(part.input_audio).data }
    default:
      return undefined
  }
}

/** OpenAI's explicit cache breakpoint, which Chat and Responses share. */
export function readBreakpoint(part: JsonObject): 'short' | 'long' | undefined {
  if (!isObject(part.prompt_cache_breakpoint)) return undefined
  return part.prompt_cache_breakpoint.ttl === '12h' ? 'long' : 'short'
}

function trailingToolResults(messages: readonly JsonObject[]): string[] {
  const isResult = (message: JsonObject) => message.role === 'tool' || message.role === 'function'
  const start = messages.findLastIndex((message) => !isResult(message)) + 1
  return messages.slice(start).map((message) => contentText(message.content))
}

function readTool(tool: JsonObject): ToolOffer {
  if (tool.type === 'custom')
    return { name: textOf(objectOf(tool.custom).name), schema: {}, isFreeText: true }
  return readFunction(objectOf(tool.function))
}

function readFunction(declaration: JsonObject): ToolOffer {
  return { name: textOf(declaration.name), schema: declaration.parameters ?? { type: 'object' } }
}

function readToolChoice(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return { type: choice }
  if (!isObject(choice)) return { type: 'auto' }
  if (choice.type === 'allowed_tools') {
    return { type: objectOf(choice.allowed_tools).mode === 'required' ? 'required' : 'auto' }
  }
  return { type: 'named', name: textOf(objectOf(choice.function ?? choice.custom).name) }
}

function readFormat(format: JsonObject): OutputFormat | undefined {
  if (format.type === 'json_object') return { type: 'json' }
  if (format.type !== 'json_schema') return undefined
  return { type: 'schema', schema: objectOf(format.json_schema).schema }
}
