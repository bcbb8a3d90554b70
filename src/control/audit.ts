import * as z from 'zod'
import { type AuditEntry, type AuditFilter, listAudit } from '../store/audit.ts'
import type { PageRequest } from '../store/page.ts'
import type { Desk } from './desk.ts'
import { shownInstant } from './fields.ts'

const subject = z
  .unknown()
  .meta({ description: 'The subject without its secrets; null where it did not exist.' })

/** Who changed what, and when. */
export const auditEntryShape = z.strictObject({
  id: z.string().meta({ description: 'Sorts by time.' }),
  at: shownInstant.unwrap(),
  actor: z.string(),
  source: z.enum(['api', 'cli']),
  action: z.string(),
  subject_type: z.string(),
  subject_id: z.string(),
  subject_name: z.string().nullable(),
  before: subject,
  after: subject,
  request_id: z.string().nullable(),
})

export type AuditView = z.output<typeof auditEntryShape>

/** Newest first. */
export async function pageAudit(
  desk: Desk,
  request: PageRequest & AuditFilter,
): Promise<{ items: AuditView[]; next_cursor: string | null }> {
  const { items, nextCursor } = await listAudit(desk.db, request)
  return { items: items.map(viewEntry), next_cursor: nextCursor }
}

function viewEntry(entry: AuditEntry): AuditView {
  return {
    id: entry.id,
    at: new Date(entry.atMs).toISOString(),
    actor: entry.actor,
    source: entry.source,
    action: entry.action,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    subject_name: entry.subjectName,
    before: entry.before ?? null,
    after: entry.after ?? null,
    request_id: entry.requestId,
  }
}
