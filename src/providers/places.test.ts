import { expect, test } from 'vitest'
import { addressOf } from './address.ts'
import { azureOpenai } from './azure-openai.ts'
import { bedrock } from './bedrock.ts'
import { openai } from './openai.ts'
import { atPlace, type Placed } from './places.ts'
import type { Provider } from './provider.ts'
import { vertex } from './vertex.ts'

const google = (location: string): Placed => ({
  cloud: { type: 'google', project: 'example.com:p', location },
})
const originOf = (provider: Provider, account: Placed) => addressOf(atPlace(provider, account, false)).origin

test.each([
  ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com'],
  ['global', 'https://aiplatform.googleapis.com'],
  ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
])('Vertex in %s is at %s', (location, origin) => {
  expect(originOf(vertex, google(location))).toBe(origin)
  const { roots } = atPlace(vertex, google(location), false)
  expect(roots.gemini).toBe(`/v1/projects/example.com%3Ap/locations/${location}/publishers/google`)
})

test('Bedrock is where its credentials are good, or where the account says', () => {
  const origin = 'https://bedrock-runtime.eu-central-1.amazonaws.com'
  expect(originOf(bedrock, { cloud: { type: 'aws', region: 'eu-central-1' } })).toBe(origin)
  expect(originOf(bedrock, { region: 'eu-central-1' })).toBe(origin)
})

test('a base URL stands for the origin, not for the project', () => {
  const placed = atPlace(vertex, google('global'), true)
  const address = addressOf(placed, 'http://127.0.0.1:8000')
  expect([address.origin, address.roots.openai]).toEqual([
    'http://127.0.0.1:8000',
    '/v1/projects/example.com%3Ap/locations/global/endpoints/openapi',
  ])
  expect(addressOf(atPlace(bedrock, {}, true), 'http://127.0.0.1:8000').origin).toBe('http://127.0.0.1:8000')
})

test('Azure is nowhere without the address of a resource: no key goes to a host that somebody else may own', () => {
  expect(() => atPlace(azureOpenai, {}, false)).toThrow('resource')
  const placed = atPlace(azureOpenai, {}, true)
  expect(addressOf(placed, 'https://mine.openai.azure.com').origin).toBe('https://mine.openai.azure.com')
})

test('what is missing is named, and a region cannot become another host', () => {
  expect(() => atPlace(bedrock, {}, false)).toThrow('region')
  expect(() => atPlace(vertex, {}, true)).toThrow('project')
  expect(() => originOf(bedrock, { region: 'x.evil.example/' })).toThrow(TypeError)
})

test('a provider that is the same everywhere stays what it is', () => {
  expect(atPlace(openai, {}, false)).toBe(openai)
})
