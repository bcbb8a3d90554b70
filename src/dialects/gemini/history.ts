import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { isWrapped } from '../carrier.ts'
import type { History } from '../dialect.ts'
import { SENTINEL } from './signature.ts'

/** Gemini refuses signatures that are not its own, and calls without any. */
export const history: History = {
  member: 'contents',
  withoutForeignProofs(content) {
    if (!Array.isArray(content.parts)) return content
    const before: readonly unknown[] = content.parts
    const parts = before.flatMap((part) => (isJsonObject(part) ? withoutForeignProof(part) : [part]))
    if (parts.length === before.length && parts.every((part, index) => part === before[index])) return content
    return parts.length === 0 ? undefined : { ...content, parts }
  },
}

function withoutForeignProof(part: JsonObject): JsonObject[] {
  const { thoughtSignature, thought_signature, ...rest } = part
  if (!isWrapped(thoughtSignature ?? thought_signature)) return [part]
  if ('functionCall' in part || 'function_call' in part) return [{ ...rest, thoughtSignature: SENTINEL }]
  return part.thought === true || part.text === '' ? [] : [rest]
}
