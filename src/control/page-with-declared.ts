import type { Page, PageRequest } from '../store/page.ts'

/** What lists of things answer with: `next_cursor` is for `after`, and null at the end. */
export interface ListView<View> {
  readonly items: View[]
  readonly next_cursor: string | null
}

/** How cursors begin that stand for a place among what files declare; those of the store never do. */
const PREFIX = 'declared-'

/** One list of what the store has and, behind the last of that, what files and environment declare. */
export async function pageWithDeclared<Item, View>(
  request: PageRequest,
  stored: (request: PageRequest) => Promise<Page<Item>>,
  { view, declared }: { readonly view: (item: Item) => View; readonly declared: readonly View[] },
): Promise<ListView<View>> {
  const { after, limit } = request
  if (after?.startsWith(PREFIX) === true) {
    const offset = Number(/^\d{1,9}$/.exec(after.slice(PREFIX.length))?.[0] ?? declared.length)
    return fromDeclared([], declared, { offset, limit })
  }
  const { items, nextCursor } = await stored(request)
  const views = items.map(view)
  if (nextCursor !== null) return { items: views, next_cursor: nextCursor }
  return fromDeclared(views, declared, { offset: 0, limit: limit - views.length })
}

function fromDeclared<View>(
  before: readonly View[],
  declared: readonly View[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): ListView<View> {
  const end = offset + limit
  const items = [...before, ...declared.slice(offset, end)]
  return { items, next_cursor: end < declared.length ? `${PREFIX}${end}` : null }
}
