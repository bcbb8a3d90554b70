import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { CustomTool, Extra, FunctionTool, Tool, ToolChoice } from '../../ir/request.ts'
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

export interface DecodedTools {
  readonly tools: readonly Tool[]
  readonly extras: readonly Extra[]
}

/**
 * The tools of a request, or of an `additional_tools` item. Throws `invalid_request` with the path of the tool at fault.
 * @see https://platform.openai.com/docs/api-reference/responses/create (`tools`)
 */
export function decodeTools(owner: JsonObject, path: string): DecodedTools {
  const extras: Extra[] = []
  const tools = optionalObjects(owner, 'tools', path).flatMap((tool, index) =>
    decodeTool(tool, `${path}[${index}]`, extras),
  )
  return { tools, extras }
}

function decodeTool(tool: JsonObject, path: string, extras: Extra[], namespace?: string): Tool[] {
  switch (tool.type) {
    case 'function':
      noteHints(tool, path, extras)
      return [decodeFunction(tool, path, namespace)]
    case 'custom':
      noteHints(tool, path, extras)
      return [decodeCustom(tool, path, namespace)]
    case 'namespace':
      return decodeNamespace(tool, path, extras)
    default:
      if (typeof tool.type !== 'string') return refuseField(`${path}.type`, 'is missing')
      return [{ type: 'hosted', dialect: 'openai-responses', kind: tool.type, wire: tool }]
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

function decodeNamespace(tool: JsonObject, path: string, extras: Extra[]): Tool[] {
  const name = requireName(tool, 'name', `${path}.name`)
  const description = optionalText(tool, 'description', `${path}.description`)
  if (description) extras.push(extra(`${path}.description`, { namespace: name, description }, 'hint'))
  return optionalObjects(tool, 'tools', `${path}.tools`).flatMap((member, index) =>
    decodeTool(member, `${path}.tools[${index}]`, extras, name),
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
export function refuseSameNames(tools: readonly Tool[]): void {
  const seen = new Set<string>()
  for (const [index, tool] of tools.entries()) {
    if (tool.type === 'hosted') continue
    const key = JSON.stringify([namespaceOf(tool), tool.name])
    if (seen.has(key)) refuseField(`tools[${index}].name`, `is taken by another tool: ${tool.name}`)
    seen.add(key)
  }
}

const MODES = ['auto', 'none', 'required'] as const

/** Throws `invalid_request` where the choice names a tool that is not offered. */
export function decodeToolChoice(body: JsonObject, tools: readonly Tool[]): ToolChoice | undefined {
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
