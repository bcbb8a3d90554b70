import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { FunctionTool, Tool, ToolChoice } from '../../ir/request.ts'
import type { MemberNames } from '../places.ts'
import { decodeCache } from './cache-control.ts'
import type { Place } from './decode-content.ts'
import type { ExtraList } from './extra-list.ts'
import { ID } from './id.ts'
import { typedToolFunction } from './typed-tools.ts'
import { flagAt, invalid, listAt, objectAt, optional, textAt } from './wire-fields.ts'

const MEMBER_NAMES: MemberNames = {
  name: 'name',
  parameters: 'input_schema',
  isStrict: 'strict',
  isDeferred: 'defer_loading',
  hasCacheBreakpoint: 'cache_control',
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'defer_loading',
  'allowed_callers',
])

/** `tools`. A tool that cannot be carried over at all becomes a contract among the extras. */
export function decodeTools(wire: unknown, place: Place): Tool[] {
  const tools = listAt(wire ?? [], place.path).flatMap((entry, index) => {
    const path = `${place.path}[${index}]`
    const decoded = decodeTool(objectAt(entry, path), { ...place, path })
    for (const tool of decoded) place.extras.places.note(tool, path, MEMBER_NAMES)
    return decoded
  })
  refuseDuplicates(tools, place)
  return tools
}

function decodeTool(tool: JsonObject, place: Place): Tool[] {
  const type = tool.type ?? 'custom'
  if (type === 'custom') return [decodeFunction(tool, place)]
  const typed = typedToolFunction(textAt(type, `${place.path}.type`), tool)
  if (typed === 'toolset') {
    place.extras.contract(place.path, tool)
    return []
  }
  if (typed === undefined)
    return [{ type: 'hosted', dialect: ID, kind: kindOf(textAt(type, place.path)), wire: tool }]
  // the schema is built into Claude; other models get it spelled out
  place.extras.hint(`${place.path}.type`, tool)
  return [{ ...typed, ...breakpointOf(tool) }]
}

function decodeFunction(tool: JsonObject, { path, extras }: Place): FunctionTool {
  const name = textAt(tool.name, `${path}.name`)
  const description = optional(tool, 'description', textAt, `${path}.description`)
  const parameters = optional(tool, 'input_schema', objectAt, `${path}.input_schema`)
  const isStrict = optional(tool, 'strict', flagAt, `${path}.strict`)
  extras.hintOthers(tool, KNOWN_FIELDS, path)
  noteCallers(tool.allowed_callers, { path: `${path}.allowed_callers`, extras })
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { parameters }),
    ...(isStrict !== undefined && { isStrict }),
    ...(tool.defer_loading === true && { isDeferred: true }),
    ...breakpointOf(tool),
  }
}

/** A tool that only code may call is none that a model elsewhere may call. */
function noteCallers(callers: unknown, { path, extras }: Place): void {
  if (!Array.isArray(callers) || (callers.length === 1 && callers[0] === 'direct')) return
  if (callers.includes('direct')) extras.hint(path, callers)
  else extras.contract(path, callers)
}

function breakpointOf(tool: JsonObject): { hasCacheBreakpoint?: 'short' | 'long' } {
  const cache = decodeCache(tool)
  return cache === undefined ? {} : { hasCacheBreakpoint: cache.lifetime ?? 'short' }
}

/** `web_search_20260318` is a `web_search`. */
function kindOf(type: string): string {
  return type.replace(/_?\d{8}$/, '')
}

function refuseDuplicates(tools: readonly Tool[], { path, extras }: Place): void {
  const seen = new Set<string>()
  for (const tool of tools) {
    const name = tool.type === 'hosted' ? tool.wire.name : tool.name
    if (typeof name !== 'string') continue
    if (seen.has(name))
      throw invalid(`${extras.places.pathOf(tool) ?? path}.name`, 'is used twice: tool names must be unique')
    seen.add(name)
  }
}

/** `tool_choice`, and what it says about calling several tools at once. */
export function decodeToolChoice(
  wire: JsonObject | undefined,
  tools: readonly Tool[],
  { places }: ExtraList,
): { toolChoice?: ToolChoice; allowsParallelCalls?: boolean } {
  if (wire === undefined) return {}
  const isSingle = optional(
    wire,
    'disable_parallel_tool_use',
    flagAt,
    'tool_choice.disable_parallel_tool_use',
  )
  return {
    toolChoice: places.note(decodeChoice(wire, tools), 'tool_choice'),
    ...(isSingle !== undefined && { allowsParallelCalls: !isSingle }),
  }
}

function decodeChoice(wire: JsonObject, tools: readonly Tool[]): ToolChoice {
  switch (wire.type) {
    case 'auto':
    case 'none':
      return { type: wire.type }
    case 'any':
      return { type: 'required' }
    case 'tool':
      return namedChoice(textAt(wire.name, 'tool_choice.name'), wire, tools)
    default:
      throw invalid('tool_choice.type', 'must be "auto", "any", "tool" or "none"')
  }
}

function namedChoice(name: string, wire: JsonObject, tools: readonly Tool[]): ToolChoice {
  const tool = tools.find((one) => (one.type === 'hosted' ? one.wire.name : one.name) === name)
  if (tool === undefined) throw invalid('tool_choice.name', `names no tool of this request: "${name}"`)
  return tool.type === 'hosted' ? { type: 'hosted', dialect: ID, wire } : { type: 'tool', name }
}

/** The names of the tools that the wire lists with `defer_loading` need a tool search to be found. */
export function isToolSearch(tool: Tool): boolean {
  return (
    tool.type === 'hosted' &&
    tool.dialect === ID &&
    isJsonObject(tool.wire) &&
    tool.kind.startsWith('tool_search')
  )
}
