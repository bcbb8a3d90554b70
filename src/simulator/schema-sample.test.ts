import { expect, test } from 'vitest'
import { sampleFromSchema } from './schema-sample.ts'

test.each<[string, unknown, unknown]>([
  [
    'required properties only',
    { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] },
    { a: 'sample a' },
  ],
  [
    'all properties where none is required',
    { properties: { a: { type: 'integer' }, b: { type: 'boolean' } } },
    { a: 1, b: true },
  ],
  ['the first of an enum', { type: 'string', enum: ['x', 'y'] }, 'x'],
  ['a constant', { const: 7 }, 7],
  ['the default', { type: 'string', default: 'd' }, 'd'],
  ['a type that may be null', { type: ['null', 'number'], minimum: 5 }, 5],
  ['the first choice that is not null', { anyOf: [{ type: 'null' }, { type: 'boolean' }] }, true],
  ['a reference', { $ref: '#/$defs/a', $defs: { a: { enum: [3] } } }, 3],
  [
    'all parts of an allOf',
    { allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] },
    { a: 1, b: 2 },
  ],
  ['as many items as needed', { type: 'array', items: { const: 1 }, minItems: 2 }, [1, 1]],
  ['numbers within their bounds', { type: 'integer', exclusiveMinimum: 9, multipleOf: 5 }, 15],
  ['types in capitals', { type: 'OBJECT', properties: { a: { type: 'NUMBER' } }, required: ['a'] }, { a: 1 }],
  ['formats', { type: 'string', format: 'date' }, '2026-01-31'],
])('a sample honours %s', (_name, schema, expected) => {
  expect(sampleFromSchema(schema)).toEqual(expected)
})

test('a schema that contains itself ends', () => {
  const node = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
  expect(JSON.stringify(sampleFromSchema(node)).length).toBeLessThan(2000)
  const optional = {
    type: 'object',
    properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
  }
  expect(sampleFromSchema(optional)).toHaveProperty('name')
})
