import type { JsonObject } from '../../core/json.ts'
import type { Part, ToolCallPart } from '../../ir/part.ts'
import type { ChatRequest, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { demandsGrammar, describeFreeText } from '../free-text-tool.ts'
import { placeOf, placeOfChoice, placeOfTool } from '../places.ts'
import { rootObjectSchema } from '../root-schema.ts'
import { strictSchema } from '../strict-schema.ts'
import { approximateOnce, type Encoding } from './encoding.ts'

/** What a tool of free text is asked for in this format; the answer's `input` is unwrapped again. */
const FREE_TEXT_SCHEMA = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The input of the tool, as free text.' } },
  required: ['input'],
}

/** `toolConfig`, undefined without tools. Throws `unsupported_parameter` for a tool that is needed and cannot be had. */
export function encodeTools(encoding: Encoding): JsonObject | undefined {
  const { request, report } = encoding
  const { toolChoice } = request
  const history = callsOfHistory(request)
  // there is no choice of none: what may not be called is not sent, unless the history would be refused without it
  if (toolChoice?.type === 'none' && history.length === 0) return undefined
  const tools = request.tools.length === 0 ? stubs(history, encoding) : offered(encoding)
  if (tools.length === 0) {
    if (isForced(toolChoice)) report.refuse(placeOfChoice(request), 'none of the tools can be sent')
    return undefined
  }
  if (toolChoice?.type === 'none')
    report.approximate(placeOfChoice(request), 'Bedrock cannot forbid the tools that the history needs')
  if (request.allowsParallelCalls === false && request.tools.length > 0)
    report.drop(clientPath(request.source, 'allowsParallelCalls'), 'Bedrock has no such setting')
  const choice = request.tools.length === 0 ? undefined : encodeChoice(toolChoice, encoding)
  return { tools, ...(choice && { toolChoice: choice }) }
}

function isForced(toolChoice: ToolChoice | undefined): boolean {
  if (toolChoice === undefined || toolChoice.type === 'auto' || toolChoice.type === 'none') return false
  return toolChoice.type !== 'allowed' || toolChoice.mode === 'required'
}

/** A choice among some of the tools is made by sending only those. */
function offered(encoding: Encoding): JsonObject[] {
  const { request, report } = encoding
  const { toolChoice } = request
  if (toolChoice?.type === 'allowed')
    report.approximate(placeOfChoice(request), 'only the allowed tools were sent')
  return request.tools.flatMap((tool) => {
    const isLeftOut =
      toolChoice?.type === 'allowed' && tool.type !== 'hosted' && !toolChoice.names.includes(tool.name)
    return isLeftOut ? [] : encodeTool(tool, encoding)
  })
}

function encodeTool(tool: Tool, encoding: Encoding): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return encodeFunction(tool, encoding)
    case 'custom':
      return [encodeCustom(tool, encoding)]
    case 'hosted':
      return encodeHosted(tool, encoding)
    default:
      return tool satisfies never
  }
}

function encodeFunction(tool: FunctionTool, encoding: Encoding): JsonObject[] {
  const { cache, names, request } = encoding
  if (tool.isDeferred === true)
    approximateOnce(encoding, placeOfTool(request, tool, 'isDeferred'), 'deferred tools were sent at once')
  const { json, isStrict } = inputSchema(tool, encoding)
  const toolSpec = {
    name: names.encode(tool.name, tool.namespace),
    // an empty one is refused
    ...(tool.description !== undefined && tool.description !== '' && { description: tool.description }),
    inputSchema: { json },
    ...(isStrict && { strict: true }),
  }
  return [{ toolSpec }, ...cache.afterTool(tool)]
}

/** What a tool is called with, and whether its calls are held to it. */
function inputSchema(
  tool: FunctionTool,
  { report, request, target }: Encoding,
): { readonly json: JsonObject; readonly isStrict: boolean } {
  const { schema, change, obstacle } = rootObjectSchema(tool.parameters)
  const at = (member: 'parameters' | 'isStrict') => placeOfTool(request, tool, member)
  if (obstacle !== undefined) report.refuse(at('parameters'), obstacle)
  if (change !== undefined) report.approximate(at('parameters'), change)
  if (tool.isStrict !== true) return { json: schema, isStrict: false }
  const strict = strictSchema(schema)
  if (strict.obstacle !== undefined || !target.capabilities.nativeSchema) {
    report.approximate(at('isStrict'), strict.obstacle ?? 'the arguments are not held to the schema')
    return { json: schema, isStrict: false }
  }
  if (strict.rewritten.length > 0)
    report.approximate(at('parameters'), `not enforced as written: ${strict.rewritten.join(', ')}`)
  return { json: strict.schema, isStrict: true }
}

function encodeCustom(tool: CustomTool, { names, report, request }: Encoding): JsonObject {
  if (demandsGrammar(request, tool))
    report.refuse(
      placeOfTool(request, tool, 'grammar'),
      'Bedrock cannot hold the input of a tool to a grammar',
    )
  const description = describeFreeText(tool)
  report.approximate(placeOfTool(request, tool), 'a tool of free text became a function with one string')
  return {
    toolSpec: {
      name: names.encode(tool.name, tool.namespace),
      ...(description !== undefined && description !== '' && { description }),
      inputSchema: { json: FREE_TEXT_SCHEMA },
    },
  }
}

/** Another provider's own tool: agents always list some, so that it is missed only where it was needed. */
function encodeHosted(tool: HostedTool, { request, report }: Encoding): JsonObject[] {
  const isNeeded = request.toolChoice?.type !== 'none' && request.tools.every(({ type }) => type === 'hosted')
  const reason = `Bedrock has no ${tool.kind} of ${tool.dialect}`
  const path = placeOfTool(request, tool)
  if (isNeeded) report.refuse(path, `${reason}, and there is no other tool`)
  report.drop(path, reason)
  return []
}

function encodeChoice(choice: ToolChoice | undefined, encoding: Encoding): JsonObject | undefined {
  const { report, request, target } = encoding
  if (isForced(choice) && target.capabilities.forcedTools === 'no')
    report.refuse(placeOfChoice(request), 'this model cannot be forced to call a tool; ask for "auto"')
  switch (choice?.type) {
    case undefined:
    case 'auto':
    case 'none':
      return undefined
    case 'required':
      return { any: {} }
    case 'allowed':
      return choice.mode === 'required' ? { any: {} } : undefined
    case 'tool':
      return { tool: { name: encodedName(choice.name, encoding) } }
    case 'hosted':
      return report.refuse(placeOfChoice(request), "another provider's own tool cannot be asked for")
    default:
      return choice satisfies never
  }
}

function encodedName(name: string, { request, names }: Encoding): string {
  const tool = request.tools.find((one) => one.type !== 'hosted' && one.name === name)
  return names.encode(name, tool === undefined || tool.type === 'hosted' ? undefined : tool.namespace)
}

function callsOfHistory({ messages }: ChatRequest): readonly ToolCallPart[] {
  return messages.flatMap(({ parts }) =>
    (parts as readonly Part[]).filter((part): part is ToolCallPart => part.type === 'tool-call'),
  )
}

/** Tools that only history knows: without any definition the API refuses their calls. */
function stubs(calls: readonly ToolCallPart[], { names, report, request }: Encoding): JsonObject[] {
  const [first] = calls
  if (first !== undefined)
    report.approximate(placeOf(request, first), 'tools that only history knows were declared')
  const known = new Set(calls.map((call) => names.encode(call.name, call.namespace)))
  return [...known].map((name) => ({
    toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } },
  }))
}
