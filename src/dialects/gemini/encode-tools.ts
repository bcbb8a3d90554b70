import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FunctionTool, HostedTool, Tool, ToolChoice } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import { demandsGrammar, describeFreeText } from '../free-text-tool.ts'
import { placeOfChoice, placeOfTool } from '../places.ts'
import type { Encoding } from './encoding.ts'

const FREE_TEXT = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as free text.' } },
  required: ['input'],
} as const

/** `tools` and `toolConfig`; empty where nothing is offered. @see https://ai.google.dev/api/caching#FunctionDeclaration */
export function encodeTools(encoding: Encoding): JsonObject {
  const { request } = encoding
  const functions = request.tools.flatMap((tool) =>
    tool.type === 'hosted' ? [] : [encodeFunction(tool, encoding)],
  )
  const hosted = encodeHosted(encoding, functions.length > 0)
  const tools = [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...hosted]
  const calling = functions.length > 0 ? encodeChoice(encoding) : encodeChoiceWithoutFunctions(encoding)
  return {
    ...(tools.length > 0 && { tools }),
    ...(calling !== undefined && { toolConfig: { functionCallingConfig: calling } }),
  }
}

function encodeFunction(tool: Exclude<Tool, HostedTool>, encoding: Encoding): JsonObject {
  const { names, report, request } = encoding
  const at = (member?: 'grammar' | 'isDeferred') => placeOfTool(request, tool, member)
  if (tool.type === 'custom') {
    if (demandsGrammar(request, tool))
      report.refuse(at('grammar'), "Gemini cannot hold a tool's input to a grammar")
    report.approximate(at(), 'a tool that takes free text becomes a function with one text')
    return {
      name: names.encode(tool.name, tool.namespace),
      description: describeFreeText(tool) ?? '',
      parametersJsonSchema: FREE_TEXT,
    }
  }
  if (tool.isDeferred === true) report.approximate(at('isDeferred'), 'a deferred tool is offered at once')
  const schema = schemaOf(tool, encoding)
  return {
    name: names.encode(tool.name, tool.namespace),
    description: tool.description ?? '',
    ...(schema !== undefined && { parametersJsonSchema: schema }),
  }
}

/** A function's parameters are the properties of one object. One that takes none has no schema at all. */
function schemaOf(tool: FunctionTool, { report, request }: Encoding): JsonObject | undefined {
  const schema = tool.parameters
  if (schema === undefined || Object.keys(schema).length === 0) return undefined
  if (schema.type === 'object') return takesNothing(schema) ? undefined : schema
  const path = placeOfTool(request, tool, 'parameters')
  if (schema.type === undefined || (Array.isArray(schema.type) && schema.type.includes('object'))) {
    report.approximate(path, 'the parameters are declared to be an object')
    return { ...schema, type: 'object' }
  }
  return report.refuse(path, 'the parameters of a function must be an object')
}

const OTHER_WAYS_TO_HAVE_PROPERTIES = ['anyOf', 'oneOf', 'allOf', '$ref', 'patternProperties']

function takesNothing(schema: JsonObject): boolean {
  const { properties = {}, additionalProperties = false } = schema
  const hasNone = isJsonObject(properties) && Object.keys(properties).length === 0
  return (
    hasNone && additionalProperties === false && !OTHER_WAYS_TO_HAVE_PROPERTIES.some((key) => key in schema)
  )
}

/** A provider's own tool that is only offered may be left out; one that is all there is, or forced, may not. */
function encodeHosted({ request, report }: Encoding, hasFunctions: boolean): JsonObject[] {
  return request.tools.flatMap((tool) => {
    if (tool.type !== 'hosted' || request.toolChoice?.type === 'none') return []
    if (tool.dialect === 'gemini') return [tool.wire]
    const path = placeOfTool(request, tool)
    const reason = `the tool ${tool.kind} is run by another provider`
    if (!hasFunctions) report.refuse(path, reason)
    report.drop(path, reason)
    return []
  })
}

function encodeChoice(encoding: Encoding): JsonObject | undefined {
  const { request, report } = encoding
  if (request.allowsParallelCalls === false)
    report.approximate(
      clientPath(request.source, 'allowsParallelCalls'),
      'Gemini has no switch for parallel calls',
    )
  const choice = request.toolChoice
  if (choice === undefined) return isStrict(request.tools) ? validated(encoding) : undefined
  if (isForcing(choice) && encoding.target.capabilities.forcedTools === 'no')
    report.refuse(placeOfChoice(request), 'the model cannot be forced to call a tool')
  switch (choice.type) {
    case 'auto':
      return isStrict(request.tools) ? validated(encoding) : { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: namesOf([choice.name], encoding) }
    case 'allowed':
      if (choice.mode === 'required')
        return { mode: 'ANY', allowedFunctionNames: namesOf(choice.names, encoding) }
      // AUTO takes no list of names
      return { ...validated(encoding), allowedFunctionNames: namesOf(choice.names, encoding) }
    case 'hosted':
      return refuseHostedChoice(encoding)
  }
}

function encodeChoiceWithoutFunctions(encoding: Encoding): undefined {
  const { toolChoice, tools } = encoding.request
  if (toolChoice?.type === 'hosted') refuseHostedChoice(encoding)
  if (toolChoice?.type === 'tool' || toolChoice?.type === 'allowed') namesOf(namesIn(toolChoice), encoding)
  if (toolChoice?.type === 'required' && tools.length === 0)
    rejectChoice(encoding, 'a tool call is required, but no tools are given')
}

function refuseHostedChoice({ request, report }: Encoding): never {
  return report.refuse(placeOfChoice(request), 'the tool is run by another provider')
}

function isForcing(choice: ToolChoice): boolean {
  return (
    choice.type === 'required' ||
    choice.type === 'tool' ||
    (choice.type === 'allowed' && choice.mode === 'required')
  )
}

function namesIn(choice: ToolChoice): readonly string[] {
  if (choice.type === 'tool') return [choice.name]
  return choice.type === 'allowed' ? choice.names : []
}

function isStrict(tools: readonly Tool[]): boolean {
  return tools.some((tool) => tool.type === 'function' && tool.isStrict === true)
}

/** The mode that holds calls to their schemas, for all functions alike. */
function validated({ request, report }: Encoding): JsonObject {
  if (request.source !== 'gemini') {
    const strict = request.tools.find((tool) => tool.type === 'function' && tool.isStrict === true)
    const path = strict === undefined ? placeOfChoice(request) : placeOfTool(request, strict, 'isStrict')
    report.approximate(path, 'Gemini holds all calls to their schemas, or none')
  }
  return { mode: 'VALIDATED' }
}

function namesOf(chosen: readonly string[], encoding: Encoding): string[] {
  return chosen.map((name) => {
    const tool = encoding.request.tools.find((one) => one.type !== 'hosted' && one.name === name)
    if (tool === undefined || tool.type === 'hosted')
      return rejectChoice(encoding, `there is no tool named "${name}"`)
    return encoding.names.encode(tool.name, tool.namespace)
  })
}

function rejectChoice({ request }: Encoding, problem: string): never {
  const path = placeOfChoice(request)
  throw new GatewayError('invalid_request', `"${path}": ${problem}.`, { path })
}
