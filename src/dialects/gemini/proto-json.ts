import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'

/**
 * A protobuf message as a client wrote it in JSON: field names in camelCase or in snake_case, `null` for what is absent, numbers
 * perhaps as text.
 * @see https://protobuf.dev/programming-guides/json/
 */
export interface ProtoMessage {
  readonly fields: JsonObject
  /** In the client's spelling; empty for the body itself. */
  readonly path: string
}

export interface ProtoMember {
  /** In camelCase, however the client spelled it. */
  readonly name: string
  readonly path: string
  readonly value: unknown
}

export function toCamel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
}

function toSnake(camelName: string): string {
  return camelName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The field, in either spelling; undefined where it is absent or null. */
export function memberOf(message: ProtoMessage, name: string): ProtoMember | undefined {
  for (const key of [name, toSnake(name)]) {
    const value = Object.hasOwn(message.fields, key) ? message.fields[key] : undefined
    if (value !== undefined && value !== null) return { name, path: join(message.path, key), value }
  }
  return undefined
}

/** Every field that is present, in the client's order. */
export function membersOf(message: ProtoMessage): ProtoMember[] {
  return Object.entries(message.fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => ({ name: toCamel(key), path: join(message.path, key), value }))
}

export function textIn(message: ProtoMessage, name: string): string | undefined {
  const member = memberOf(message, name)
  if (member === undefined) return undefined
  return typeof member.value === 'string' ? member.value : reject(member.path, 'must be text')
}

export function numberIn(message: ProtoMessage, name: string): number | undefined {
  const member = memberOf(message, name)
  if (member === undefined) return undefined
  const { value, path } = member
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : reject(path, 'must be a number')
}

/** A whole number of one or more. */
export function countIn(message: ProtoMessage, name: string): number | undefined {
  const number = numberIn(message, name)
  if (number === undefined || (Number.isInteger(number) && number > 0)) return number
  return reject(memberOf(message, name)?.path ?? name, 'must be a whole number of one or more')
}

export function flagIn(message: ProtoMessage, name: string): boolean | undefined {
  const member = memberOf(message, name)
  if (member === undefined) return undefined
  return typeof member.value === 'boolean' ? member.value : reject(member.path, 'must be true or false')
}

export function messageIn(message: ProtoMessage, name: string): ProtoMessage | undefined {
  const member = memberOf(message, name)
  return member === undefined ? undefined : asMessage(member.value, member.path)
}

/** A repeated field of messages. One that stands alone, without its list, counts as a list of one. */
export function messagesIn(message: ProtoMessage, name: string): ProtoMessage[] {
  const member = memberOf(message, name)
  if (member === undefined) return []
  const { value, path } = member
  if (isJsonObject(value)) return [{ fields: value, path }]
  if (!Array.isArray(value)) return reject(path, 'must be a list of objects')
  return value.map((entry, index) => asMessage(entry, `${path}[${index}]`))
}

export function textsIn(message: ProtoMessage, name: string): string[] {
  const member = memberOf(message, name)
  if (member === undefined) return []
  const { value, path } = member
  if (!Array.isArray(value)) return reject(path, 'must be a list of texts')
  return value.map((entry: unknown, index) =>
    typeof entry === 'string' ? entry : reject(`${path}[${index}]`, 'must be text'),
  )
}

export function asMessage(value: unknown, path: string): ProtoMessage {
  return isJsonObject(value) ? { fields: value, path } : reject(path, 'must be an object')
}

/** Throws `invalid_request`. */
export function reject(path: string, problem: string): never {
  throw new GatewayError('invalid_request', `"${path}" ${problem}.`, { path })
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
