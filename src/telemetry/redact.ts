import { isSecretName, REDACTED } from './scrub.ts'
import { compileSecrets } from './secret-pattern.ts'

/** JSON nested deeper than this is cut rather than searched: what was not searched must not be shown. */
const MAX_DEPTH = 200

/** Keeps the secrets it knows out of text, values and bytes. Nothing here throws, and text without a secret costs one search. */
export interface Redactor {
  /** The text with every known secret, as it is, JSON-escaped or URL-encoded, replaced by `[redacted]`. */
  redactText(text: string): string
  /** The same for all texts and keys inside a JSON value, and for texts under names like `authorization`. Copies only what it changes. */
  redactValue<Value>(value: Value): Value
  /** Does a known secret occur in these bytes (UTF-8)? */
  containsSecret(bytes: Buffer): boolean
  /** From now on, these are the secrets: all of them, not only new ones. */
  update(secrets: Iterable<string>): void
}

/** A Redactor for the given secrets; those under 6 characters are ignored, they would match ordinary text. */
export function createRedactor(secrets: Iterable<string>): Redactor {
  let patterns = compileSecrets(secrets)
  const redactText = (text: string): string =>
    patterns.inText === null ? text : text.replace(patterns.inText, REDACTED)
  return {
    redactText,
    redactValue: <Value>(value: Value): Value => redactJson(value, redactText, 0) as Value,
    containsSecret: (bytes) =>
      patterns.inBytes !== null && bytes.toString('latin1').search(patterns.inBytes) !== -1,
    update: (nextSecrets) => {
      patterns = compileSecrets(nextSecrets)
    },
  }
}

type RedactText = (text: string) => string

function redactJson(value: unknown, redactText: RedactText, depth: number): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH) return '[nested too deeply]'
  if (Array.isArray(value)) return redactArray(value, redactText, depth)
  return isPlainObject(value) ? redactObject(value, redactText, depth) : value
}

function redactArray(array: readonly unknown[], redactText: RedactText, depth: number): readonly unknown[] {
  let copy: unknown[] | null = null
  for (let index = 0; index < array.length; index++) {
    const redacted = redactJson(array[index], redactText, depth + 1)
    if (redacted === array[index]) continue
    copy ??= array.slice()
    copy[index] = redacted
  }
  return copy ?? array
}

function redactObject(object: Record<string, unknown>, redactText: RedactText, depth: number): unknown {
  let isChanged = false
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(object)) {
    const safeKey = redactText(key)
    const isHidden = typeof value === 'string' && isSecretName(key)
    const safeValue = isHidden ? REDACTED : redactJson(value, redactText, depth + 1)
    if (safeKey !== key || safeValue !== value) isChanged = true
    entries.push([safeKey, safeValue])
  }
  return isChanged ? Object.fromEntries(entries) : object
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
