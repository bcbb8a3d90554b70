import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from './json.ts'

const MAX_DEPTH = 8

const STRINGS_BY_FORMAT: JsonObject = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
}

interface Place {
  readonly root: JsonObject
  readonly name: string
  readonly depth: number
}

/** A value that fits a JSON Schema (or Gemini's OpenAPI subset): required properties only, or all where none is. */
export function sampleFromSchema(schema: unknown): unknown {
  return sample(objectOf(schema), { root: objectOf(schema), name: 'value', depth: 0 })
}

function sample(schema: JsonObject, place: Place): unknown {
  if ('const' in schema) return schema.const
  for (const list of [schema.enum, schema.examples]) if (listOf(list).length > 0) return listOf(list)[0]
  if ('default' in schema) return schema.default
  const other = alternative(schema, place.root)
  if (other !== undefined) return sample(other, { ...place, depth: place.depth + 1 })
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(schema, place)
    case 'array':
      return sampleArray(schema, place)
    case 'integer':
    case 'number':
      return sampleNumber(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return sampleString(schema, place.name)
  }
}

function alternative(schema: JsonObject, root: JsonObject): JsonObject | undefined {
  if (typeof schema.$ref === 'string') return resolve(schema.$ref, root)
  const parts = listOf(schema.allOf)
  if (parts.length > 0) return mergeAll(schema, parts, root)
  const choices = [...listOf(schema.anyOf), ...listOf(schema.oneOf)].map(objectOf)
  return choices.find((choice) => typeOf(choice) !== 'null') ?? choices[0]
}

function mergeAll(schema: JsonObject, parts: readonly unknown[], root: JsonObject): JsonObject {
  const { allOf: _allOf, ...own } = schema
  const resolved = parts
    .map(objectOf)
    .map((part) => (typeof part.$ref === 'string' ? resolve(part.$ref, root) : part))
  const all = [own, ...resolved]
  const properties = Object.assign({}, ...all.map((part) => objectOf(part.properties)))
  return Object.assign({}, ...all, { properties, required: all.flatMap((part) => listOf(part.required)) })
}

function resolve(reference: string, root: JsonObject): JsonObject {
  const path = reference.replace(/^#\/?/, '').split('/').filter(Boolean)
  let found: unknown = root
  for (const step of path) found = objectOf(found)[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  return objectOf(found)
}

function typeOf(schema: JsonObject): string {
  const declared = Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type
  if (typeof declared === 'string') return declared.toLowerCase() // Gemini writes types in capitals
  return isObject(schema.properties) ? 'object' : 'string'
}

function sampleObject(schema: JsonObject, { root, depth }: Place): JsonObject {
  const properties = objectOf(schema.properties)
  const required = listOf(schema.required).map(textOf)
  const names = required.length > 0 || depth > MAX_DEPTH ? required : Object.keys(properties)
  if (depth > 3 * MAX_DEPTH) return {} // a schema that requires itself has no finite value
  const entries = names.map((name) => [
    name,
    sample(objectOf(properties[name]), { root, name, depth: depth + 1 }),
  ])
  return Object.fromEntries(entries)
}

function sampleArray(schema: JsonObject, { root, name, depth }: Place): unknown[] {
  const minItems = Number(schema.minItems ?? 0)
  const length = depth > MAX_DEPTH ? minItems : Math.max(1, minItems)
  return Array.from({ length }, () => sample(objectOf(schema.items), { root, name, depth: depth + 1 }))
}

function sampleNumber(schema: JsonObject): number {
  const step = numberOf(schema.multipleOf) ?? 1
  const above = numberOf(schema.exclusiveMinimum)
  const least = numberOf(schema.minimum) ?? (above === undefined ? 1 : above + step)
  const value = Math.ceil(least / step) * step
  const most = numberOf(schema.maximum)
  return most !== undefined && value > most ? most : value
}

function sampleString(schema: JsonObject, name: string): string {
  const byFormat = STRINGS_BY_FORMAT[textOf(schema.format)]
  if (typeof byFormat === 'string') return byFormat
  const text = `sample ${name}`.padEnd(Number(schema.minLength ?? 0), '.')
  return schema.maxLength === undefined ? text : text.slice(0, Number(schema.maxLength))
}
