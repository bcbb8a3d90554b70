import { isJsonObject } from '../core/json.ts'
import type { ToolName } from '../ir/conversion.ts'
import type { Part } from '../ir/part.ts'
import type { ChatResponse } from '../ir/response.ts'
import type { StreamEvent } from '../ir/stream-event.ts'

type ToolNames = ReadonlyMap<string, ToolName>

/** Gives tool calls the names back that the client knows, and custom tools the free text that went upstream as one string of an object. */
export function restoreNames(response: ChatResponse, names: ToolNames): ChatResponse {
  if (names.size === 0) return response
  const { alternatives } = response
  return {
    ...response,
    parts: restoreParts(response.parts, names),
    ...(alternatives !== undefined && {
      alternatives: alternatives.map((other) => ({ ...other, parts: restoreParts(other.parts, names) })),
    }),
  }
}

function restoreParts(parts: readonly Part[], names: ToolNames): readonly Part[] {
  return parts.map((part) => {
    const known = part.type === 'tool-call' ? names.get(part.name) : undefined
    if (part.type !== 'tool-call' || known === undefined) return part
    const { name, namespace, isWrappedCustom } = known
    const renamed = { ...part, name, ...(namespace !== undefined && { namespace }) }
    return isWrappedCustom ? { ...renamed, kind: 'custom' as const, input: unwrapped(part.input) } : renamed
  })
}

/** The same for a stream. The text of a wrapped custom tool is known once its JSON is whole, so it comes as one delta. */
export function createNameRestorer(names: ToolNames): (event: StreamEvent) => StreamEvent[] {
  if (names.size === 0) return (event) => [event]
  const wrapped = new Map<string, string[]>()
  return (event) => {
    switch (event.type) {
      case 'tool-call-start': {
        const known = names.get(event.name)
        if (known === undefined) return [event]
        const { name, namespace, isWrappedCustom } = known
        if (isWrappedCustom) wrapped.set(event.id, [])
        const kind = isWrappedCustom ? 'custom' : event.kind
        return [{ ...event, name, kind, ...(namespace !== undefined && { namespace }) }]
      }
      case 'tool-call-delta': {
        const pieces = wrapped.get(event.id)
        if (pieces === undefined) return [event]
        pieces.push(event.input)
        return []
      }
      case 'tool-call-end': {
        const pieces = wrapped.get(event.id)
        if (pieces === undefined) return [event]
        const input = unwrapped(pieces.join(''))
        const ofChoice = event.choice === undefined ? {} : { choice: event.choice }
        return [{ type: 'tool-call-delta', id: event.id, input, ...ofChoice }, event]
      }
      default:
        return [event]
    }
  }
}

/** A model may not keep to the shape; then its JSON is the text. */
function unwrapped(json: string): string {
  try {
    const value: unknown = JSON.parse(json)
    return isJsonObject(value) && typeof value.input === 'string' ? value.input : json
  } catch {
    return json
  }
}
