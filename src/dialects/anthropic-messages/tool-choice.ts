import type { JsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../ir/request.ts'
import { placeOfChoice } from '../places.ts'
import type { Encoding } from './encoding.ts'
import { ID } from './id.ts'

/**
 * `tool_choice`, undefined where the default says the same. `toolCount` is how many tools are sent: without any, the API takes no
 * choice. Throws `unsupported_parameter` where the model refuses to be forced.
 */
export function encodeToolChoice(encoding: Encoding, toolCount: number): JsonObject | undefined {
  const { request, report } = encoding
  const { toolChoice } = request
  if (request.tools.length === 0) return noTools(encoding, toolCount)
  if (isForced(toolChoice) && encoding.target.capabilities.forcedTools === 'no')
    report.refuse(placeOfChoice(request), 'this model cannot be forced to call a tool; ask for "auto"')
  if (toolCount === 0) {
    if (isForced(toolChoice)) report.refuse(placeOfChoice(request), 'none of the tools can be sent')
    return undefined
  }
  const choice = encodeChoice(toolChoice, encoding)
  if (request.allowsParallelCalls !== false || choice?.type === 'none') return choice
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }
}

/** True where the model is to call a tool, whatever it thinks. */
export function isForced(toolChoice: ToolChoice | undefined): boolean {
  if (toolChoice === undefined || toolChoice.type === 'auto' || toolChoice.type === 'none') return false
  return toolChoice.type !== 'allowed' || toolChoice.mode === 'required'
}

function noTools({ request, report }: Encoding, stubCount: number): JsonObject | undefined {
  if (isForced(request.toolChoice)) report.drop(placeOfChoice(request), 'there are no tools to choose from')
  return stubCount > 0 ? { type: 'none' } : undefined
}

function encodeChoice(toolChoice: ToolChoice | undefined, encoding: Encoding): JsonObject | undefined {
  switch (toolChoice?.type) {
    case undefined:
      return undefined
    case 'auto':
    case 'none':
      return { type: toolChoice.type }
    case 'required':
      return { type: 'any' }
    case 'allowed':
      return { type: toolChoice.mode === 'required' ? 'any' : 'auto' }
    case 'tool':
      return { type: 'tool', name: encodedName(toolChoice.name, encoding) }
    case 'hosted':
      if (toolChoice.dialect === ID) return toolChoice.wire as JsonObject
      return encoding.report.refuse(
        placeOfChoice(encoding.request),
        "another provider's own tool cannot be asked for",
      )
    default:
      return toolChoice satisfies never
  }
}

function encodedName(name: string, { request, names }: Encoding): string {
  const tool = request.tools.find((one: Tool) => one.type !== 'hosted' && one.name === name)
  return names.encode(name, tool === undefined || tool.type === 'hosted' ? undefined : tool.namespace)
}
