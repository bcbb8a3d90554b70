import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makePostgresDatabase, POSTGRES_PROBLEM } from '../../support/postgres.ts'
import {
  type AdminClient,
  type Answer,
  type Body,
  type Operation,
  ROOT,
  readDocument,
  startAdmin,
} from './admin-client.ts'
import { fitting, nearlyFitting } from './schema-arbitrary.ts'

// Requests made from the OpenAPI document, sound and nearly sound: none is answered with a 5xx, and every answer is as the document says.

/** Sign-ins and tests of accounts call out; they have tests of their own. */
const CALLS_OUT = /oauth|\/test$/
const REQUESTS_EACH = 40

interface Sample {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: unknown
}

describe('SQLite', () => {
  test('answers whatever comes as the document says', async () => {
    expect(await fuzz({})).toBeGreaterThan(0.5)
  })
})

const reason = POSTGRES_PROBLEM === undefined ? '' : ` (skipped: ${POSTGRES_PROBLEM})`
describe.skipIf(POSTGRES_PROBLEM !== undefined)(`PostgreSQL${reason}`, () => {
  test('answers whatever comes as the document says', async () => {
    const environment = { DATABASE_URL: await makePostgresDatabase(), LLM_GATEWAY_MASTER_KEY: 'b'.repeat(64) }
    expect(await fuzz(environment)).toBeGreaterThan(0.5)
  })
})

/** Throws with the smallest request that is answered otherwise than documented. Returns the share of operations that ever succeeded. */
async function fuzz(environment: Record<string, string>): Promise<number> {
  const admin = await startAdmin({ environment })
  onTestFinished(() => admin.close())
  const { document, operations } = await readDocument(admin.gateway.url)
  const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'api')
  const statuses = new Map<string, Set<number>>()
  for (const operation of operations.filter(({ path }) => !CALLS_OUT.test(path))) {
    const seen = new Set<number>()
    statuses.set(`${operation.method} ${operation.path}`, seen)
    const known = await seed(admin)
    const property = fc.asyncProperty(
      samplesOf(operation, document, known),
      async ({ path, headers, body }) => {
        const answer = await admin.call(operation.method, path, { headers, body })
        seen.add(answer.status)
        judge(answer, operation, ajv)
      },
    )
    await fc.assert(property, { numRuns: REQUESTS_EACH })
  }
  // it was no use if hardly anything ever succeeded
  const succeeded = [...statuses.values()].filter((seen) => [...seen].some((status) => status < 300))
  return succeeded.length / statuses.size
}

function judge({ status, body, text }: Answer, { description, path, method }: Operation, ajv: Ajv2020): void {
  if (status >= 500 || description.responses[status] === undefined)
    throw new Error(`${method} ${path} answered ${status}: ${text}`)
  if (status === 204) return
  const steps = [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ]
  const pointer = steps
    .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  const validate = ajv.getSchema(`api#/${pointer}`) as ValidateFunction
  if (!validate(body))
    throw new Error(`${method} ${path} ${status}: ${text}\n${JSON.stringify(validate.errors)}`)
}

function samplesOf(
  { path, description }: Operation,
  document: Body,
  known: readonly string[],
): fc.Arbitrary<Sample> {
  const parameters: Body[] = description.parameters ?? []
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const schema = description.requestBody?.content['application/json'].schema
  return fc.record({
    path: fc
      .tuple(ids(known), queries(inQuery, document))
      .map(([id, query]) => path.slice(ROOT.length).replace('{id}', encodeURIComponent(id)) + query),
    headers: fc
      .option(fc.constantFrom('"1"', '"2"', '*', '1', 'W/"1"', '"x"'), { freq: 3, nil: undefined })
      .map(ifMatch),
    body:
      schema === undefined
        ? fc.constant(undefined)
        : fc.oneof(
            { weight: 3, arbitrary: fitting(schema, document) },
            { weight: 2, arbitrary: nearlyFitting(schema, document) },
          ),
  })
}

/** One of everything: by name, but for a route, which has none. */
async function seed(admin: AdminClient): Promise<string[]> {
  await admin.call('POST', '/keys', { body: { name: 'one' } })
  await admin.call('POST', '/teams', { body: { name: 'one' } })
  await admin.call('POST', '/accounts', { body: { name: 'one', provider: 'openai', api_key: '' } })
  const { body } = await admin.call('POST', '/routes', { body: { source_model: 'one' } })
  return ['one', 'two', body.id]
}

function ids(known: readonly string[]): fc.Arbitrary<string> {
  const strange = fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }).filter((id) => !/^\.+$/.test(id))
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: strange })
}

function queries(parameters: readonly Body[], document: Body): fc.Arbitrary<string> {
  const values = parameters.map(({ name, schema }) =>
    fc
      .option(
        fc.oneof({ weight: 3, arbitrary: fitting(schema, document) }, { weight: 1, arbitrary: fc.string() }),
        { nil: undefined, freq: 1 },
      )
      .map((value) => (value === undefined ? '' : `${name}=${encodeURIComponent(asText(value))}`)),
  )
  return fc.tuple(...values).map((pairs) => {
    const present = pairs.filter((pair) => pair !== '')
    return present.length === 0 ? '' : `?${present.join('&')}`
  })
}

function ifMatch(value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { 'if-match': value }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
