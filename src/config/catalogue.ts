import * as z from 'zod'
import { type OptionMeta, optionMeta, typeName } from './option.ts'

/** One option of the schema, found by walking it. */
export interface OptionInfo {
  /** `['server', 'port']`; `[]` stands for every item of a list, `<id>` for every name in a table. */
  readonly path: readonly string[]
  /** The path with dots: `server.port`, `gateway_keys[].id`. */
  readonly name: string
  readonly schema: z.ZodType
  readonly meta: OptionMeta
  /** The type of value, for people; undefined for a group of options. */
  readonly type: string | undefined
  /** The default as it would be written, if there is one. */
  readonly defaultValue: unknown
}

/** Every option and group of options below a schema, in the order of the schema. */
export function listOptions(schema: z.ZodType, path: readonly string[] = []): OptionInfo[] {
  const inner = bare(schema)
  if (inner instanceof z.ZodObject) {
    return Object.entries<z.ZodType>(inner.shape).flatMap(([name, child]) => describe(child, [...path, name]))
  }
  if (inner instanceof z.ZodArray) return listOptions(asSchema(inner.element), [...path, '[]'])
  if (inner instanceof z.ZodRecord) return listOptions(asSchema(inner.valueType), [...path, '<id>'])
  return []
}

/** The schema at a path of a value, or undefined if the schema has no such place. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let current: z.ZodType | undefined = schema
  for (const segment of path) current = current && childOf(bare(current), segment)
  return current
}

/** The names that a table may hold at a path of a value; empty where it is not a table of options. */
export function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const found = schemaAt(schema, path)
  const inner = found && bare(found)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

/** Other names under which an option may be written: `timeout_seconds` for a duration called `timeout`. */
export function spellingsOf(name: string, schema: z.ZodType): string[] {
  return typeName(bare(schema)) === 'duration' ? [`${name}_seconds`] : []
}

/** A schema without its optional and default wrappers. */
export function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodPrefault) {
    return bare(asSchema(schema.unwrap()))
  }
  return schema
}

function describe(schema: z.ZodType, path: readonly string[]): OptionInfo[] {
  const below = listOptions(schema, path)
  const meta = optionMeta(schema)
  if (meta === undefined) return below
  const name = path.join('.').replaceAll('.[]', '[]')
  const defaultValue = schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined
  return [{ path, name, schema, meta, type: typeName(bare(schema)), defaultValue }, ...below]
}

function childOf(schema: z.ZodType, segment: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    const shape: Record<PropertyKey, z.ZodType> = schema.shape
    return Object.hasOwn(shape, segment) ? shape[segment] : undefined
  }
  if (schema instanceof z.ZodArray) return asSchema(schema.element)
  return schema instanceof z.ZodRecord ? asSchema(schema.valueType) : undefined
}

/** zod types the insides of its wrappers as core schemas; all of ours are made by this same zod. */
function asSchema(inner: z.core.$ZodType): z.ZodType {
  if (inner instanceof z.ZodType) return inner
  throw new TypeError('a schema of another zod')
}
