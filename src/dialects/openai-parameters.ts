import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Extra, Sampling } from '../ir/request.ts'

// Readers of the parameters that Chat and the legacy Completions share. Null is as good as absent. All throw `invalid_request` with
// the path of the field at fault.

export function invalidField(path: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `"${path}" ${problem}.`, { path })
}

export function readNumber(body: JsonObject, key: string): number | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw invalidField(key, 'must be a number')
}

/** An integer that is `least` or more. */
export function readCount(body: JsonObject, key: string, least = 0): number | undefined {
  const value = readNumber(body, key)
  if (value === undefined || (Number.isInteger(value) && value >= least)) return value
  throw invalidField(key, `must be an integer of at least ${least}`)
}

export function readText(body: JsonObject, key: string, path = key): string | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw invalidField(path, 'must be a text')
}

export function readBoolean(body: JsonObject, key: string): boolean | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  throw invalidField(key, 'must be true or false')
}

export function readObject(body: JsonObject, key: string, path = key): JsonObject | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (isJsonObject(value)) return value
  throw invalidField(path, 'must be an object')
}

/** The word if it is one of `words`. */
export function readWord<Word extends string>(
  body: JsonObject,
  key: string,
  words: readonly Word[],
): Word | undefined {
  const value = readText(body, key)
  if (value === undefined) return undefined
  const word = words.find((known) => known === value)
  if (word !== undefined) return word
  throw invalidField(key, `must be one of ${words.join(', ')}`)
}

const MAX_STOP_SEQUENCES = 4

/** `stop`: one text or up to four. */
export function readStop(body: JsonObject): readonly string[] {
  const stop = body.stop
  if (stop === undefined || stop === null) return []
  if (typeof stop === 'string') return [stop]
  if (Array.isArray(stop) && stop.length <= MAX_STOP_SEQUENCES) {
    const texts = stop.filter((entry): entry is string => typeof entry === 'string')
    if (texts.length === stop.length) return texts
  }
  throw invalidField('stop', `must be a text or a list of at most ${MAX_STOP_SEQUENCES} texts`)
}

/** What Chat and Completions spell alike; `logprobs`, which they do not, is left to them. */
export function readSampling(body: JsonObject): Sampling {
  const bias = readObject(body, 'logit_bias')
  return {
    ...present('temperature', readNumber(body, 'temperature')),
    ...present('topP', readNumber(body, 'top_p')),
    ...present('seed', readNumber(body, 'seed')),
    ...present('presencePenalty', readNumber(body, 'presence_penalty')),
    ...present('frequencyPenalty', readNumber(body, 'frequency_penalty')),
    ...present('choices', readCount(body, 'n', 1)),
    ...(bias !== undefined && Object.keys(bias).length > 0 && { logitBias: bias }),
  }
}

/** `{ [key]: value }`, or nothing where the value is undefined. */
export function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]?: Value })
}

/** Every top-level field that `known` does not list, as a hint. */
export function unknownFields(
  body: JsonObject,
  known: ReadonlySet<string>,
  dialect: Extra['dialect'],
): Extra[] {
  return Object.entries(body)
    .filter(([key, value]) => !known.has(key) && value !== null && value !== undefined)
    .map(([path, value]) => ({ dialect, path, value, weight: 'hint' }))
}

/** The same for the objects in the body, each by its path with the members that are known: `{ 'text.format': ['type', …] }`. */
export function unknownMembers(
  body: JsonObject,
  known: Readonly<Record<string, readonly string[]>>,
  dialect: Extra['dialect'],
): Extra[] {
  return Object.entries(known).flatMap(([path, names]) => {
    const object = path
      .split('.')
      .reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), body)
    if (!isJsonObject(object)) return []
    const unknown = unknownFields(object, new Set(names), dialect)
    return unknown.map((extra) => ({ ...extra, path: `${path}.${extra.path}` }))
  })
}
