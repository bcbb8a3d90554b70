import { type AuditView, pageAudit } from '../control/audit.ts'
import { isJsonObject } from '../core/json.ts'
import type { CliContext } from './context.ts'
import type { DeskOptions } from './noun.ts'
import { withDesk } from './open-desk.ts'
import { printAnswer } from './output.ts'
import { formatTable } from './table.ts'

export interface AuditOptions {
  readonly limit: number
  readonly after?: string
  readonly actor?: string
  readonly action?: string
  readonly subject?: string
  /** UTC milliseconds. */
  readonly since?: number
  readonly until?: number
}

export async function listChanges(context: CliContext, options: DeskOptions & AuditOptions): Promise<void> {
  const { limit, after, actor, action, subject, since, until } = options
  const request = { limit, after, actor, action, subjectId: subject, fromMs: since, untilMs: until }
  const page = await withDesk(context, options, (desk) => pageAudit(desk, request))
  const rows = page.items.map((entry) => [
    entry.at.slice(0, 19).replace('T', ' '),
    entry.actor,
    entry.source,
    entry.action,
    entry.subject_name === null ? entry.subject_id : `${entry.subject_name} (${entry.subject_id})`,
    changedFields(entry).join(', '),
  ])
  const more = page.next_cursor === null ? '' : `\nMore: --after ${page.next_cursor}\n`
  const table = formatTable(['TIME (UTC)', 'ACTOR', 'FROM', 'ACTION', 'SUBJECT', 'CHANGED'], rows)
  const text = page.items.length === 0 ? 'Nothing was changed.\n' : table + more
  printAnswer(context, options, { value: page, text })
}

/** Names of what an update changed; nothing for what was made or removed. */
function changedFields({ before, after }: AuditView): string[] {
  if (!isJsonObject(before) || !isJsonObject(after)) return []
  const isSame = (name: string) => JSON.stringify(before[name]) === JSON.stringify(after[name])
  return Object.keys(after).filter((name) => !['version', 'updated_at'].includes(name) && !isSame(name))
}
