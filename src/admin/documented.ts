import * as z from 'zod'
import { errorShape } from './errors.ts'

// What the OpenAPI document says of requests and answers, in the words that all endpoints share.

/** Statuses that any endpoint may answer with. */
const ANYWHERE = [400, 401, 429, 500, 503] as const

/** The answers of an endpoint: its own, and the refusals that it may have besides those of all endpoints. */
export function answers(
  success: Readonly<Record<number, z.ZodType>>,
  refusals: readonly number[] = [],
): Record<number, z.ZodType> {
  const all = [...ANYWHERE, ...refusals].toSorted((a, b) => a - b)
  return { ...success, ...Object.fromEntries(all.map((status) => [status, errorShape])) }
}

/** Refusals of endpoints that read a body. */
export const BODY_REFUSALS = [413, 415] as const

export const nothing = z.null().meta({ description: 'Done; there is nothing to say.' })

const printable = /^[^\p{Cc}]*$/u

export const idParams = z.strictObject({
  id: z.string().min(1).max(300).regex(printable).meta({ description: 'Id or unique name.' }),
})

/** A value to filter a list by. */
export const filter = z.string().trim().min(1).max(300).regex(printable).optional()

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(50).meta({ description: 'Entries per page.' }),
  after: z
    .string()
    .max(1000)
    .regex(/^[\w-]+$/)
    .optional()
    .meta({ description: 'The `next_cursor` of the page before.' }),
})

export type PageQuery = z.output<typeof pageQuery>

export const versionHeaders = z.looseObject({
  'if-match': z
    .string()
    .optional()
    .meta({ description: 'The ETag of what is to be changed. 412 where it has been changed since.' }),
})

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'For `after`; null at the end.' }),
  })
}
