import { Ajv, type ValidateFunction } from 'ajv'
import type { DialectId } from '../../../src/core/dialect-id.ts'
import { EXCEPTIONS, type SchemaException } from './exceptions.ts'
import { explain } from './explain.ts'
import { loadSchemas, type WireKind } from './generate.ts'
import type { JsonSchema } from './json-schema.ts'

interface Validator {
  readonly schema: JsonSchema
  readonly definitions: Readonly<Record<string, JsonSchema>>
  readonly check: ValidateFunction
}

const schemas = await loadSchemas()
const validators = new Map<string, Validator>()

/**
 * What is wrong with something that we sent, by the official SDK's own types; nothing if it is right. Each problem is `path: what`, and every
 * property that the type does not know is one.
 */
export function validateEmitted(format: DialectId, kind: WireKind, value: unknown): string[] {
  const { check, schema, definitions } = validatorOf(format, kind)
  if (check(value)) return []
  const problems = explain(schema, value, definitions)
  return problems.length > 0 ? problems : (check.errors ?? []).map((error) => JSON.stringify(error))
}

function validatorOf(format: DialectId, kind: WireKind): Validator {
  const key = `${format} ${kind}`
  const known = validators.get(key)
  if (known !== undefined) return known
  const validator = createValidator(format, kind)
  validators.set(key, validator)
  return validator
}

function createValidator(format: DialectId, kind: WireKind): Validator {
  const root = schemas[format]
  const definitions = structuredClone(root.definitions ?? {})
  for (const exception of EXCEPTIONS)
    if (exception.format === format && exception.kinds.includes(kind)) applyException(definitions, exception)
  const name = decodeURIComponent(root.$ref?.replace('#/definitions/', '') ?? '')
  const schema = definitions[name]?.properties?.[kind]
  if (schema === undefined) throw new Error(`There is no schema for ${format} ${kind}.`)
  const ajv = new Ajv({ strict: false, allErrors: false })
  return { schema, definitions, check: ajv.compile({ ...schema, definitions }) }
}

/** Throws where the type that an exception speaks of is gone: then it is out of date. */
function applyException(definitions: Record<string, JsonSchema>, { at, becomes }: SchemaException): void {
  const [typeName, property] = at
  const type = definitions[typeName]
  if (type?.properties === undefined)
    throw new Error(`There is no type ${typeName} to make an exception for.`)
  const { [property]: before, ...others } = type.properties
  if (before === undefined && typeof becomes === 'string')
    throw new Error(`There is no property ${typeName}.${property} to make an exception for.`)
  const isRequired = becomes !== 'absent' && becomes !== 'optional' && type.required?.includes(property)
  const required = (type.required ?? []).filter((name) => name !== property || isRequired)
  definitions[typeName] = {
    ...type,
    required,
    properties: { ...others, ...propertyAs(property, before, becomes) },
  }
}

function propertyAs(
  property: string,
  before: JsonSchema | undefined,
  becomes: SchemaException['becomes'],
): Record<string, JsonSchema> {
  if (becomes === 'absent') return {}
  const extra = becomes === 'nullable' ? { type: 'null' } : becomes
  if (before === undefined) return typeof extra === 'string' ? {} : { [property]: extra }
  return { [property]: typeof extra === 'string' ? before : { anyOf: [before, extra] } }
}
