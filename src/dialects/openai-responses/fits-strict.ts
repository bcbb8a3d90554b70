import { isJsonObject } from '../../core/json.ts'

/** Keywords whose values map names to schemas. */
const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
/** Keywords whose values are data. */
const DATA: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required'])

/**
 * Whether OpenAI can hold an answer to the schema: every object in it is closed and requires all of its properties.
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function fitsStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(fitsStrict)
  if (!isJsonObject(schema)) return true
  const { type, properties, required, additionalProperties } = schema
  if (type === 'object' || isJsonObject(properties)) {
    const names = Array.isArray(required) ? required : []
    if (additionalProperties !== false) return false
    if (!Object.keys(isJsonObject(properties) ? properties : {}).every((name) => names.includes(name)))
      return false
  }
  return Object.entries(schema).every(([key, value]) => {
    if (DATA.has(key)) return true
    return MAPS.has(key) && isJsonObject(value) ? Object.values(value).every(fitsStrict) : fitsStrict(value)
  })
}
