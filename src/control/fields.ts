import * as z from 'zod'

// Fields that several things have, as the admin API and the command line's `--json` spell them. Inputs are strict: an unknown field is
// an error, and times are ISO 8601 with an offset or `Z`.

/** Control characters have no place in what is shown on one line, and databases refuse some of them. */
export const PRINTABLE = /^[^\p{Cc}]*$/u
const mustBePrintable = { error: 'must not hold control characters' }

export const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(PRINTABLE, mustBePrintable)
  .meta({ description: 'Unique among its kind.' })

export const id = z.string().meta({ description: 'Never changes.' })
export const reference = z.string().trim().min(1).max(200).regex(PRINTABLE, mustBePrintable)

export const patterns = z
  .array(z.string().trim().min(1).max(200))
  .min(1)
  .max(1000)
  .nullable()
  .meta({ description: 'Exact names or `prefix*`; null is all.' })

export const activeOrDisabled = z.enum(['active', 'disabled'])

export const instant = z.iso
  .datetime({ offset: true })
  .refine(isWithinReach, { error: 'must be between 1970 and 9999' })
  .meta({ description: 'ISO 8601, such as 2027-01-31T00:00:00Z.' })

export const shownInstant = z.iso.datetime().nullable()

export const metadata = z
  .record(z.string().max(100), z.string().max(1000))
  .nullable()
  .meta({ description: 'Free pairs of the operator’s own.' })

/** Null stands for things from files, which have no version. */
export const version = z.number().int().nullable().meta({ description: 'Grows with every change; the ETag.' })

export const source = z
  .enum(['store', 'config', 'keys-file', 'environment', 'demo', 'local', 'simulated'])
  .meta({ description: 'Where it comes from. Only what is in the store can be changed at run time.' })

function isWithinReach(text: string): boolean {
  const ms = Date.parse(text)
  return ms >= 0 && ms < Date.UTC(10_000, 0)
}

/** UTC milliseconds to ISO 8601; null stays. */
export function toInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

/** ISO 8601 to UTC milliseconds; null and undefined stay. */
export function fromInstant<Value extends string | null | undefined>(
  value: Value,
): number | Exclude<Value, string> {
  return typeof value === 'string' ? Date.parse(value) : (value as Exclude<Value, string>)
}
