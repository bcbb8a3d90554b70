import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts'
import type { JsonSchema } from './json-schema.ts'

type Definitions = Readonly<Record<string, JsonSchema>>

/**
 * What is wrong with a value, each as `path: problem`. Of a union, only the member that the value is nearest to is held against it, so that an
 * item of type `message` is told what a message lacks and not why it is none of twenty others.
 */
export function explain(schema: JsonSchema, value: unknown, definitions: Definitions, path = ''): string[] {
  if (schema.$ref !== undefined) return explain(resolve(schema.$ref, definitions), value, definitions, path)
  if (schema.anyOf !== undefined) return explainUnion(schema.anyOf, value, definitions, path)
  const at = path === '' ? '(root)' : path
  if ('const' in schema && !isDeepStrictEqual(value, schema.const))
    return [`${at}: is ${show(value)}, not ${show(schema.const)}`]
  if (schema.enum !== undefined && !schema.enum.some((each) => isDeepStrictEqual(value, each)))
    return [`${at}: is ${show(value)}, not one of ${show(schema.enum)}`]
  if (schema.type !== undefined && !hasType(value, schema.type))
    return [`${at}: is ${show(value)}, not of type ${[schema.type].flat().join(' or ')}`]
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema
    return value.flatMap((item, index) => explain(items, item, definitions, `${path}[${index}]`))
  }
  return isJsonObject(value) ? explainObject(schema, value, definitions, path) : []
}

function explainObject(
  schema: JsonSchema,
  value: JsonObject,
  definitions: Definitions,
  path: string,
): string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  const missing = required.filter((name) => !(name in value)).map((name) => `${at(name)}: is missing`)
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (known === false) return [`${at(name)}: is unknown (${show(member)})`]
    return typeof known === 'object' ? explain(known, member, definitions, at(name)) : []
  })
  return [...missing, ...wrong]
}

function explainUnion(
  members: readonly JsonSchema[],
  value: unknown,
  definitions: Definitions,
  path: string,
): string[] {
  const verdicts = members
    .flatMap((member) => flatten(member, definitions))
    .map((member) => {
      const problems = explain(member, value, definitions, path)
      return { problems, isKin: isKin(member, value, definitions) }
    })
  if (verdicts.some(({ problems }) => problems.length === 0)) return []
  const kin = verdicts.filter((verdict) => verdict.isKin)
  const nearest = (kin.length > 0 ? kin : verdicts).sort((a, b) => a.problems.length - b.problems.length)[0]
  return nearest?.problems ?? [`${path}: fits nothing`]
}

/** Members of a union within a union, side by side. */
function flatten(schema: JsonSchema, definitions: Definitions): JsonSchema[] {
  if (schema.$ref !== undefined) return flatten(resolve(schema.$ref, definitions), definitions)
  return schema.anyOf === undefined
    ? [schema]
    : schema.anyOf.flatMap((member) => flatten(member, definitions))
}

/** Whether the fixed words of a member, such as its `type`, are the value's. */
function isKin({ type, properties = {} }: JsonSchema, value: unknown, definitions: Definitions): boolean {
  if (!isJsonObject(value)) return type !== undefined && hasType(value, type)
  const fixed = Object.entries(properties).filter(([name, member]) => 'const' in member && name in value)
  return (
    type === 'object' &&
    fixed.every(([name, member]) => explain(member, value[name], definitions).length === 0)
  )
}

function resolve(reference: string, definitions: Definitions): JsonSchema {
  const name = decodeURIComponent(reference.replace('#/definitions/', ''))
  const found = definitions[name]
  if (found === undefined) throw new Error(`The schema refers to ${name}, which it does not define.`)
  return found
}

function hasType(value: unknown, type: string | readonly string[]): boolean {
  return [type].flat().some((name) => {
    if (name === 'null') return value === null
    if (name === 'array') return Array.isArray(value)
    if (name === 'object') return isJsonObject(value)
    return typeof value === name
  })
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
