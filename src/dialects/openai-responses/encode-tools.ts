import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { ChatRequest, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../ir/request.ts'
import { fitsStrict } from '../fits-strict.ts'
import { keepPlace, placeOfChoice, placeOfTool } from '../places.ts'
import type { Report } from '../report.ts'
import { rootObjectSchema } from '../root-schema.ts'
import type { NameRule, ToolNames } from '../tool-names.ts'
import { nameTools, STRICT_NAMES } from '../tool-names.ts'
import { approximateOnce, dropOnce, type Encoding } from './encode-context.ts'
import { given } from './given.ts'
import { namespaceOf } from './tools.ts'

/** Names as this API wants them: it has custom tools and namespaces itself, so neither needs another form. */
export function nameForUpstream(
  request: ChatRequest,
  report: Report,
  rule: NameRule = STRICT_NAMES,
): ToolNames {
  const tools = request.tools.map(
    (tool): Tool =>
      tool.type === 'hosted' ? tool : keepPlace(request, { type: 'function', name: tool.name }, tool),
  )
  const names = nameTools({ ...request, tools }, rule, report)
  return { encode: (name) => names.encode(name), changed: names.changed }
}

/** @see https://platform.openai.com/docs/api-reference/responses/create (`tools`) */
export function encodeTools(encoding: Encoding): JsonObject[] {
  const { request, report } = encoding
  const kept = request.tools.filter((tool) => keepTool(encoding, tool))
  const [first] = request.tools
  if (first !== undefined && kept.length === 0 && request.toolChoice?.type !== 'none')
    report.refuse(placeOfTool(request, first), 'openai-responses has none of these tools')
  for (const tool of kept) reportTool(encoding, tool)
  return groupTools(kept, (tool) => encodeTool(tool, encoding), descriptionsOf(request))
}

/** Tools of another provider: offered ones are left out, needed ones refused. */
function keepTool(encoding: Encoding, tool: Tool): boolean {
  if (tool.type !== 'hosted' || tool.dialect === 'openai-responses') return true
  const path = placeOfTool(encoding.request, tool)
  if (hasWorked(encoding.request, tool))
    encoding.report.refuse(path, `openai-responses cannot read the earlier work of ${tool.kind}`)
  encoding.report.drop(path, `${tool.kind} is a tool that the upstream does not run`)
  return false
}

function hasWorked({ messages }: ChatRequest, { dialect }: HostedTool): boolean {
  return messages.some((message) =>
    message.parts.some((part) => part.type === 'hosted' && part.dialect === dialect),
  )
}

function reportTool(encoding: Encoding, tool: Tool): void {
  if (tool.type !== 'function') return
  const { request } = encoding
  if (tool.hasCacheBreakpoint !== undefined) {
    const path = placeOfTool(request, tool, 'hasCacheBreakpoint')
    dropOnce(encoding, path, 'openai-responses takes no breakpoint on tools')
  }
  if (tool.isDeferred === true && !searchesTools(request)) {
    const path = placeOfTool(request, tool, 'isDeferred')
    approximateOnce(encoding, path, 'tools whose loading is deferred are sent at once')
  }
}

function searchesTools({ tools }: ChatRequest): boolean {
  return tools.some((tool) => tool.type === 'hosted' && tool.kind === 'tool_search')
}

function encodeTool(tool: Tool, encoding: Encoding): JsonObject {
  const { names, request } = encoding
  if (tool.type === 'hosted') return tool.wire
  if (tool.type === 'custom') return encodeCustom(tool, names.encode(tool.name))
  const isDeferred = tool.isDeferred === true && searchesTools(request)
  const parameters = encodeParameters(encoding, tool)
  return {
    type: 'function',
    name: names.encode(tool.name),
    ...given({ description: tool.description }),
    parameters,
    ...encodeStrict(encoding, tool, parameters),
    ...(isDeferred && { defer_loading: true }),
  }
}

/** OpenAI takes objects only, and wants the schema to say so. */
function encodeParameters({ request, report }: Encoding, tool: FunctionTool): JsonObject {
  const { schema, change, obstacle } = rootObjectSchema(tool.parameters)
  const path = placeOfTool(request, tool, 'parameters')
  if (obstacle !== undefined) report.refuse(path, obstacle)
  if (change !== undefined) report.approximate(path, change)
  const { parameters = {} } = tool
  if (tool.isStrict === true && Object.keys(parameters).length === 0) return NO_PARAMETERS
  // without them it is refused, though it means the same
  return 'properties' in schema ? schema : { ...schema, properties: {} }
}

/** As strict mode wants to have it said. */
const NO_PARAMETERS = { type: 'object', properties: {}, required: [], additionalProperties: false }

/** Where it is left out this API tries to be strict, which changes what optional parameters mean; only its own clients know that. */
function encodeStrict(
  { request, report }: Encoding,
  tool: FunctionTool,
  parameters: JsonObject,
): { strict?: boolean } {
  const { isStrict } = tool
  if (isStrict === undefined && request.source === 'openai-responses') return {}
  if (isStrict !== true || request.source.startsWith('openai-') || fitsStrict(parameters))
    return { strict: isStrict ?? false }
  const reason =
    'calls are not held to a schema in which not every property is required, or others are allowed'
  report.approximate(placeOfTool(request, tool, 'isStrict'), reason)
  return { strict: false }
}

function encodeCustom({ description, grammar }: CustomTool, name: string): JsonObject {
  const format = grammar === undefined ? undefined : { type: 'grammar', ...grammar }
  return { type: 'custom', name, ...given({ description, format }) }
}

/** Tools of one namespace stand together where its first one stood. */
function groupTools(
  tools: readonly Tool[],
  encode: (tool: Tool) => JsonObject,
  descriptions: ReadonlyMap<string, string>,
): JsonObject[] {
  const encoded: JsonObject[] = []
  const groups = new Map<string, JsonObject[]>()
  for (const tool of tools) {
    const namespace = namespaceOf(tool)
    if (namespace === undefined) {
      encoded.push(encode(tool))
      continue
    }
    const members = groups.get(namespace)
    if (members !== undefined) {
      members.push(encode(tool))
      continue
    }
    const first = [encode(tool)]
    groups.set(namespace, first)
    encoded.push({
      type: 'namespace',
      name: namespace,
      description: descriptions.get(namespace) ?? '',
      tools: first,
    })
  }
  return encoded
}

/** What the client said about its namespaces. */
function descriptionsOf({ extras }: ChatRequest): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { dialect, value } of extras) {
    if (dialect !== 'openai-responses' || !isJsonObject(value)) continue
    const { namespace, description } = value
    if (typeof namespace === 'string' && typeof description === 'string') found.set(namespace, description)
  }
  return found
}

