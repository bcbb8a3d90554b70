import * as z from 'zod'
import { parseDuration } from '../core/duration.ts'
import { refuse, typed } from './option.ts'
import { parseSize } from './size.ts'

// Every type of value that an option can have. All of them read strings too, because environment variables, `${NAME}`
// in a file and most flags are strings.

/** Timers in Node.js hold 31 bits; a longer wait would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const TRUE_WORDS = new Set(['true', 'yes', 'on', '1'])
const FALSE_WORDS = new Set(['false', 'no', 'off', '0'])

/** A duration, read to milliseconds. */
export const duration = typed(
  'duration',
  z
    .union([z.number(), z.string()], { error: 'must be a duration, such as 30 (seconds) or "1m30s"' })
    .transform((value, context) => read(() => parseTimer(value), context)),
)

/** A size, read to bytes. */
export const size = typed(
  'size',
  z
    .union([z.number(), z.string()], { error: 'must be a size, such as "32MiB"' })
    .transform((value, context) => read(() => parseSize(value), context)),
)

/** A switch. */
export const flag = typed(
  'true or false',
  z.union([z.boolean(), z.string()], { error: 'must be true or false' }).transform((value, context) => {
    const word = String(value).trim().toLowerCase()
    if (TRUE_WORDS.has(word)) return true
    return FALSE_WORDS.has(word) ? false : refuse(context, 'must be true or false')
  }),
)

/** A whole number between two bounds, both included. */
export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const bounds =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  const message = `must be a whole number ${bounds}`
  return typed(
    'integer',
    z.union([z.number(), z.string()], { error: message }).transform((value, context) => {
      const text = String(value).trim()
      const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
      return number >= minimum && number <= maximum ? number : refuse(context, message)
    }),
  )
}

/** A line of text that is not blank. */
export const text = typed('text', z.string().trim().min(1, { error: 'must not be empty' }))

/** An address or host name to listen on; IPv6 with or without the brackets of a URL. */
export const host = typed(
  'address',
  text
    .regex(/^[^\s/]+$/, { error: 'must be an address or a host name' })
    .transform((value) => value.replace(/^\[(.*)\]$/, '$1')),
)

/** A secret as it is sent to a provider; empty for an upstream that wants none. */
export const secret = typed('secret', z.string().trim())

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return typed(words.map((word) => `\`${word}\``).join(', '), z.enum(words))
}

/** A list of text; also written as one string with commas, which is how environment variables do it. */
export const textList = typed(
  'list of text',
  z
    .union([z.array(z.string()), z.string()], { error: 'must be a list of text' })
    .transform((value) => (typeof value === 'string' ? value.split(',') : value))
    .transform((items) => items.map((item) => item.trim()).filter((item) => item !== '')),
)

/** Several of a few words, as a list or as one string with commas. */
export function choices<const Words extends readonly [string, ...string[]]>(words: Words) {
  return typed(
    `list of ${words.map((word) => `\`${word}\``).join(', ')}`,
    textList.pipe(z.array(z.enum(words))),
  )
}

/** An `http` or `https` URL without credentials, read without its trailing slashes. */
export const webUrl = typed(
  'URL',
  text.transform((value, context) => {
    const url = URL.parse(value)
    if (url === null || !/^https?:$/.test(url.protocol))
      return refuse(context, 'must be an http:// or https:// URL')
    if (url.username !== '' || url.password !== '') {
      return refuse(context, 'must not carry a user name or password; use api_key')
    }
    if (url.hash !== '') return refuse(context, 'must not carry a #fragment')
    return value.replace(/\/+$/, '')
  }),
)

/** The URL of a PostgreSQL database, password included. */
export const databaseUrl = typed(
  'database URL',
  text.regex(/^postgres(ql)?:\/\//, { error: 'must be a postgres:// URL' }),
)

/** The URL of an HTTP proxy, which may carry credentials; `host:port` alone means `http://`. Empty means none. */
export const proxyUrl = typed(
  'proxy URL',
  z
    .string()
    .trim()
    .transform((value, context) => {
      if (value === '') return undefined
      const url = URL.parse(value.includes('://') ? value : `http://${value}`)
      if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
        return refuse(context, 'must be an http:// or https:// proxy URL, or host:port')
      }
      return url.href.replace(/\/$/, '')
    }),
)

function parseTimer(value: string | number): number {
  const durationMs = parseDuration(value)
  if (durationMs > LONGEST_TIMER_MS) throw new RangeError('must be at most 24 days; 0 means no limit')
  return durationMs
}

function read(parse: () => number, context: z.core.$RefinementCtx): number {
  try {
    return parse()
  } catch (error) {
    return refuse(context, error instanceof Error ? error.message : String(error))
  }
}
