import { type JsonObject, objectOf, objectsOf } from './json.ts'

/** A field of a protobuf message written as JSON: `systemInstruction` and `system_instruction` are the same. */
export function field(object: JsonObject, camelName: string): unknown {
  return object[camelName] ?? object[toSnake(camelName)]
}

export function toSnake(camelName: string): string {
  return camelName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export function toCamel(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}

/** The contents of a request; a single one may stand outside a list. */
export function contentsOf(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body.contents) ? objectsOf(body.contents) : [objectOf(body.contents)]
}

export function partsOf(content: JsonObject): readonly JsonObject[] {
  return Array.isArray(content.parts)
    ? objectsOf(content.parts)
    : content.parts === undefined
      ? []
      : [objectOf(content.parts)]
}

export function functionCallOf(part: JsonObject): JsonObject | undefined {
  const call = field(part, 'functionCall')
  return call === undefined ? undefined : objectOf(call)
}

export function functionResponseOf(part: JsonObject): JsonObject | undefined {
  const response = field(part, 'functionResponse')
  return response === undefined ? undefined : objectOf(response)
}

/** `countTokens` may wrap the request that it counts. */
export function generateRequestOf(body: JsonObject): JsonObject {
  const wrapped = field(body, 'generateContentRequest')
  return wrapped === undefined ? body : objectOf(wrapped)
}
