import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'

// Reading a client's fields: each function throws `invalid_request` with the path of the field that is not what it has to be.

export type Read<Value> = (value: unknown, path: string) => Value

export function objectAt(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value
  throw invalid(path, 'must be an object')
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw invalid(path, 'must be a list')
}

export function textAt(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw invalid(path, 'must be text')
}

export function numberAt(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw invalid(path, 'must be a number')
}

export function countAt(value: unknown, path: string): number {
  const number = numberAt(value, path)
  if (Number.isInteger(number) && number >= 0) return number
  throw invalid(path, 'must be a whole number of zero or more')
}

export function flagAt(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(path, 'must be true or false')
}

/** The object's field as `read` sees it; undefined where it is absent or null. */
export function optional<Value>(
  object: JsonObject,
  key: string,
  read: Read<Value>,
  path: string = key,
): Value | undefined {
  const value = object[key]
  return value === undefined || value === null ? undefined : read(value, path)
}

export function invalid(path: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `"${path}" ${problem}.`, { path })
}
