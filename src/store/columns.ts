import { isJsonObject, type JsonObject } from '../core/json.ts'

// How values are written into columns that both engines have, and read back. An `undefined` stays one: kysely leaves such columns alone.

/** A value as JSON text; null and undefined stay. */
export function writeJson<Value>(
  value: Value,
): Value extends undefined ? undefined : Value extends null ? null : string
export function writeJson(value: unknown): string | null | undefined {
  return value === null || value === undefined ? value : JSON.stringify(value)
}

export function writeFlag<Value extends boolean | undefined>(
  value: Value,
): Value extends undefined ? undefined : number
export function writeFlag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}

/** JSON text to a list of texts. Throws where a column holds anything else. */
export function readTexts(column: string, json: string | null): readonly string[] | null {
  const value = readJson(column, json)
  if (value === null) return null
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw new TypeError(`column ${column} does not hold a list of texts`)
}

/** JSON text to an object. Throws where a column holds anything else. */
export function readObject(column: string, json: string | null): JsonObject | null {
  const value = readJson(column, json)
  if (value === null || isJsonObject(value)) return value
  throw new TypeError(`column ${column} does not hold a JSON object`)
}

/** JSON text to a value. The error does not quote the text: it may be of a kind that nobody should read in a log. */
export function readJson(column: string, json: string | null): unknown {
  if (json === null) return null
  try {
    return JSON.parse(json)
  } catch {
    throw new TypeError(`column ${column} does not hold JSON`)
  }
}
