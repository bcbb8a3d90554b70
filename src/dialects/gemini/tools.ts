import type { JsonObject } from '../../core/json.ts'
import type { Extra, FunctionTool, HostedTool, Tool, ToolChoice } from '../../ir/request.ts'
import type { MemberNames, Places } from '../places.ts'
import { extra, extrasOf } from './extras.ts'
import {
  asMessage,
  memberOf,
  membersOf,
  messageIn,
  messagesIn,
  type ProtoMessage,
  reject,
  textIn,
  textsIn,
} from './proto-json.ts'
import { jsonSchemaOf } from './schema.ts'

export interface DecodedTools {
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly extras: readonly Extra[]
}

const MEMBER_NAMES: MemberNames = { name: 'name', parameters: 'parametersJsonSchema' }
const OPEN_API_NAMES: MemberNames = { name: 'name', parameters: 'parameters' }
const DECLARATION_FIELDS = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])

/** `tools` and `toolConfig`. @see https://ai.google.dev/api/caching#Tool */
export function decodeTools(root: ProtoMessage, places: Places): DecodedTools {
  const extras: Extra[] = []
  const config = messageIn(root, 'toolConfig')
  const calling = config && messageIn(config, 'functionCallingConfig')
  const mode = (calling && textIn(calling, 'mode'))?.toUpperCase()
  const isStrict = mode === 'VALIDATED'
  const tools = messagesIn(root, 'tools').flatMap((tool) => decodeTool(tool, isStrict, { extras, places }))
  rejectRepeated(tools, memberOf(root, 'tools')?.path ?? 'tools')
  if (config !== undefined) extras.push(...extrasOf(config, new Set(['functionCallingConfig'])))
  if (calling !== undefined) extras.push(...extrasOf(calling, new Set(['mode', 'allowedFunctionNames'])))
  if (calling !== undefined && isStrict) extras.push(extra(`${calling.path}.mode`, mode, 'hint'))
  const toolChoice = calling && decodeChoice(calling, mode)
  if (calling !== undefined) rejectUnknown(calling, tools)
  if (calling !== undefined && toolChoice !== undefined) places.note(toolChoice, calling.path)
  return { tools, extras, ...(toolChoice !== undefined && { toolChoice }) }
}

/** Where to leave what the IR has no place for, and where everything else stood. */
interface Notes {
  readonly extras: Extra[]
  readonly places: Places
}

function decodeTool(tool: ProtoMessage, isStrict: boolean, { extras, places }: Notes): Tool[] {
  const functions = messagesIn(tool, 'functionDeclarations').map((declaration) => {
    const names = memberOf(declaration, 'parametersJsonSchema') === undefined ? OPEN_API_NAMES : MEMBER_NAMES
    return places.note(decodeDeclaration(declaration, isStrict, extras), declaration.path, names)
  })
  const hosted = membersOf(tool)
    .filter(({ name }) => name !== 'functionDeclarations')
    .map(({ name, path, value }): HostedTool => {
      return places.note({ type: 'hosted', dialect: 'gemini', kind: name, wire: { [name]: value } }, path)
    })
  return [...functions, ...hosted]
}

function decodeDeclaration(declaration: ProtoMessage, isStrict: boolean, extras: Extra[]): FunctionTool {
  const name = textIn(declaration, 'name') ?? reject(`${declaration.path}.name`, 'is missing')
  const description = textIn(declaration, 'description')
  const parameters = decodeParameters(declaration, extras)
  extras.push(...extrasOf(declaration, DECLARATION_FIELDS))
  return {
    type: 'function',
    name,
    ...(description !== undefined && description !== '' && { description }),
    ...(parameters !== undefined && { parameters }),
    ...(isStrict && { isStrict }),
  }
}

function decodeParameters(declaration: ProtoMessage, extras: Extra[]): JsonObject | undefined {
  const jsonSchema = memberOf(declaration, 'parametersJsonSchema')
  if (jsonSchema !== undefined) return asMessage(jsonSchema.value, jsonSchema.path).fields
  const parameters = messageIn(declaration, 'parameters')
  return parameters && jsonSchemaOf(parameters, (path, value) => extras.push(extra(path, value, 'hint')))
}

function rejectRepeated(tools: readonly Tool[], path: string): void {
  const names = new Set<string>()
  for (const tool of tools) {
    if (tool.type === 'hosted') continue
    if (names.has(tool.name)) reject(path, `declares the function "${tool.name}" twice`)
    names.add(tool.name)
  }
}

function rejectUnknown(calling: ProtoMessage, tools: readonly Tool[]): void {
  const isDeclared = (name: string) => tools.some((tool) => tool.type !== 'hosted' && tool.name === name)
  const unknown = textsIn(calling, 'allowedFunctionNames').find((name) => !isDeclared(name))
  if (unknown === undefined) return
  const path = memberOf(calling, 'allowedFunctionNames')?.path ?? calling.path
  reject(path, `names "${unknown}", which no tool declares`)
}

/** @see https://ai.google.dev/api/caching#FunctionCallingConfig */
function decodeChoice(calling: ProtoMessage, mode: string | undefined): ToolChoice | undefined {
  const names = textsIn(calling, 'allowedFunctionNames')
  const [only] = names
  switch (mode) {
    case 'NONE':
      return { type: 'none' }
    case 'ANY':
      if (only === undefined) return { type: 'required' }
      return names.length === 1 ? { type: 'tool', name: only } : { type: 'allowed', mode: 'required', names }
    case 'VALIDATED':
    case 'AUTO':
      return names.length === 0 ? { type: 'auto' } : { type: 'allowed', mode: 'auto', names }
    case undefined:
    case 'MODE_UNSPECIFIED':
      return undefined
    default:
      return reject(`${calling.path}.mode`, 'must be AUTO, ANY, NONE or VALIDATED')
  }
}
