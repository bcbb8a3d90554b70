import type { JsonObject } from '../../core/json.ts'
import type { ToolResultPart } from '../../ir/part.ts'
import { placeOf } from '../places.ts'
import { encodeCallId } from './call-id.ts'
import { encodeInputPart } from './encode-content.ts'
import { approximateOnce, type Encoding, encodeBreakpoint } from './encode-context.ts'

/** A result is text, or a list of parts where it holds more than one text, or a cache breakpoint. */
export function encodeResult(encoding: Encoding, part: ToolResultPart): JsonObject {
  const type = part.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output'
  return { type, call_id: encodeCallId(part.callId), output: encodeOutput(encoding, part) }
}

function encodeOutput(encoding: Encoding, part: ToolResultPart): string | JsonObject[] {
  const content = contentOf(encoding, part)
  const breakpoint = encodeBreakpoint(encoding, part.cache)
  const list = content.flatMap((each) => encodeInputPart(encoding, each))
  const last = list.at(-1)
  if (last !== undefined && Object.keys(breakpoint).length > 0)
    list[list.length - 1] = { ...last, ...breakpoint }
  if (list.length === 0) return ''
  const [only] = list
  const isPlain = list.length === 1 && only?.type === 'input_text' && !('prompt_cache_breakpoint' in only)
  return isPlain && typeof only.text === 'string' ? only.text : list
}

/** There is no flag for failed calls: the text says so. */
function contentOf(encoding: Encoding, part: ToolResultPart): ToolResultPart['content'] {
  const { content, json, isError } = part
  const texts = content.filter((each) => each.type === 'text')
  const others = content.filter((each) => each.type !== 'text')
  if (!isError) return json === undefined ? content : [textOf(JSON.stringify(json)), ...others]
  const path = placeOf(encoding.request, part, 'isError')
  approximateOnce(encoding, path, 'a failed tool result is marked in its text')
  if (json !== undefined) return [textOf(JSON.stringify('error' in json ? json : { error: json })), ...others]
  const error = texts.map(({ text }) => text).join('\n')
  return [textOf(JSON.stringify({ error })), ...others]
}

function textOf(text: string) {
  return { type: 'text', text } as const
}
