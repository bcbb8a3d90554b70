import { GatewayError } from '../core/errors.ts'

/** The largest page that may be asked for. */
export const MAX_PAGE_SIZE = 1000

export interface PageRequest {
  /** The `nextCursor` of the page before. */
  readonly after?: string | undefined
  /** From 1 to {@link MAX_PAGE_SIZE}. */
  readonly limit: number
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** What to ask for next; null at the end. */
  readonly nextCursor: string | null
}

/** Where a page ended, for lists sorted by time and then id. */
export interface Position {
  readonly atMs: number
  readonly id: string
}

/** How many rows to read for a page: one more than asked for tells whether there is a next one. */
export function rowsFor({ limit }: PageRequest): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_SIZE) return limit + 1
  throw new GatewayError('invalid_request', `A page has from 1 to ${MAX_PAGE_SIZE} entries.`, {
    path: 'limit',
  })
}

/** The rows read to the page asked for. */
export function toPage<Row extends object, Item>(
  rows: readonly Row[],
  { limit }: PageRequest,
  shape: { readonly positionOf: (row: Row) => Position; readonly toItem: (row: Row) => Item },
): Page<Item> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  const hasMore = rows.length > kept.length && last !== undefined
  return {
    items: kept.map(shape.toItem),
    nextCursor: hasMore ? writeCursor(shape.positionOf(last)) : null,
  }
}

/** The position that a cursor stands for. Throws `invalid_request` for one that we did not make. */
export function readCursor(cursor: string): Position {
  const [atMs, id] = parseList(Buffer.from(cursor, 'base64url').toString())
  if (Number.isSafeInteger(atMs) && typeof id === 'string' && /^\w+$/.test(id))
    return { atMs: Number(atMs), id }
  throw new GatewayError('invalid_request', 'This cursor is not one that a list returned.', { path: 'after' })
}

function writeCursor({ atMs, id }: Position): string {
  return Buffer.from(JSON.stringify([atMs, id])).toString('base64url')
}

function parseList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
