import { type Ask, type OutputFormat, PromptReader, type ToolChoice, type ToolOffer } from './ask.ts'
import { isObject, type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import { contentText, readBreakpoint } from './read-chat.ts'

/** Reads a Responses request. @see https://platform.openai.com/docs/api-reference/responses/create */
export function readResponses(body: JsonObject): Ask {
  const prompt = new PromptReader()
  const items = itemsOf(body.input)
  const tools = [
    ...objectsOf(body.tools),
    ...items.filter(isToolList).flatMap((item) => objectsOf(item.tools)),
  ]
  for (const tool of tools) prompt.addText(JSON.stringify(tool))
  prompt.addText(textOf(body.instructions))
  for (const item of items.filter((each) => !isToolList(each))) readItem(prompt, item)
  const effort = textOf(objectOf(body.reasoning).effort)
  const cacheKey = textOf(body.prompt_cache_key)
  return {
    blocks: prompt.blocks,
    lastUserText: contentText(items.findLast((item) => item.role === 'user')?.content),
    toolResults: trailingToolResults(items),
    attachments: prompt.attachments,
    tools: tools.flatMap((tool) => readTool(tool)),
    toolChoice: readToolChoice(body.tool_choice),
    isParallel: body.parallel_tool_calls !== false,
    maxOutputTokens: numberOf(body.max_output_tokens),
    stopSequences: [],
    hasReasoning: effort !== '' && effort !== 'none',
    format: readFormat(objectOf(objectOf(body.text).format)),
    choiceCount: 1,
    ...(cacheKey === '' ? {} : { cacheKey }),
  }
}

/** The input as items, a plain string included. */
export function itemsOf(input: unknown): readonly JsonObject[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : objectsOf(input)
}

function isToolList(item: JsonObject): boolean {
  return item.type === 'additional_tools'
}

function readItem(prompt: PromptReader, item: JsonObject): void {
  if (isMessage(item)) readContent(prompt, item.content)
  else if (isResult(item)) readContent(prompt, item.output)
  else prompt.addText(JSON.stringify(item))
}

function isMessage({ type }: JsonObject): boolean {
  return type === undefined || type === 'message'
}

function isResult({ type }: JsonObject): boolean {
  return type === 'function_call_output' || type === 'custom_tool_call_output'
}

function readContent(prompt: PromptReader, content: unknown): void {
  if (typeof content === 'string') prompt.addText(content)
  for (const part of objectsOf(typeof content === 'string' ? [] : content)) readPart(prompt, part)
}

function readPart(prompt: PromptReader, part: JsonObject): void {
  const breakpoint = readBreakpoint(part)
  const { image_url, file_data, file_url, file_id } = part
  if (part.type === 'input_image') prompt.addAttachment('images', image_url ?? file_id, breakpoint)
  else if (part.type === 'input_file')
    prompt.addAttachment('files', file_data ?? file_url ?? file_id, breakpoint)
  else prompt.addText(textOf(part.text) || textOf(part.refusal), breakpoint)
}

function trailingToolResults(items: readonly JsonObject[]): string[] {
  const start = items.findLastIndex((item) => !isResult(item)) + 1
  return items.slice(start).map((item) => contentText(item.output))
}

function readTool(tool: JsonObject, namespace?: string): ToolOffer[] {
  const name = textOf(tool.name)
  const group = namespace === undefined ? {} : { namespace }
  switch (tool.type) {
    case 'function':
      return [{ name, schema: tool.parameters ?? { type: 'object' }, ...group }]
    case 'custom':
      return [{ name, schema: {}, isFreeText: true, ...group }]
    case 'namespace':
      return objectsOf(tool.tools).flatMap((member) => readTool(member, name))
    default:
      return [] // hosted tools are run by the provider; this one runs none
  }
}

function readToolChoice(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return { type: choice }
  if (!isObject(choice)) return { type: 'auto' }
  if (choice.type === 'function' || choice.type === 'custom')
    return { type: 'named', name: textOf(choice.name) }
  const isRequired =
    choice.type === 'allowed_tools' && choice.mode === 'required' && listOf(choice.tools).length > 0
  return { type: isRequired ? 'required' : 'auto' }
}

function readFormat(format: JsonObject): OutputFormat | undefined {
  if (format.type === 'json_object') return { type: 'json' }
  return format.type === 'json_schema' ? { type: 'schema', schema: format.schema } : undefined
}
