import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Part, ToolCallPart } from '../../ir/part.ts'
import type { CustomTool, FunctionTool, HostedTool, Tool } from '../../ir/request.ts'
import { demandsGrammar, describeFreeText } from '../free-text-tool.ts'
import { placeOf, placeOfChoice, placeOfTool } from '../places.ts'
import { rootObjectSchema } from '../root-schema.ts'
import { strictSchema } from '../strict-schema.ts'
import { isToolSearch } from './decode-tools.ts'
import { approximateOnce, type Encoding } from './encoding.ts'
import { ID } from './id.ts'

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
  const tools = request.tools.flatMap((tool) => (offered.includes(tool) ? encodeTool(tool, encoding) : []))
  return request.tools.length === 0 ? stubsOfHistory(encoding) : tools
}

/** A choice among some of the tools is made by sending only those. A provider's own are accounted for where each is encoded. */
function offeredTools({ request, report }: Encoding): readonly Tool[] {
  const { toolChoice, tools } = request
  if (toolChoice?.type !== 'allowed') return tools
  report.approximate(placeOfChoice(request), 'only the allowed tools were sent')
  return tools.filter((tool) => tool.type === 'hosted' || toolChoice.names.includes(tool.name))
}

function encodeTool(tool: Tool, encoding: Encoding): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [typedTool(tool, encoding) ?? encodeFunction(tool, encoding)]
    case 'custom':
      return [encodeCustom(tool, encoding)]
    case 'hosted':
      return encodeHosted(tool, encoding)
    default:
      return tool satisfies never
  }
}

/** A tool that this format has a type of its own for, as its client spelled it. */
function typedTool(tool: FunctionTool, { request }: Encoding): JsonObject | undefined {
  if (request.source !== ID) return undefined
  const path = `${placeOfTool(request, tool)}.type`
  const extra = request.extras.find((one) => one.dialect === ID && one.path === path)
  return extra !== undefined && isJsonObject(extra.value) ? extra.value : undefined
}

function encodeFunction(tool: FunctionTool, encoding: Encoding): JsonObject {
  const { schema, isStrict } = encodeSchema(tool, encoding)
  return {
    name: encoding.names.encode(tool.name, tool.namespace),
    ...(tool.description !== undefined && { description: tool.description }),
    input_schema: schema,
    ...(isStrict && { strict: true }),
    ...encodeDeferral(tool, encoding),
    ...encoding.cache.toolFields(tool),
  }
}

function encodeSchema(tool: FunctionTool, { report, request, target }: Encoding) {
  const { schema, change, obstacle } = rootObjectSchema(tool.parameters)
  const at = (member: 'parameters' | 'isStrict') => placeOfTool(request, tool, member)
  if (obstacle !== undefined) report.refuse(at('parameters'), obstacle)
  if (change !== undefined) report.approximate(at('parameters'), change)
  if (tool.isStrict !== true) return { schema, isStrict: false }
  const strict = strictSchema(schema)
  if (strict.obstacle !== undefined || !target.capabilities.nativeSchema) {
    report.approximate(at('isStrict'), strict.obstacle ?? 'the model cannot be held to a schema')
    return { schema, isStrict: false }
  }
  if (strict.rewritten.length > 0)
    report.approximate(at('parameters'), `not enforced as written: ${strict.rewritten.join(', ')}`)
  return { schema: strict.schema, isStrict: true }
}

/** Deferred tools are found by Anthropic's own tool search only; without it the model must see them at once. */
function encodeDeferral(tool: FunctionTool, encoding: Encoding): JsonObject {
  if (tool.isDeferred !== true) return {}
  if (encoding.request.tools.some(isToolSearch)) return { defer_loading: true }
  const path = placeOfTool(encoding.request, tool, 'isDeferred')
  approximateOnce(encoding, path, 'deferred tools were sent at once')
  return {}
}

function encodeCustom(tool: CustomTool, encoding: Encoding): JsonObject {
  const { request, report } = encoding
  if (demandsGrammar(request, tool))
    report.refuse(
      placeOfTool(request, tool, 'grammar'),
      'Anthropic cannot hold the input of a tool to a grammar',
    )
  const description = describeFreeText(tool)
  report.approximate(placeOfTool(request, tool), 'a tool of free text became a function with one string')
  return {
    name: encoding.names.encode(tool.name, tool.namespace),
    ...(description !== undefined && { description }),
    input_schema: FREE_TEXT_SCHEMA,
  }
}

/** Another provider's own tool: agents always list some, so that it is missed only where it was needed. */
function encodeHosted(tool: HostedTool, { request, report }: Encoding): JsonObject[] {
  if (tool.dialect === ID) return [tool.wire]
  const isNeeded = request.toolChoice?.type !== 'none' && request.tools.every(({ type }) => type === 'hosted')
  const path = placeOfTool(request, tool)
  if (isNeeded)
    report.refuse(path, `Anthropic has no ${tool.kind} of ${tool.dialect}, and there is no other tool`)
  report.drop(path, `Anthropic has no ${tool.kind} of ${tool.dialect}`)
  return []
}

/** Tools that only history knows: without any definition the API refuses their calls. */
function stubsOfHistory(encoding: Encoding): JsonObject[] {
  const { names, report, request } = encoding
  const calls = request.messages.flatMap(({ parts }) =>
    (parts as readonly Part[]).filter((part): part is ToolCallPart => part.type === 'tool-call'),
  )
  const [first] = calls
  if (first !== undefined) {
    const reason = 'tools that only history knows were declared, and not offered'
    report.approximate(placeOf(request, first), reason)
  }
  const known = new Set(calls.map((call) => names.encode(call.name, call.namespace)))
  return [...known].map((name) => ({ name, input_schema: { type: 'object', properties: {} } }))
}
