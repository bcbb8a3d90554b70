import { isJsonObject, type JsonObject } from '../core/json.ts'

/** A tool's schema as most APIs take it; `change` says what had to be said differently, `obstacle` what cannot be said. */
export interface RootSchema {
  readonly schema: JsonObject
  readonly change?: string
  readonly obstacle?: string
}

const COMBINERS = ['anyOf', 'oneOf', 'allOf'] as const

/**
 * Anthropic and OpenAI want an object at the root, without `anyOf`, `oneOf` or `allOf` there. A root that has them keeps the properties
 * of all variants, and what they said is told in its description. Keys keep their order: prompt caches depend on it.
 */
export function rootObjectSchema(parameters: JsonObject | undefined): RootSchema {
  if (parameters === undefined || Object.keys(parameters).length === 0)
    return { schema: { type: 'object', properties: {} } }
  const root = resolveRoot(parameters)
  const combiners = COMBINERS.filter((name) => Array.isArray(root[name]))
  if (combiners.length === 0) return withObjectType(root, root !== parameters)
  const merged = withoutCombiners(root, combiners)
  return { schema: merged, change: 'alternatives at the root of the schema are told in its description' }
}

function withObjectType(root: JsonObject, wasResolved: boolean): RootSchema {
  const change = wasResolved ? { change: 'the reference at the root of the schema was resolved' } : {}
  const { type } = root
  if (type === 'object') return { schema: root, ...change }
  if (type === undefined && !('$ref' in root))
    return { schema: { type: 'object', ...root }, change: 'the arguments were said to be an object' }
  if (Array.isArray(type) && type.includes('object'))
    return { schema: { ...root, type: 'object' }, change: 'the arguments are always an object' }
  return { schema: root, obstacle: 'the arguments of a tool must be an object' }
}

/** A root that only points at one of its own definitions, with that definition in its place. */
function resolveRoot(schema: JsonObject): JsonObject {
  const { $ref, ...rest } = schema
  const target = typeof $ref === 'string' ? definitionAt(schema, $ref) : undefined
  return target === undefined ? schema : { ...target, ...rest }
}

/** `#/$defs/Name` in the schema's own definitions. */
export function definitionAt(schema: JsonObject, pointer: string): JsonObject | undefined {
  const match = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(pointer)
  const definitions = match?.[1] === undefined ? undefined : schema[match[1]]
  const name = match?.[2]?.replaceAll('~1', '/').replaceAll('~0', '~')
  if (!isJsonObject(definitions) || name === undefined || !Object.hasOwn(definitions, name)) return undefined
  const definition = definitions[name]
  return isJsonObject(definition) ? definition : undefined
}

function withoutCombiners(root: JsonObject, combiners: readonly (typeof COMBINERS)[number][]): JsonObject {
  const properties = new Map(propertiesOf(root))
  const required = new Set(requiredOf(root))
  for (const combiner of combiners) {
    const variants = variantsOf(root, combiner)
    for (const variant of variants) {
      for (const [name, schema] of propertiesOf(variant))
        if (!properties.has(name)) properties.set(name, schema)
    }
    for (const name of requiredByAll(variants, combiner)) required.add(name)
  }
  const told = combiners.map((name) => `${name}: ${JSON.stringify(root[name])}`).join('\n')
  const description = typeof root.description === 'string' ? `${root.description}\n\n${told}` : told
  const kept = Object.entries(root).filter(([key]) => !combiners.some((name) => name === key))
  return {
    ...Object.fromEntries(kept),
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.size > 0 && { required: [...required] }),
    description,
  }
}

function variantsOf(root: JsonObject, combiner: string): JsonObject[] {
  const list: readonly unknown[] = Array.isArray(root[combiner]) ? root[combiner] : []
  return list
    .filter(isJsonObject)
    .map((variant) =>
      typeof variant.$ref === 'string' ? (definitionAt(root, variant.$ref) ?? variant) : variant,
    )
}

/** Of alternatives, what every one requires; of conditions that all hold, what any requires. */
function requiredByAll(variants: readonly JsonObject[], combiner: string): string[] {
  const lists = variants.map(requiredOf)
  if (combiner === 'allOf') return lists.flat()
  return (lists[0] ?? []).filter((name) => lists.every((list) => list.includes(name)))
}

function propertiesOf({ properties }: JsonObject): [string, unknown][] {
  return isJsonObject(properties) ? Object.entries(properties) : []
}

function requiredOf({ required }: JsonObject): string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}
