import { isJsonObject, type JsonObject } from '../core/json.ts'
import { isRawNumber, parseExact } from './exact-json.ts'

/** A call's input as the object that this format wants. What is no object, or no JSON at all, is wrapped rather than lost. */
export function inputObject(text: string): { input: JsonObject; isWrapped: boolean } {
  if (text.trim() === '') return { input: {}, isWrapped: false }
  const value = parseOrUndefined(text)
  if (isJsonObject(value) && !isRawNumber(value)) return { input: value, isWrapped: false }
  return { input: { _raw: text }, isWrapped: true }
}

function parseOrUndefined(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}
