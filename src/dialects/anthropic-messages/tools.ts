import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { CustomTool, FunctionTool, HostedTool, Tool } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { demandsGrammar, describeFreeText } from '../free-text-tool.ts'
import { isToolSearch } from './decode-tools.ts'
import { approximateOnce, type Encoding } from './encoding.ts'
import { ID } from './id.ts'
import { rootObjectSchema } from './root-schema.ts'
import { strictSchema } from './strict-schema.ts'

/** What a tool of free text is asked for in this format; the answer's `input` is unwrapped again. */
const FREE_TEXT_SCHEMA = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The input of the tool, as free text.' } },
  required: ['input'],
}

/** `tools`. Throws `unsupported_parameter` for a tool that the request needs and Claude cannot have. */
export function encodeTools(encoding: Encoding): JsonObject[] {
  const { request } = encoding
  const offered = offeredTools(encoding)
  const tools = request.tools.flatMap((tool, index) =>
    offered.includes(tool) ? encodeTool(tool, `tools[${index}]`, encoding) : [],
  )
  return request.tools.length === 0 ? stubsOfHistory(encoding) : tools
}

/** A choice among some of the tools is made by sending only those. */
function offeredTools({ request, report }: Encoding): readonly Tool[] {
  const { toolChoice, tools } = request
  if (toolChoice?.type !== 'allowed') return tools
  report.approximate(clientPath(request.source, 'toolChoice'), 'only the allowed tools were sent')
  return tools.filter((tool) => tool.type !== 'hosted' && toolChoice.names.includes(tool.name))
}

function encodeTool(tool: Tool, path: string, encoding: Encoding): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [typedTool(path, encoding) ?? encodeFunction(tool, path, encoding)]
    case 'custom':
      return [encodeCustom(tool, path, encoding)]
    case 'hosted':
      return encodeHosted(tool, path, encoding)
    default:
      return tool satisfies never
  }
}

/** A tool that this format has a type of its own for, as its client spelled it. */
function typedTool(path: string, { request }: Encoding): JsonObject | undefined {
  const extra = request.extras.find((one) => one.dialect === ID && one.path === `${path}.type`)
  return extra !== undefined && isJsonObject(extra.value) ? extra.value : undefined
}

function encodeFunction(tool: FunctionTool, path: string, encoding: Encoding): JsonObject {
  const { schema, isStrict } = encodeSchema(tool, path, encoding)
  return {
    name: encoding.names.encode(tool.name, tool.namespace),
    ...(tool.description !== undefined && { description: tool.description }),
    input_schema: schema,
    ...(isStrict && { strict: true }),
    ...encodeDeferral(tool, path, encoding),
    ...encodeBreakpoint(tool, path, encoding),
  }
}

function encodeSchema(tool: FunctionTool, path: string, { report, target }: Encoding) {
  const { schema, change, obstacle } = rootObjectSchema(tool.parameters)
  if (obstacle !== undefined) report.refuse(path, obstacle)
  if (change !== undefined) report.approximate(path, change)
  if (tool.isStrict !== true) return { schema, isStrict: false }
  const strict = strictSchema(schema)
  if (strict.obstacle !== undefined || !target.capabilities.nativeSchema) {
    report.approximate(`${path}.strict`, strict.obstacle ?? 'the model cannot be held to a schema')
    return { schema, isStrict: false }
  }
  if (strict.rewritten.length > 0)
    report.approximate(path, `not enforced as written: ${strict.rewritten.join(', ')}`)
  return { schema: strict.schema, isStrict: true }
}

/** Deferred tools are found by Anthropic's own tool search only; without it the model must see them at once. */
function encodeDeferral(tool: FunctionTool, path: string, encoding: Encoding): JsonObject {
  if (tool.isDeferred !== true) return {}
  if (encoding.request.tools.some(isToolSearch)) return { defer_loading: true }
  approximateOnce(encoding, path, 'deferred tools were sent at once')
  return {}
}

function encodeBreakpoint(tool: FunctionTool, path: string, { cache }: Encoding): JsonObject {
  if (tool.hasCacheBreakpoint === undefined) return {}
  return cache.fields({ lifetime: tool.hasCacheBreakpoint }, path)
}

function encodeCustom(tool: CustomTool, path: string, encoding: Encoding): JsonObject {
  if (demandsGrammar(encoding.request, tool))
    encoding.report.refuse(path, 'Anthropic cannot hold the input of a tool to a grammar')
  const description = describeFreeText(tool)
  encoding.report.approximate(path, 'a tool of free text became a function with one string')
  return {
    name: encoding.names.encode(tool.name, tool.namespace),
    ...(description !== undefined && { description }),
    input_schema: FREE_TEXT_SCHEMA,
  }
}

/** Another provider's own tool: agents always list some, so that it is missed only where it was needed. */
function encodeHosted(tool: HostedTool, path: string, { request, report }: Encoding): JsonObject[] {
  if (tool.dialect === ID) return [tool.wire]
  const isNeeded = request.toolChoice?.type !== 'none' && request.tools.every(({ type }) => type === 'hosted')
  if (isNeeded)
    report.refuse(path, `Anthropic has no ${tool.kind} of ${tool.dialect}, and there is no other tool`)
  report.drop(path, `Anthropic has no ${tool.kind} of ${tool.dialect}`)
  return []
}

/** Tools that only history knows: without any definition the API refuses their calls. */
function stubsOfHistory(encoding: Encoding): JsonObject[] {
  const names = new Set<string>()
  for (const message of encoding.request.messages) {
    for (const part of message.parts) {
      if (part.type === 'tool-call') names.add(encoding.names.encode(part.name, part.namespace))
    }
  }
  if (names.size > 0) {
    const path = clientPath(encoding.request.source, 'tools')
    encoding.report.approximate(path, 'tools that only history knows were declared, and not offered')
  }
  return [...names].map((name) => ({ name, input_schema: { type: 'object', properties: {} } }))
}
