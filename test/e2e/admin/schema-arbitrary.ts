import * as fc from 'fast-check'
import type { Body } from './admin-client.ts'

// JSON Schemas of the OpenAPI document as fast-check arbitraries: of what fits, and of what only nearly does.

const NAMES = ['one', 'two', 'three', 'nobody', 'simulated', 'upstream_0000000000000000']
const INSTANTS = [
  '2027-01-31T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '2026-02-28T12:00:00.123456+01:00',
]
const ADDRESSES = [
  'https://api.example.com/v1',
  'http://127.0.0.1:1/v1',
  'https://169.254.169.254',
  'http://[::1]',
  'HTTP://x',
]

/** Values that the schema describes. */
export function fitting(schema: Body, document: Body): fc.Arbitrary<unknown> {
  const inner = (part: Body) => fitting(part, document)
  if (schema.$ref !== undefined) return inner(resolve(schema.$ref, document))
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(inner))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  switch (schema.type) {
    case 'string':
      return textOf(schema)
    case 'integer':
      return fc.oneof(fc.integer(boundsOf(schema, 1000)), fc.integer(boundsOf(schema, 2 ** 53 - 1)))
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(inner(schema.items), { minLength: schema.minItems ?? 0, maxLength: 4 })
    case 'object':
      return objectOf(schema, inner)
    default:
      return fc.jsonValue({ maxDepth: 3 })
  }
}

/** Values that the schema describes, with something about them that need not be right. */
export function nearlyFitting(schema: Body, document: Body): fc.Arbitrary<unknown> {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constant('\0'),
    fc.constant('__proto__'),
    fc.string(),
  )
  const changed = fc
    .tuple(fitting(schema, document), fc.string({ maxLength: 20 }), anything, fc.nat())
    .map(([value, name, other, place]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return other
      const names = [...Object.keys(value), ...Object.keys(schemaOf(schema, document).properties ?? {}), name]
      return { ...value, [names[place % names.length] ?? name]: other }
    })
  return fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: anything })
}

function textOf(schema: Body): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = 60, format, pattern } = schema
  if (format === 'date-time') return fc.constantFrom(...INSTANTS)
  if (format === 'uri') return fc.constantFrom(...ADDRESSES)
  const text = fc.string({ minLength, maxLength: Math.min(maxLength, 60), unit: 'binary' })
  const isFit = (value: string) => pattern === undefined || new RegExp(pattern, 'u').test(value)
  return fc.oneof(
    fc.constantFrom(...NAMES),
    text.map((value) => (isFit(value) ? value : 'otherwise')),
  )
}

function objectOf(schema: Body, inner: (part: Body) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries<Body>(schema.properties ?? {}).map(
    ([name, part]) => [name, inner(part)] as const,
  )
  if (properties.length === 0 && typeof schema.additionalProperties === 'object')
    return fc.dictionary(fc.string({ maxLength: 10 }), inner(schema.additionalProperties), { maxKeys: 4 })
  const required: string[] = schema.required ?? []
  const optional = properties.map(([name]) => name).filter((name) => !required.includes(name))
  // with all of them, one would always be wrong
  return fc.subarray(optional, { maxLength: Math.min(3, optional.length) }).chain((names) => {
    const chosen = properties.filter(([name]) => required.includes(name) || names.includes(name))
    return fc.record(Object.fromEntries(chosen))
  })
}

function boundsOf({ minimum, maximum }: Body, reach: number): { min: number; max: number } {
  const min = Math.max(minimum ?? -reach, -(2 ** 53 - 1))
  return { min, max: Math.max(min, Math.min(maximum ?? reach, min + 2 * reach, 2 ** 53 - 1)) }
}

function schemaOf(schema: Body, document: Body): Body {
  return schema.$ref === undefined ? schema : resolve(schema.$ref, document)
}

function resolve(reference: string, document: Body): Body {
  return document.components.schemas[reference.split('/').at(-1) ?? '']
}
