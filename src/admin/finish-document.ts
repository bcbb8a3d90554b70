import { STATUS_CODES } from 'node:http'
import { isJsonObject, type JsonObject } from '../core/json.ts'

const INPUT_REFERENCE = /"#\/components\/schemas\/(\w+)Input"/g

/**
 * The OpenAPI document as people and generators like to read it. Each shape is there as a request writes it and as an answer reads it,
 * `TeamInput` and `Team`; none of ours is used both ways, so that one of the two is left out. Answers say what their status means.
 */
export function finishDocument(document: object): JsonObject {
  const written = new Set<string>()
  const text = JSON.stringify(document, describeAnswers)
  const parsed: unknown = JSON.parse(text)
  const { components, paths } = isJsonObject(parsed) ? parsed : {}
  for (const [, name] of JSON.stringify(paths).matchAll(INPUT_REFERENCE))
    if (name !== undefined) written.add(name)
  const schemas = isJsonObject(components) && isJsonObject(components.schemas) ? components.schemas : {}
  const kept = Object.entries(schemas).flatMap(([name, schema]) => {
    const plain = name.replace(/Input$/, '')
    const isInput = plain !== name && plain in schemas
    return isInput === written.has(plain) ? [[plain, schema] as const] : []
  })
  const finished = {
    ...(parsed as JsonObject),
    components: { ...(components as JsonObject), schemas: Object.fromEntries(kept) },
  }
  return JSON.parse(
    JSON.stringify(finished).replaceAll(INPUT_REFERENCE, '"#/components/schemas/$1"'),
  ) as JsonObject
}

function describeAnswers(key: string, value: unknown): unknown {
  if (key !== 'responses' || !isJsonObject(value)) return value
  const answers = Object.entries(value).map(([status, answer]) => {
    const isNamed = isJsonObject(answer) && answer.description !== 'Default Response'
    return [
      status,
      isNamed ? answer : { ...(answer as JsonObject), description: STATUS_CODES[status] ?? status },
    ]
  })
  return Object.fromEntries(answers)
}
