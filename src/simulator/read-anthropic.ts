import { type Ask, PromptReader, type ToolChoice } from './ask.ts'
import { isObject, type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import { contentText } from './read-chat.ts'

/** Reads an Anthropic Messages request. @see https://docs.anthropic.com/en/api/messages */
export function readAnthropic(body: JsonObject): Ask {
  const prompt = new PromptReader()
  const tools = objectsOf(body.tools)
  for (const tool of tools) prompt.addText(JSON.stringify(withoutCacheControl(tool)), readBreakpoint(tool))
  readContent(prompt, body.system)
  const messages = objectsOf(body.messages)
  for (const message of messages) readContent(prompt, message.content)
  markEnd(prompt, body)
  const format = objectOf(objectOf(body.output_config).format ?? body.output_format)
  return {
    blocks: prompt.blocks,
    lastUserText: lastUserText(messages),
    toolResults: toolResults(messages.at(-1)),
    attachments: prompt.attachments,
    tools: tools
      .filter(isCallable)
      .map((tool) => ({ name: textOf(tool.name), schema: tool.input_schema ?? {} })),
    toolChoice: readToolChoice(objectOf(body.tool_choice)),
    isParallel: objectOf(body.tool_choice).disable_parallel_tool_use !== true,
    maxOutputTokens: numberOf(body.max_tokens),
    stopSequences: listOf(body.stop_sequences).map(textOf),
    hasReasoning: ['enabled', 'adaptive', 'between_tools'].includes(textOf(objectOf(body.thinking).type)),
    format: format.type === 'json_schema' ? { type: 'schema', schema: format.schema } : undefined,
    choiceCount: 1,
  }
}

/** A message's content as blocks, a plain string included. */
export function blocksOf(content: unknown): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content)
}

function readContent(prompt: PromptReader, content: unknown): void {
  for (const block of blocksOf(content)) readBlock(prompt, block)
}

function readBlock(prompt: PromptReader, block: JsonObject): void {
  const breakpoint = readBreakpoint(block)
  const kind = block.type === 'image' ? 'images' : block.type === 'document' ? 'files' : undefined
  const source = objectOf(block.source)
  if (block.type === 'tool_result') readContent(prompt, block.content)
  if (kind) prompt.addAttachment(kind, source.data ?? source.url, breakpoint)
  else prompt.addText(blockText(block), breakpoint)
}

function blockText(block: JsonObject): string {
  switch (block.type) {
    case 'text':
      return textOf(block.text)
    case 'thinking':
      return textOf(block.thinking)
    case 'tool_result':
      return textOf(block.tool_use_id)
    default:
      return JSON.stringify(withoutCacheControl(block))
  }
}

function readBreakpoint({ cache_control: control }: JsonObject): 'short' | 'long' | undefined {
  if (!isObject(control)) return undefined
  return control.ttl === '1h' ? 'long' : 'short'
}

// a top-level cache_control stands for a breakpoint on the last block
function markEnd(prompt: PromptReader, body: JsonObject): void {
  const breakpoint = readBreakpoint(body)
  const last = prompt.blocks.at(-1)
  if (breakpoint && last) prompt.blocks.splice(-1, 1, { ...last, breakpoint })
}

function withoutCacheControl({ cache_control: _control, ...rest }: JsonObject): JsonObject {
  return rest
}

function isCallable(tool: JsonObject): boolean {
  return isObject(tool.input_schema) && tool.defer_loading !== true
}

function lastUserText(messages: readonly JsonObject[]): string {
  const texts = messages
    .filter((message) => message.role === 'user')
    .map((message) => contentText(message.content))
  return texts.findLast((text) => text !== '') ?? ''
}

function toolResults(last: JsonObject | undefined): string[] {
  const results = blocksOf(last?.content).filter((block) => block.type === 'tool_result')
  return results.map((block) => contentText(block.content))
}

function readToolChoice({ type, name }: JsonObject): ToolChoice {
  if (type === 'tool') return { type: 'named', name: textOf(name) }
  if (type === 'any') return { type: 'required' }
  return { type: type === 'none' ? 'none' : 'auto' }
}