/** The request's tools as its client may have written them, for the answer that repeats them. */
export function echoTools(request: ChatRequest): JsonObject[] {
  return groupTools(request.tools, echoTool, descriptionsOf(request))
}

function echoTool(tool: Tool): JsonObject {
  if (tool.type === 'hosted') return tool.wire
  if (tool.type === 'custom') return encodeCustom(tool, tool.name)
  return {
    type: 'function',
    name: tool.name,
    description: tool.description ?? null,
    parameters: tool.parameters ?? null,
    strict: tool.isStrict ?? false,
    ...(tool.isDeferred === true && { defer_loading: true }),
  }
}

/** Undefined where there is nothing to choose from: OpenAI refuses a choice without tools. */
export function encodeToolChoice(encoding: Encoding): unknown {
  const { request, names, report, target } = encoding
  const { toolChoice, tools } = request
  if (toolChoice === undefined) return undefined
  if (tools.length === 0) {
    if (isForced(toolChoice)) report.drop(placeOfChoice(request), 'there are no tools to choose from')
    return undefined
  }
  if (toolChoice.type === 'hosted' && toolChoice.dialect !== 'openai-responses')
    report.refuse(placeOfChoice(request), 'openai-responses does not have the tool that must be used')
  if (isForced(toolChoice) && target.capabilities.forcedTools === 'no')
    report.refuse(placeOfChoice(request), 'the model decides itself whether it calls a tool')
  return writeToolChoice(toolChoice, tools, (name) => names.encode(name))
}

/** True where the model is to call a tool, whatever it thinks. */
function isForced(choice: ToolChoice): boolean {
  if (choice.type === 'auto' || choice.type === 'none') return false
  return choice.type !== 'allowed' || choice.mode === 'required'
}

export function echoToolChoice({ toolChoice, tools }: ChatRequest): unknown {
  return toolChoice === undefined ? 'auto' : writeToolChoice(toolChoice, tools, (name) => name)
}

function writeToolChoice(
  choice: ToolChoice,
  tools: readonly Tool[],
  encode: (name: string) => string,
): unknown {
  switch (choice.type) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.type
    case 'tool':
      return { type: kindOf(choice.name, tools), name: encode(choice.name) }
    case 'allowed':
      return {
        type: 'allowed_tools',
        mode: choice.mode,
        tools: choice.names.map((name) => ({ type: kindOf(name, tools), name: encode(name) })),
      }
    case 'hosted':
      return choice.wire
    default:
      return choice satisfies never
  }
}

function kindOf(name: string, tools: readonly Tool[]): 'function' | 'custom' {
  const tool = tools.find((each) => each.type !== 'hosted' && each.name === name)
  return tool?.type === 'custom' ? 'custom' : 'function'
}
