import { isJsonObject } from '../core/json.ts'

// Numbers that a round trip through JavaScript might spell differently: more digits than a double holds, a fraction or an exponent.
// A text within the JSON may look like one, too, which costs time and nothing else.
const FRAGILE_NUMBER = /(?:^|[[,:])\s*-?(?:\d{16}|\d+[.eE])/

/**
 * Like `JSON.parse`, but numbers that a double cannot give back as they were spelled come out as raw JSON, which `JSON.stringify` writes
 * unchanged: `12345678901234567890`, `1.0`. Throws SyntaxError.
 * @see https://github.com/tc39/proposal-json-parse-with-source
 */
export function parseExact(text: string): unknown {
  if (!FRAGILE_NUMBER.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    if (typeof value !== 'number' || source === undefined || String(value) === source) return value
    return rawJson(source)
  })
}

/** Members whose values are somebody's own data: what a tool is called with, and what it returned. */
const OWN_DATA: readonly string[] = ['input', 'args', 'response']
const OWN_DATA_KEY = new RegExp(`"(?:${OWN_DATA.join('|')})"\\s*:`)

/**
 * Like `JSON.parse`, but the arguments and results of tools within keep their numbers as `parseExact` does: in formats that write them
 * as objects, an id of twenty digits would come out as another. Throws SyntaxError.
 */
export function parseKeepingCalls(text: string): unknown {
  return mayRespellCalls(text) ? settle(parseExact(text)) : JSON.parse(text)
}

/** Whether `parseKeepingCalls` could find something in this JSON that `JSON.parse` would not keep. */
export function mayRespellCalls(text: string): boolean {
  return OWN_DATA_KEY.test(text) && FRAGILE_NUMBER.test(text)
}

/** Raw numbers are numbers again, but for those in somebody's own data. */
function settle(value: unknown): unknown {
  if (isRawNumber(value)) return Number(String(JSON.stringify(value)))
  if (Array.isArray(value)) return value.map(settle)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, OWN_DATA.includes(name) ? member : settle(member)]),
  )
}

/** True for a number that `parseExact` left as it was spelled. */
export function isRawNumber(value: unknown): boolean {
  return json.isRawJSON(value)
}

interface SourceTextJson {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}

// in the language since V8 11.4, not yet in TypeScript's library
const json = JSON as unknown as SourceTextJson

function rawJson(source: string): unknown {
  return json.rawJSON(source)
}
