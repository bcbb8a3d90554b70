import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { CustomTool, Extra, FunctionTool, Tool, ToolChoice } from '../../ir/request.ts'
import type { MemberNames, Places } from '../places.ts'
import {
  optionalBoolean,
  optionalChoice,
  optionalObject,
  optionalObjects,
  optionalText,
  refuseField,
  requireName,
} from './fields.ts'
import { given } from './given.ts'

const FUNCTION_NAMES: MemberNames = {
  name: 'name',
  parameters: 'parameters',
  isStrict: 'strict',
  isDeferred: 'defer_loading',
}
const CUSTOM_NAMES: MemberNames = { name: 'name', grammar: 'format' }

/** Where to leave what the IR has no place for, and where everything else stood. */
interface Notes {
  readonly extras: Extra[]
  readonly places: Places
}

export interface DecodedTools {
  readonly tools: readonly Tool[]
  readonly extras: readonly Extra[]
}

/**
 * The tools of a request, or of an `additional_tools` item. Throws `invalid_request` with the path of the tool at fault.
 * @see https://platform.openai.com/docs/api-reference/responses/create (`tools`)
 */
export function decodeTools(owner: JsonObject, path: string, places: Places): DecodedTools {
  const extras: Extra[] = []
  const tools = optionalObjects(owner, 'tools', path).flatMap((tool, index) =>
    decodeTool(tool, `${path}[${index}]`, { extras, places }),
  )
  return { tools, extras }
}

function decodeTool(tool: JsonObject, path: string, notes: Notes, namespace?: string): Tool[] {
  const { extras, places } = notes
  switch (tool.type) {
    case 'function':
      noteHints(tool, path, extras)
      return [places.note(decodeFunction(tool, path, namespace), path, FUNCTION_NAMES)]
    case 'custom':
      noteHints(tool, path, extras)
      return [places.note(decodeCustom(tool, path, namespace), path, CUSTOM_NAMES)]
    case 'namespace':
      return decodeNamespace(tool, path, notes)
    default:
      if (typeof tool.type !== 'string') return refuseField(`${path}.type`, 'is missing')
      return [places.note({ type: 'hosted', dialect: 'openai-responses', kind: tool.type, wire: tool }, path)]
  }
}

function decodeFunction(tool: JsonObject, path: string, namespace: string | undefined): FunctionTool {
  return {
    type: 'function',
    name: requireName(tool, 'name', `${path}.name`),
    ...given({
      description: optionalText(tool, 'description', `${path}.description`),
      parameters: optionalObject(tool, 'parameters', `${path}.parameters`),
      isStrict: optionalBoolean(tool, 'strict', `${path}.strict`),
      isDeferred: optionalBoolean(tool, 'defer_loading', `${path}.defer_loading`),
      namespace,
    }),
  }
}

function decodeCustom(tool: JsonObject, path: string, namespace: string | undefined): CustomTool {
  const format = optionalObject(tool, 'format', `${path}.format`)
  return {
    type: 'custom',
    name: requireName(tool, 'name', `${path}.name`),
    ...given({
      description: optionalText(tool, 'description', `${path}.description`),
      grammar: format?.type === 'grammar' ? grammarOf(format) : undefined,
      namespace,
    }),
  }
}

/** Without its type, as Chat has it too. */
function grammarOf({ syntax, definition }: JsonObject): JsonObject {
  return { syntax, definition }
}

function decodeNamespace(tool: JsonObject, path: string, notes: Notes): Tool[] {
  const name = requireName(tool, 'name', `${path}.name`)
  const description = optionalText(tool, 'description', `${path}.description`)
  if (description) notes.extras.push(extra(`${path}.description`, { namespace: name, description }, 'hint'))
  return optionalObjects(tool, 'tools', `${path}.tools`).flatMap((member, index) =>
    decodeTool(member, `${path}.tools[${index}]`, notes, name),
  )
}

function noteHints(tool: JsonObject, path: string, extras: Extra[]): void {
  if (tool.async === true) extras.push(extra(`${path}.async`, true, 'contract'))
  if (isJsonObject(tool.output_schema))
    extras.push(extra(`${path}.output_schema`, tool.output_schema, 'hint'))
  const callers = tool.allowed_callers
  if (!Array.isArray(callers) || !callers.includes('programmatic')) return
  const weight = callers.includes('direct') ? 'hint' : 'contract'
  extras.push(extra(`${path}.allowed_callers`, callers, weight))
}

function extra(path: string, value: unknown, weight: Extra['weight']): Extra {
  return { dialect: 'openai-responses', path, value, weight }
}

/** The namespace that a tool stands in. */
export function namespaceOf(tool: Tool): string | undefined {
  return tool.type === 'hosted' ? undefined : tool.namespace
}

/** Throws `invalid_request` where two tools have the same name. */
export function refuseSameNames(tools: readonly Tool[], places: Places): void {
  const seen = new Set<string>()
  for (const tool of tools) {
    if (tool.type === 'hosted') continue
    const key = JSON.stringify([namespaceOf(tool), tool.name])
    if (seen.has(key))
      refuseField(places.pathOf(tool, 'name') ?? 'tools', `is taken by another tool: ${tool.name}`)
    seen.add(key)
  }
}

const MODES = ['auto', 'none', 'required'] as const

/** Throws `invalid_request` where the choice names a tool that is not offered. */
export function decodeToolChoice(
  body: JsonObject,
  tools: readonly Tool[],
  places: Places,
): ToolChoice | undefined {
  const choice = decodeChoice(body, tools)
  return choice && places.note(choice, 'tool_choice')
}

function decodeChoice(body: JsonObject, tools: readonly Tool[]): ToolChoice | undefined {
  const choice = body.tool_choice
  if (choice === undefined || choice === null) return undefined
  if (!isJsonObject(choice)) {
    const type = optionalChoice(body, 'tool_choice', MODES)
    return type === undefined ? undefined : { type }
  }
  if (choice.type === 'function' || choice.type === 'custom') {
    const name = requireName(choice, 'name', 'tool_choice.name')
    requireOffered(name, tools, 'tool_choice.name')
    return { type: 'tool', name }
  }
  if (choice.type === 'allowed_tools') return decodeAllowed(choice, tools)
  return { type: 'hosted', dialect: 'openai-responses', wire: choice }
}

function decodeAllowed(choice: JsonObject, tools: readonly Tool[]): ToolChoice {
  const mode = optionalChoice(choice, 'mode', ['auto', 'required'], 'tool_choice.mode') ?? 'auto'
  const allowed = optionalObjects(choice, 'tools', 'tool_choice.tools')
  const names = allowed.flatMap((tool, index) => {
    if (tool.type !== 'function' && tool.type !== 'custom') return []
    requireOffered(textOf(tool.name), tools, `tool_choice.tools[${index}].name`)
    return [textOf(tool.name)]
  })
  if (names.length === 0) return { type: 'hosted', dialect: 'openai-responses', wire: choice }
  return { type: 'allowed', mode, names }
}

function requireOffered(name: string, tools: readonly Tool[], path: string): void {
  const isOffered = tools.some((tool) => tool.type !== 'hosted' && tool.name === name)
  if (!isOffered) refuseField(path, `names a tool that is not in "tools": ${name}`)
}
