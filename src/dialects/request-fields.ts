import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'

/** The body's `model`. Throws `invalid_request` where it is missing, empty or not a string. */
export function requireModel(body: JsonObject): string {
  const model = body.model
  if (typeof model === 'string' && model.trim() !== '') return model
  const problem = model === undefined ? 'is missing' : 'must be a non-empty string'
  throw new GatewayError('invalid_request', `"model" ${problem}: name the model that should answer.`, {
    path: 'model',
  })
}

/** A flag that may be absent or null. Throws `invalid_request` for anything but a boolean. */
export function optionalFlag(body: JsonObject, key: string): boolean {
  const value = body[key]
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return value
  throw new GatewayError('invalid_request', `"${key}" must be true or false.`, { path: key })
}

/** Throws `invalid_request` unless `key` is a list of at least one object; the path names the first entry that is none. */
export function requireObjectList(body: JsonObject, key: string): void {
  const list = body[key]
  if (!Array.isArray(list) || list.length === 0) {
    throw new GatewayError('invalid_request', `"${key}" must be a list with at least one entry.`, {
      path: key,
    })
  }
  const index = list.findIndex((entry) => !isJsonObject(entry))
  if (index === -1) return
  throw new GatewayError('invalid_request', `"${key}[${index}]" must be an object.`, {
    path: `${key}[${index}]`,
  })
}

/** Throws `invalid_request` unless every entry of the list has a `role` that is a string. */
export function requireRoles(body: JsonObject, key: string): void {
  const list = body[key]
  if (!Array.isArray(list)) return
  const index = list.findIndex((entry: unknown) => !isJsonObject(entry) || typeof entry.role !== 'string')
  if (index === -1) return
  const path = `${key}[${index}].role`
  throw new GatewayError('invalid_request', `"${path}" is missing: say whose message this is.`, { path })
}
