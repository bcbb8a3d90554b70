import type { Desk } from '../control/desk.ts'
import { isJsonObject } from '../core/json.ts'
import type { PageRequest } from '../store/page.ts'
import type { CliContext } from './context.ts'
import type { ConfigOptions } from './load-settings.ts'
import { withDesk } from './open-desk.ts'
import { type GlobalOptions, printAnswer } from './output.ts'
import { confirm } from './prompts.ts'
import { formatFields, formatTable } from './table.ts'

/** One kind of thing that operators manage, as the verbs see it that all kinds have. */
export interface Noun<View extends object> {
  /** What people call it: `virtual key`. */
  readonly title: string
  readonly page: (
    desk: Desk,
    request: PageRequest & ListFilter,
  ) => Promise<{ items: View[]; next_cursor: string | null }>
  readonly show: (desk: Desk, reference: string) => Promise<View>
  readonly switch: (desk: Desk, reference: string, to: 'active' | 'disabled') => Promise<View>
  readonly remove: (desk: Desk, reference: string) => Promise<View>
  readonly idOf: (view: View) => string
  /** How people tell it from others: its id, and its name if it has one. */
  readonly labelOf: (view: View) => string
  readonly header: readonly string[]
  readonly toRow: (view: View) => readonly string[]
}

export interface ListFilter {
  readonly team?: string | undefined
  readonly provider?: string | undefined
}

export type DeskOptions = GlobalOptions & ConfigOptions

const PAGE = 500

export async function runList<View extends object>(
  context: CliContext,
  options: DeskOptions & ListFilter,
  noun: Noun<View>,
): Promise<void> {
  const { team, provider } = options
  const items = await withDesk(context, options, (desk) => allOf(noun, desk, { team, provider }))
  const text =
    items.length === 0 ? `There is no ${noun.title} yet.\n` : formatTable(noun.header, items.map(noun.toRow))
  const ids = items.map(noun.idOf)
  printAnswer(context, options, {
    value: { items },
    text,
    ...(ids.length > 0 && { quietText: ids.join('\n') }),
  })
}

/** Everything there is of a kind, newest first, behind it what files declare. */
async function allOf<View extends object>(noun: Noun<View>, desk: Desk, filter: ListFilter): Promise<View[]> {
  const items: View[] = []
  let after: string | undefined
  do {
    const page = await noun.page(desk, { ...filter, limit: PAGE, after })
    items.push(...page.items)
    after = page.next_cursor ?? undefined
  } while (after !== undefined)
  return items
}

export async function runShow<View extends object>(
  context: CliContext,
  options: DeskOptions,
  { noun, reference }: { readonly noun: Noun<View>; readonly reference: string },
): Promise<void> {
  const view = await withDesk(context, options, (desk) => noun.show(desk, reference))
  printAnswer(context, options, { value: view, text: formatView(view), quietText: noun.idOf(view) })
}

export async function runSwitch<View extends object>(
  context: CliContext,
  options: DeskOptions,
  { noun, reference, to }: { noun: Noun<View>; reference: string; to: 'active' | 'disabled' },
): Promise<void> {
  const view = await withDesk(context, options, (desk) => noun.switch(desk, reference, to))
  const text = `The ${noun.title} ${noun.labelOf(view)} is ${to === 'active' ? 'enabled' : 'disabled'}.\n`
  printAnswer(context, options, { value: view, text, quietText: noun.idOf(view) })
}

export async function runRemove<View extends object>(
  context: CliContext,
  options: DeskOptions & { readonly yes?: boolean },
  { noun, reference }: { readonly noun: Noun<View>; readonly reference: string },
): Promise<void> {
  const removed = await withDesk(context, options, async (desk) => {
    if (options.yes !== true && options.json !== true) {
      const view = await noun.show(desk, reference)
      await confirm(context, `Remove the ${noun.title} ${noun.labelOf(view)} for good?`)
    }
    return await noun.remove(desk, reference)
  })
  const text = `The ${noun.title} ${noun.labelOf(removed)} is removed.\n`
  printAnswer(context, options, { value: removed, text, quietText: noun.idOf(removed) })
}

/** Everything that is known of one thing, a line each; what is not set is left out. */
export function formatView(view: object): string {
  const fields = Object.entries(view).filter(([, value]) => !isNothing(value))
  return formatFields(fields.map(([name, value]) => [name, formatValue(value)] as const))
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (isJsonObject(value) && Object.keys(value).length === 0)
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(formatValue).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A value of a table cell. */
export function cell(value: string | number | readonly string[] | null): string {
  if (value === null) return '-'
  return typeof value === 'object' ? value.join(',') : String(value)
}

/** A time in a table: to the minute, in UTC. */
export function shortTime(instant: string | null): string {
  return instant === null ? '-' : instant.slice(0, 16).replace('T', ' ')
}
