import { isJsonObject, type JsonObject } from '../core/json.ts'

/**
 * True for a schema that OpenAI's strict mode takes: every object is closed and requires all its properties.
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function fitsStrict(schema: JsonObject): boolean {
  return schema.type === 'object' && isClosed(schema)
}

function isClosed(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isClosed)
  if (!isJsonObject(schema)) return true
  return isClosedObject(schema) && Object.entries(schema).every(([key, value]) => isClosedMember(key, value))
}

function isClosedObject(schema: JsonObject): boolean {
  const { type, properties, required, additionalProperties } = schema
  if (type !== 'object' && properties === undefined) return true
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  return (
    additionalProperties === false &&
    Array.isArray(required) &&
    names.every((name) => required.includes(name))
  )
}

function isClosedMember(key: string, value: unknown): boolean {
  // maps of schemas: their keys are names, not keywords
  if (key === 'properties' || key === '$defs' || key === 'definitions')
    return !isJsonObject(value) || Object.values(value).every(isClosed)
  // values, not schemas
  if (key === 'enum' || key === 'const' || key === 'default' || key === 'examples') return true
  return isClosed(value)
}
