import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'

/** Throws `invalid_request` for the field at `path`. */
export function refuseField(path: string, problem: string): never {
  throw new GatewayError('invalid_request', `"${path}" ${problem}.`, { path })
}

/** The member, or undefined where it is absent or null: OpenAI treats both alike. */
export function optionalText(object: JsonObject, key: string, path = key): string | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  return refuseField(path, 'must be a text')
}

export function optionalNumber(object: JsonObject, key: string, path = key): number | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value
  return refuseField(path, 'must be a number')
}

/** A whole number of zero or more. */
export function optionalCount(object: JsonObject, key: string, path = key): number | undefined {
  const value = optionalNumber(object, key, path)
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return value
  return refuseField(path, 'must be a whole number of zero or more')
}

export function optionalBoolean(object: JsonObject, key: string, path = key): boolean | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || typeof value === 'boolean') return value
  return refuseField(path, 'must be true or false')
}

export function optionalObject(object: JsonObject, key: string, path = key): JsonObject | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || isJsonObject(value)) return value
  return refuseField(path, 'must be an object')
}

export function optionalList(object: JsonObject, key: string, path = key): readonly unknown[] {
  const value = object[key] ?? []
  if (Array.isArray(value)) return value
  return refuseField(path, 'must be a list')
}

/** The members of a list that must all be objects. */
export function optionalObjects(object: JsonObject, key: string, path = key): readonly JsonObject[] {
  return optionalList(object, key, path).map((entry, index) =>
    isJsonObject(entry) ? entry : refuseField(`${path}[${index}]`, 'must be an object'),
  )
}

/** One of a few words. */
export function optionalChoice<Word extends string>(
  object: JsonObject,
  key: string,
  words: readonly Word[],
  path = key,
): Word | undefined {
  const text = optionalText(object, key, path)
  if (text === undefined) return undefined
  const word = words.find((each) => each === text)
  return word ?? refuseField(path, `must be one of ${words.join(', ')}`)
}

export function requireText(object: JsonObject, key: string, path: string): string {
  return optionalText(object, key, path) ?? refuseField(path, 'is missing')
}

/** A text that says something: an id or a name. */
export function requireName(object: JsonObject, key: string, path: string): string {
  const text = requireText(object, key, path)
  return text === '' ? refuseField(path, 'must not be empty') : text
}
