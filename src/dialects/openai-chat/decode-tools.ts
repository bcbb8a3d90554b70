import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { CustomTool, FunctionTool, Tool, ToolChoice } from '../../ir/request.ts'
import { invalidField, present, readObject, readText } from '../openai-parameters.ts'
import type { MemberNames } from '../places.ts'
import { breakpointName, decodeBreakpoint } from './decode-content.ts'
import { decodeFunction, decodeFunctionChoice } from './legacy-functions.ts'
import type { Notes } from './notes.ts'

const FUNCTION_FIELDS: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict'])

const LEGACY_NAMES: MemberNames = { name: 'name', parameters: 'parameters', isStrict: 'strict' }
const FUNCTION_NAMES: MemberNames = {
  name: 'function.name',
  parameters: 'function.parameters',
  isStrict: 'function.strict',
}
const CUSTOM_NAMES: MemberNames = { name: 'custom.name', grammar: 'custom.format' }

/** `tools`, or the deprecated `functions`, in their order. Throws `invalid_request`, also for a name that is used twice. */
export function decodeTools(body: JsonObject, notes: Notes): Tool[] {
  const tools = [
    ...entriesOf(body, 'tools').map((tool, index) => decodeTool(tool, `tools[${index}]`, notes)),
    ...entriesOf(body, 'functions').map((entry, index) => {
      const path = `functions[${index}]`
      return notes.places.note(decodeFunction(entry, path), path, LEGACY_NAMES)
    }),
  ]
  const names = new Set<string>()
  for (const tool of tools) {
    if (tool.type === 'hosted') continue
    if (names.has(tool.name))
      throw invalidField(notes.places.pathOf(tool) ?? 'tools', `repeats the tool name ${tool.name}`)
    names.add(tool.name)
  }
  return tools
}

/** `tool_choice`, or the deprecated `function_call`. Throws `invalid_request`, also for a tool that is not offered. */
export function decodeToolChoice(
  body: JsonObject,
  tools: readonly Tool[],
  notes: Notes,
): ToolChoice | undefined {
  const wire = body.tool_choice
  const choice =
    wire === undefined || wire === null ? decodeFunctionChoice(body.function_call) : decodeChoice(wire)
  if (choice === undefined) return undefined
  const path = wire === undefined || wire === null ? 'function_call' : 'tool_choice'
  const names = choice.type === 'tool' ? [choice.name] : choice.type === 'allowed' ? choice.names : []
  const unknown = names.find((name) => !tools.some((tool) => tool.type !== 'hosted' && tool.name === name))
  if (unknown !== undefined) throw invalidField(path, `names ${unknown}, which is none of the tools`)
  if (tools.length > 0) return notes.places.note(choice, path)
  // without tools there is nothing to choose from
  if (choice.type === 'auto' || choice.type === 'none') return undefined
  throw invalidField(path, 'asks for a tool, but the request has no tools')
}

function entriesOf(body: JsonObject, key: string): JsonObject[] {
  const list = body[key]
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw invalidField(key, 'must be a list')
  return list.map((entry: unknown, index) => {
    if (!isJsonObject(entry)) throw invalidField(`${key}[${index}]`, 'must be an object')
    return entry
  })
}

function decodeTool(wire: JsonObject, path: string, notes: Notes): Tool {
  const { type } = wire
  if (type === 'function') return decodeFunctionTool(wire, path, notes)
  if (type === 'custom') return notes.places.note(decodeCustomTool(wire, path), path, CUSTOM_NAMES)
  if (typeof type !== 'string') throw invalidField(`${path}.type`, 'must be function or custom')
  return notes.places.note({ type: 'hosted', dialect: 'openai-chat', kind: type, wire }, path)
}

function decodeFunctionTool(wire: JsonObject, path: string, notes: Notes): FunctionTool {
  const declared = readObject(wire, 'function', `${path}.function`)
  if (declared === undefined) throw invalidField(`${path}.function`, 'is missing')
  for (const [key, value] of Object.entries(declared)) {
    if (!FUNCTION_FIELDS.has(key) && value !== null) notes.hint(`${path}.function.${key}`, value)
  }
  const outside = breakpointName(wire)
  const inside = breakpointName(declared)
  const name = outside ?? (inside === undefined ? undefined : `function.${inside}`)
  const names = name === undefined ? FUNCTION_NAMES : { ...FUNCTION_NAMES, hasCacheBreakpoint: name }
  const breakpoint = decodeBreakpoint(wire) ?? decodeBreakpoint(declared)
  const tool: FunctionTool = {
    ...decodeFunction(declared, `${path}.function`),
    ...(breakpoint !== undefined && { hasCacheBreakpoint: breakpoint.lifetime ?? 'short' }),
  }
  return notes.places.note(tool, path, names)
}

function decodeCustomTool(wire: JsonObject, path: string): CustomTool {
  const custom = readObject(wire, 'custom', `${path}.custom`) ?? {}
  const name = readText(custom, 'name', `${path}.custom.name`)
  if (name === undefined || name === '') throw invalidField(`${path}.custom.name`, 'must be a non-empty text')
  const format = readObject(custom, 'format', `${path}.custom.format`)
  const grammar =
    format?.type === 'grammar' ? readObject(format, 'grammar', `${path}.custom.format.grammar`) : undefined
  return {
    type: 'custom',
    name,
    ...present('description', readText(custom, 'description', `${path}.custom.description`)),
    ...present('grammar', grammar),
  }
}

function decodeChoice(wire: unknown): ToolChoice {
  if (wire === 'auto' || wire === 'none' || wire === 'required') return { type: wire }
  if (!isJsonObject(wire)) throw invalidField('tool_choice', 'must be none, auto, required or an object')
  switch (wire.type) {
    case 'function':
    case 'custom':
      return { type: 'tool', name: toolNameOf(wire, 'tool_choice') }
    case 'allowed_tools':
      return decodeAllowed(wire)
    default:
      return { type: 'hosted', dialect: 'openai-chat', wire }
  }
}

function decodeAllowed(wire: JsonObject): ToolChoice {
  const path = 'tool_choice.allowed_tools'
  const allowed = readObject(wire, 'allowed_tools', path)
  const tools = allowed?.tools
  if (!Array.isArray(tools)) throw invalidField(`${path}.tools`, 'must be a list')
  const names = tools.map((tool: unknown, index) => {
    if (!isJsonObject(tool)) throw invalidField(`${path}.tools[${index}]`, 'must be an object')
    return toolNameOf(tool, `${path}.tools[${index}]`)
  })
  return { type: 'allowed', mode: allowed?.mode === 'required' ? 'required' : 'auto', names }
}

function toolNameOf(wire: JsonObject, path: string): string {
  const key = wire.type === 'custom' ? 'custom' : 'function'
  const name = readText(readObject(wire, key, `${path}.${key}`) ?? {}, 'name', `${path}.${key}.name`)
  if (name === undefined) throw invalidField(`${path}.${key}.name`, 'is missing')
  return name
}
