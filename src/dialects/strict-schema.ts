import { isJsonObject, type JsonObject } from '../core/json.ts'
import { definitionAt } from './root-schema.ts'

/** A schema as the constrained mode takes it. */
export interface StrictSchema {
  readonly schema: JsonObject
  /** Keywords whose meaning moved into descriptions, or that were made stricter. */
  readonly rewritten: readonly string[]
  /** Why the schema cannot be had at all. */
  readonly obstacle?: string
}

interface Walk {
  readonly rewritten: Set<string>
  obstacle?: string
}

/** @see https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs (JSON Schema limitations) */
const FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '))
const KEPT = new Set(['type', 'title', 'description', 'const', 'default', 'required', '$ref'])
const WITHOUT_MEANING = new Set(['$schema', '$id', '$comment'])
const MAPS = new Set(['properties', '$defs', 'definitions'])

/**
 * A copy within the limits of `output_config.format` and of strict tools, which are Bedrock's, too: objects are closed, and what cannot
 * be enforced is told in descriptions. Keys keep their order.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function strictSchema(schema: JsonObject): StrictSchema {
  const walk: Walk = { rewritten: new Set() }
  if (isRecursive(schema)) walk.obstacle = 'a recursive schema cannot be enforced'
  const strict = restrict(schema, walk)
  const { obstacle } = walk
  return { schema: strict, rewritten: [...walk.rewritten], ...(obstacle !== undefined && { obstacle }) }
}

function restrict(schema: unknown, walk: Walk): JsonObject {
  if (!isJsonObject(schema) || Object.keys(schema).length === 0) {
    walk.obstacle ??= 'a schema that allows any value cannot be enforced'
    return {}
  }
  const unenforced: string[] = []
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(schema)) {
    const entry = restrictKeyword(key, value, walk)
    if (entry !== undefined) entries.push(entry)
    else if (!WITHOUT_MEANING.has(key) && key !== 'additionalProperties') {
      walk.rewritten.add(key)
      unenforced.push(`${key}: ${JSON.stringify(value)}`)
    }
  }
  const strict = describe(Object.fromEntries(entries), unenforced)
  return isObjectSchema(schema) ? closed(strict, schema, walk) : strict
}

/** The keyword as it may stand; undefined where it may not. */
function restrictKeyword(key: string, value: unknown, walk: Walk): [string, unknown] | undefined {
  if (key === '$ref' && !(typeof value === 'string' && value.startsWith('#')))
    walk.obstacle ??= 'references outside the schema are not resolved'
  if (KEPT.has(key)) return [key, value]
  if (MAPS.has(key) && isJsonObject(value)) return [key, restrictAll(value, walk)]
  if (key === 'items' && isJsonObject(value)) return [key, restrict(value, walk)]
  if ((key === 'anyOf' || key === 'allOf') && Array.isArray(value))
    return [key, value.map((variant) => restrict(variant, walk))]
  if (key === 'oneOf' && Array.isArray(value)) {
    walk.rewritten.add('oneOf')
    return ['anyOf', value.map((variant) => restrict(variant, walk))]
  }
  if (key === 'enum' && Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null))
    return [key, value]
  if (key === 'format' && typeof value === 'string' && FORMATS.has(value)) return [key, value]
  if (key === 'minItems' && (value === 0 || value === 1)) return [key, value]
  return undefined
}

function restrictAll(schemas: JsonObject, walk: Walk): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, restrict(schema, walk)]))
}

function describe(schema: JsonObject, unenforced: readonly string[]): JsonObject {
  if (unenforced.length === 0) return schema
  const told = `(${unenforced.join(', ')})`
  const { description } = schema
  return { ...schema, description: typeof description === 'string' ? `${description} ${told}` : told }
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isJsonObject(properties)
}

/** A map of free keys would be allowed no key at all: that is another schema, not a stricter one. */
function closed(strict: JsonObject, schema: JsonObject, walk: Walk): JsonObject {
  const { additionalProperties: others, properties } = schema
  const isMap = isJsonObject(others) || (!isJsonObject(properties) && others !== false)
  if (isMap) walk.obstacle ??= 'an object with free keys cannot be enforced'
  if (others !== false) walk.rewritten.add('additionalProperties')
  return { ...strict, additionalProperties: false }
}

/** True where a definition, or the root, leads back to itself. */
function isRecursive(root: JsonObject): boolean {
  const done = new Set<string>()
  const leadsBack = (schema: unknown, within: readonly string[]): boolean => {
    if (Array.isArray(schema)) return schema.some((one) => leadsBack(one, within))
    if (!isJsonObject(schema)) return false
    const { $ref } = schema
    if (typeof $ref === 'string' && pointsBack($ref, within)) return true
    return Object.entries(schema).some(
      ([key, value]) => key !== '$defs' && key !== 'definitions' && leadsBack(value, within),
    )
  }
  const pointsBack = (pointer: string, within: readonly string[]): boolean => {
    if (pointer === '#' || within.includes(pointer)) return true
    if (done.has(pointer)) return false
    done.add(pointer)
    return leadsBack(definitionAt(root, pointer), [...within, pointer])
  }
  return leadsBack(root, [])
}
