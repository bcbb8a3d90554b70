import { randomBytes } from 'node:crypto'

// In the order of their character codes, so that texts sort as the numbers they stand for.
const DIGITS = '234567abcdefghijklmnopqrstuvwxyz'
const TIME_DIGITS = 10
const COUNTER_DIGITS = 4
const COUNTER_LIMIT = 32 ** COUNTER_DIGITS

let counter = 0

/** A new id: the prefix, `_`, and 16 random characters (80 bits). */
export function newId(prefix: 'team' | 'upstream' | 'key' | 'route'): string {
  return `${prefix}_${randomDigits(16)}`
}

/** A new id that sorts by its time, and within one millisecond of one process by the order of making. */
export function newSortableId(prefix: 'audit', atMs: number): string {
  counter = (counter + 1) % COUNTER_LIMIT
  return `${prefix}_${digitsOf(atMs, TIME_DIGITS)}${digitsOf(counter, COUNTER_DIGITS)}${randomDigits(12)}`
}

/** What an id made at this time sorts after, and every id of an earlier time sorts before. */
export function sortableIdFloor(prefix: 'audit', atMs: number): string {
  return `${prefix}_${digitsOf(atMs, TIME_DIGITS)}`
}

function randomDigits(count: number): string {
  return Array.from(randomBytes(count), (byte) => DIGITS[byte % DIGITS.length]).join('')
}

function digitsOf(value: number, count: number): string {
  let rest = value
  let text = ''
  for (let index = 0; index < count; index++) {
    text = `${DIGITS[rest % DIGITS.length]}${text}`
    rest = Math.floor(rest / DIGITS.length)
  }
  return text
}
