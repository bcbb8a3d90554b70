import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { asMessage, type ProtoMessage, reject, toCamel } from './proto-json.ts'

const MAX_DEPTH = 200

/** Members that proto JSON may write as text, since they are 64-bit integers. */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

const TYPES = /^(STRING|NUMBER|INTEGER|BOOLEAN|ARRAY|OBJECT|NULL)$/

/** What a schema asked for that JSON Schema has no word for, by its path. */
export type OnLost = (path: string, value: unknown) => void

/**
 * Google's subset of the OpenAPI schema object as JSON Schema, in the client's key order. What is JSON Schema already stays as it
 * is. Throws `invalid_request` where a schema is no object, or nested beyond reason.
 * @see https://ai.google.dev/api/caching#Schema
 */
export function jsonSchemaOf(schema: ProtoMessage, onLost: OnLost, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) reject(schema.path, 'is nested too deeply')
  const inner = (value: unknown, path: string) => jsonSchemaOf(asMessage(value, path), onLost, depth + 1)
  const written: [string, unknown][] = []
  for (const [key, value] of Object.entries(schema.fields)) {
    if (value === null && key !== 'default') continue
    const path = `${schema.path}.${key}`
    const name = toCamel(key)
    switch (name) {
      case 'type':
        if (value !== 'TYPE_UNSPECIFIED') written.push(['type', typeOf(value)])
        break
      case 'properties':
        written.push(['properties', mapValues(asMessage(value, path), inner)])
        break
      case 'defs':
        written.push(['$defs', mapValues(asMessage(value, path), inner)])
        break
      case 'ref':
        written.push(['$ref', typeof value === 'string' ? value.replace('#/defs/', '#/$defs/') : value])
        break
      case 'items':
      case 'additionalProperties':
        written.push([name, isJsonObject(value) ? inner(value, path) : value])
        break
      case 'anyOf':
      case 'prefixItems':
        written.push([name, Array.isArray(value) ? value.map((entry) => inner(entry, path)) : value])
        break
      case 'nullable':
        break
      case 'propertyOrdering':
        onLost(path, value)
        break
      case 'example':
        written.push(['examples', [value]])
        break
      case 'format':
        if (value !== 'enum') written.push(['format', value])
        break
      default:
        written.push(COUNTS.has(name) ? [name, countOf(value)] : [key, value])
    }
  }
  const result = Object.fromEntries(written)
  return schema.fields.nullable === true ? orNull(result) : result
}

function typeOf(value: unknown): unknown {
  return typeof value === 'string' && TYPES.test(value) ? value.toLowerCase() : value
}

function countOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
}

function mapValues(map: ProtoMessage, write: (value: unknown, path: string) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(map.fields).map(([name, value]) => [name, write(value, `${map.path}.${name}`)]),
  )
}

/** `nullable` is a flag in OpenAPI, and one more type in JSON Schema. */
function orNull(schema: JsonObject): JsonObject {
  const nullable: Record<string, unknown> = { ...schema }
  if (typeof schema.type === 'string') nullable.type = [schema.type, 'null']
  else if (Array.isArray(schema.anyOf)) nullable.anyOf = [...schema.anyOf, { type: 'null' }]
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) nullable.enum = [...schema.enum, null]
  return nullable
}
