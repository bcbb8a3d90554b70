import type { JsonObject } from '../../core/json.ts'
import type { ToolName } from '../../ir/conversion.ts'
import type { ToolCallPart } from '../../ir/part.ts'
import type { CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../ir/request.ts'
import { fitsStrict } from '../fits-strict.ts'
import { demandsGrammar, describeFreeText } from '../free-text-tool.ts'
import { placeOf, placeOfChoice, placeOfTool } from '../places.ts'
import { rootObjectSchema } from '../root-schema.ts'
import { openAiCallId } from './call-id.ts'
import { approximateOnce, dropOnce, type Encoding, leaveReasoningOut } from './target.ts'

/** `tools`, `tool_choice` and `parallel_tool_calls`; nothing where no tools are left. Throws `unsupported_parameter`. */
export function encodeTools(encoding: Encoding): JsonObject {
  const { request } = encoding
  const allowed = narrowed(encoding)
  const tools = request.tools.flatMap((tool) =>
    allowed === undefined || tool.type === 'hosted' || allowed.has(tool.name)
      ? encodeTool(encoding, tool)
      : [],
  )
  if (tools.length === 0) {
    if (isForced(request.toolChoice))
      encoding.report.drop(placeOfChoice(request), 'there are no tools to choose from')
    return {}
  }
  const choice = request.toolChoice === undefined ? undefined : encodeChoice(encoding, request.toolChoice)
  return {
    tools,
    ...(choice !== undefined && { tool_choice: choice }),
    ...(request.allowsParallelCalls !== undefined && { parallel_tool_calls: request.allowsParallelCalls }),
  }
}

/** A call of an earlier turn. */
export function encodeToolCall(encoding: Encoding, part: ToolCallPart): JsonObject {
  const { callId, namespace, kind, input } = part
  const id = encodeCallId(encoding, callId)
  const name = encoding.names.encode(part.name, namespace)
  const signature = encodeSignature(encoding, part)
  if (part.cache !== undefined)
    dropOnce(
      encoding,
      placeOf(encoding.request, part, 'cache'),
      'tool calls of Chat take no cache breakpoints',
    )
  if (kind === 'custom' && encoding.isOpenAi) return { id, type: 'custom', custom: { name, input } }
  const text = kind === 'custom' ? JSON.stringify({ input }) : input === '' ? '{}' : input
  return { id, type: 'function', function: { name, arguments: text }, ...signature }
}

/** Some servers keep more in their ids than OpenAI has room for, and want it back. */
export function encodeCallId({ isOpenAi }: Encoding, callId: string): string {
  return isOpenAi ? openAiCallId(callId) : callId
}

/** Without the marks of wrapped custom tools where the upstream takes those as they are. */
export function toolNamesFor({ isOpenAi, names }: Encoding): ReadonlyMap<string, ToolName> {
  if (!isOpenAi) return names.changed
  const changed = new Map<string, ToolName>()
  for (const [encoded, { isWrappedCustom, ...name }] of names.changed)
    if (encoded !== name.name || isWrappedCustom !== true) changed.set(encoded, name)
  return changed
}

/** Google's own Chat endpoint wants its signatures back where it put them. */
function encodeSignature(encoding: Encoding, part: ToolCallPart): JsonObject {
  const { carrier } = part
  if (carrier === undefined) return {}
  if (carrier.origin === 'openai-chat' && carrier.kind === 'thought-signature' && !encoding.isOpenAi)
    return { extra_content: { google: { thought_signature: carrier.payload } } }
  leaveReasoningOut(encoding, part)
  return {}
}

function encodeTool(encoding: Encoding, tool: Tool): JsonObject | [] {
  switch (tool.type) {
    case 'function':
      return encodeFunction(encoding, tool)
    case 'custom':
      return encodeCustom(encoding, tool)
    case 'hosted':
      return encodeHosted(encoding, tool)
    default:
      return tool satisfies never
  }
}

function encodeFunction(encoding: Encoding, tool: FunctionTool): JsonObject {
  const { description } = tool
  const parameters = encodeParameters(encoding, tool)
  const isStrict = strictness(encoding, tool, parameters)
  const at = (member: 'isDeferred' | 'hasCacheBreakpoint') => placeOfTool(encoding.request, tool, member)
  if (tool.isDeferred === true)
    approximateOnce(encoding, at('isDeferred'), 'Chat cannot defer tools: it is offered at once')
  if (tool.hasCacheBreakpoint !== undefined)
    dropOnce(encoding, at('hasCacheBreakpoint'), 'tools of Chat take no cache breakpoints')
  return {
    type: 'function',
    function: {
      name: encoding.names.encode(tool.name, tool.namespace),
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(isStrict !== undefined && { strict: isStrict }),
    },
  }
}

/** OpenAI takes objects only, without alternatives at the root; what other servers take is theirs to say. */
function encodeParameters(encoding: Encoding, tool: FunctionTool): JsonObject | undefined {
  const { isOpenAi, report, request } = encoding
  if (tool.parameters === undefined || !isOpenAi) return tool.parameters
  const { schema, change, obstacle } = rootObjectSchema(tool.parameters)
  const path = placeOfTool(request, tool, 'parameters')
  if (obstacle !== undefined) report.refuse(path, obstacle)
  if (change !== undefined) report.approximate(path, change)
  // without them it is refused, though it means the same
  return 'properties' in schema ? schema : { ...schema, properties: {} }
}

/** Messages and Gemini hold calls to any schema; Chat only to one that is closed. */
function strictness(
  { report, request }: Encoding,
  tool: FunctionTool,
  parameters: JsonObject | undefined,
): boolean | undefined {
  const isForeign = request.source === 'anthropic-messages' || request.source === 'gemini'
  if (tool.isStrict !== true || !isForeign) return tool.isStrict
  if (parameters === undefined) return undefined
  if (fitsStrict(parameters)) return true
  const reason = 'Chat holds calls strictly to closed schemas only'
  report.approximate(placeOfTool(request, tool, 'isStrict'), reason)
  return false
}

function encodeCustom(encoding: Encoding, tool: CustomTool): JsonObject {
  const { request, report } = encoding
  const { name, namespace, description, grammar } = tool
  const encoded = encoding.names.encode(name, namespace)
  if (encoding.isOpenAi) {
    const format = grammar === undefined ? {} : { format: { type: 'grammar', grammar } }
    return {
      type: 'custom',
      custom: { name: encoded, ...(description !== undefined && { description }), ...format },
    }
  }
  if (demandsGrammar(request, tool))
    report.refuse(placeOfTool(request, tool, 'grammar'), 'the upstream knows no grammars for tools')
  const described = describeFreeText(tool)
  report.approximate(placeOfTool(request, tool), 'a custom tool became a function with one text')
  const parameters = {
    type: 'object',
    properties: { input: { type: 'string' } },
    required: ['input'],
    additionalProperties: false,
  }
  return {
    type: 'function',
    function: { name: encoded, ...(described !== undefined && { description: described }), parameters },
  }
}

/** An offer among others may go; a tool that is all there is may not. */
function encodeHosted({ request, report }: Encoding, tool: HostedTool): JsonObject | [] {
  if (tool.dialect === 'openai-chat') return tool.wire
  const reason = `Chat has no ${tool.kind} tool of the provider's own`
  const isNeeded = request.toolChoice?.type !== 'none' && request.tools.every(({ type }) => type === 'hosted')
  if (isNeeded) report.refuse(placeOfTool(request, tool), reason)
  report.drop(placeOfTool(request, tool), reason)
  return []
}

/** The names that may be called, for a server that cannot be told of them: it is offered no others. */
function narrowed(encoding: Encoding): ReadonlySet<string> | undefined {
  const { toolChoice: choice } = encoding.request
  if (encoding.isOpenAi || choice?.type !== 'allowed') return undefined
  approximateOnce(encoding, placeOfChoice(encoding.request), 'only the allowed tools are offered')
  return new Set(choice.names)
}

function encodeChoice(encoding: Encoding, choice: ToolChoice): unknown {
  const { report, request, target, isOpenAi } = encoding
  if (isForced(choice) && target.capabilities.forcedTools === 'no')
    report.refuse(placeOfChoice(request), 'the model cannot be made to call a tool')
  switch (choice.type) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.type
    case 'tool':
      return encodeNamed(encoding, choice.name)
    case 'allowed': {
      if (!isOpenAi) return choice.mode
      const tools = choice.names.map((name) => encodeNamed(encoding, name))
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools } }
    }
    case 'hosted':
      if (choice.dialect === 'openai-chat') return choice.wire
      return report.refuse(placeOfChoice(request), "Chat has none of another provider's own tools")
    default:
      return choice satisfies never
  }
}

/** True where the model is to call a tool, whatever it thinks. */
function isForced(choice: ToolChoice | undefined): boolean {
  if (choice === undefined || choice.type === 'auto' || choice.type === 'none') return false
  return choice.type !== 'allowed' || choice.mode === 'required'
}

function encodeNamed({ request, names, isOpenAi }: Encoding, name: string): JsonObject {
  const tool = request.tools.find((candidate) => candidate.type !== 'hosted' && candidate.name === name)
  const namespace = tool === undefined || tool.type === 'hosted' ? undefined : tool.namespace
  const encoded = names.encode(name, namespace)
  if (tool?.type === 'custom' && isOpenAi) return { type: 'custom', custom: { name: encoded } }
  return { type: 'function', function: { name: encoded } }
}
