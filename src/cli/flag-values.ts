import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../core/duration.ts'

// Values of flags. An empty one takes away what is there: `--team ""`. What commander is thrown here becomes its answer to a wrong call.

/** `a,b` to its parts, several flags to one list; nothing to null. */
export function parseList(text: string, before?: readonly string[] | null): readonly string[] | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const all = [...(before ?? []), ...parts]
  return all.length === 0 ? null : all
}

/** Text as it is; nothing to null. */
export function parseText(text: string): string | null {
  return text.trim() === '' ? null : text
}

/** `name=value`, one pair for each flag; nothing to null. */
export function parsePairs(
  text: string,
  before?: Readonly<Record<string, string>> | null,
): Readonly<Record<string, string>> | null {
  if (text === '') return null
  const [, name, value] = /^\s*([^=\s][^=]*?)\s*=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be name=value.')
  return { ...before, [name]: value }
}

/** `name: value`, one header for each flag. */
export function parseHeader(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be "name: value".')
  return { ...before, [name.toLowerCase()]: value }
}

/** A whole number; nothing to null. */
export function parseWhole(text: string): number | null {
  if (text === '') return null
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** A whole number that cannot be taken away. */
export function parseNumber(text: string): number {
  const value = parseWhole(text)
  if (value === null) throw new InvalidArgumentError('It must be a whole number.')
  return value
}

const DAYS = /^(\d{1,5})d$/
const DAY_MS = 86_400_000

/** A day, a time with an offset, or how long from now (`30d`, `12h`), to ISO 8601; `never` and nothing to null. */
export function parseWhen(text: string): string | null {
  const written = text.trim()
  if (written === '' || written === 'never') return null
  if (/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(written)) {
    const atMs = Date.parse(written)
    if (Number.isFinite(atMs)) return new Date(atMs).toISOString()
  }
  return new Date(Date.now() + spanMs(written)).toISOString()
}

/** A time in the past: a day, a time with an offset, or how long ago. In UTC milliseconds. */
export function parseSince(text: string): number {
  const when = /^\d{4}-/.test(text.trim()) ? parseWhen(text) : undefined
  return typeof when === 'string' ? Date.parse(when) : Date.now() - spanMs(text.trim())
}

function spanMs(written: string): number {
  const days = DAYS.exec(written)?.[1]
  if (days !== undefined) return Number(days) * DAY_MS
  try {
    return parseDuration(written)
  } catch {
    throw new InvalidArgumentError('It must be like 2027-01-31, 2027-01-31T12:00:00Z, 30d or 12h.')
  }
}
