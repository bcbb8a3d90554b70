import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { listOptions } from './catalogue.ts'
import { renderJsonSchema } from './json-schema.ts'
import { renderReference } from './reference.ts'
import { configFileSchema } from './schema.ts'

const written = async (name: string) => await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

// If one of these fails: node scripts/generate-docs.ts
test('docs/configuration.md is what the schema says', async () => {
  expect(await written('configuration.md')).toBe(renderReference())
})

test('docs/config.schema.json is what the schema says', async () => {
  expect(await written('config.schema.json')).toBe(renderJsonSchema())
  expect(JSON.parse(renderJsonSchema())).toMatchObject({
    additionalProperties: false,
    properties: { server: { properties: { timeout: { default: '30s' }, timeout_seconds: {} } } },
  })
})

test('every option is described, and no environment variable belongs to two', () => {
  const options = listOptions(configFileSchema)
  const leaves = options.filter(({ type }) => type !== undefined)
  expect(leaves.length).toBeGreaterThan(60)
  expect(options.every(({ meta }) => meta.description.endsWith('.'))).toBe(true)
  const variables = options.flatMap(({ meta }) => meta.environment ?? [])
  expect(new Set(variables).size).toBe(variables.length)
})

test('no option of the schema was left undescribed', () => {
  const described = new Set(listOptions(configFileSchema).map(({ name }) => name))
  for (const name of [
    'server.port',
    'gateway_keys[].key_hash',
    'providers.<id>.base_url',
    'model_routes.routes[].priority',
  ])
    expect(described).toContain(name)
})
