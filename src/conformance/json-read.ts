import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { ReadEvent } from './stream-grammars/findings.ts'

// Readers of JSON that nobody has checked: what is not there is empty.

export function objectAt(value: unknown, ...path: readonly (string | number)[]): JsonObject {
  const found = valueAt(value, ...path)
  return isJsonObject(found) ? found : {}
}

export function objectsAt(value: unknown, ...path: readonly (string | number)[]): JsonObject[] {
  const found = valueAt(value, ...path)
  return Array.isArray(found) ? found.filter(isJsonObject) : []
}

export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)]
    else found = isJsonObject(found) ? found[step] : undefined
  }
  return found
}

/** The data of events that carry an object. */
export function objectsOf(events: readonly ReadEvent[]): JsonObject[] {
  return events.flatMap(({ data }) => {
    try {
      const value: unknown = JSON.parse(data)
      return isJsonObject(value) ? [value] : []
    } catch {
      return []
    }
  })
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

/** A count, or nothing at all. */
export function isOptionalCount(value: unknown): boolean {
  return value === undefined || value === null || isCount(value)
}

export function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
