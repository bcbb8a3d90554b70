import { readJson, writeJson } from './columns.ts'
import type { AuditEntryRow, Db } from './database.ts'
import { newSortableId, sortableIdFloor } from './ids.ts'
import { type Page, type PageRequest, readCursor, rowsFor, toPage } from './page.ts'

/** Who changed what, and when. Entries are only ever added. */
export interface AuditEntry {
  /** Sorts by time. */
  readonly id: string
  readonly atMs: number
  readonly actor: string
  /** Such as `virtual-key.create`. */
  readonly action: string
  readonly subjectType: string
  readonly subjectId: string
  readonly subjectName: string | null
  /** The subject without its secrets; null where it did not exist. */
  readonly before: unknown
  readonly after: unknown
  readonly requestId: string | null
  readonly source: AuditEntryRow['source']
}

export type NewAuditEntry = Pick<AuditEntry, 'actor' | 'action' | 'subjectType' | 'subjectId' | 'source'> &
  Partial<Pick<AuditEntry, 'subjectName' | 'before' | 'after' | 'requestId'>>

export interface AuditFilter {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly subjectType?: string | undefined
  readonly subjectId?: string | undefined
  /** From this time on. */
  readonly fromMs?: number | undefined
  /** Before this time. */
  readonly untilMs?: number | undefined
}

/** Adds an entry. Give it the transaction of the change that it tells of. */
export async function appendAudit(
  db: Db,
  entry: NewAuditEntry,
  nowMs: number = Date.now(),
): Promise<AuditEntry> {
  const row: AuditEntryRow = {
    id: newSortableId('audit', nowMs),
    at_ms: nowMs,
    actor: entry.actor,
    action: entry.action,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    subject_name: entry.subjectName ?? null,
    before: writeValue(entry.before),
    after: writeValue(entry.after),
    request_id: entry.requestId ?? null,
    source: entry.source,
  }
  await db.insertInto('audit_entry').values(row).execute()
  return toAuditEntry(row)
}

/** Newest first. */
export async function listAudit(db: Db, request: PageRequest & AuditFilter): Promise<Page<AuditEntry>> {
  let query = db.selectFrom('audit_entry').selectAll().limit(rowsFor(request))
  const values = {
    actor: request.actor,
    action: request.action,
    subject_type: request.subjectType,
    subject_id: request.subjectId,
  } as const
  for (const [column, value] of Object.entries(values)) {
    if (value !== undefined) query = query.where(column as keyof typeof values, '=', value)
  }
  if (request.fromMs !== undefined) query = query.where('id', '>', sortableIdFloor('audit', request.fromMs))
  if (request.untilMs !== undefined) query = query.where('id', '<', sortableIdFloor('audit', request.untilMs))
  if (request.after !== undefined) query = query.where('id', '<', readCursor(request.after).id)
  const rows = await query.orderBy('id', 'desc').execute()
  return toPage(rows, request, {
    positionOf: ({ at_ms, id }) => ({ atMs: at_ms, id }),
    toItem: toAuditEntry,
  })
}

/** Throws where a column does not hold what it should. */
export function toAuditEntry(row: AuditEntryRow): AuditEntry {
  return {
    id: row.id,
    atMs: row.at_ms,
    actor: row.actor,
    action: row.action,
    subjectType: row.subject_type,
    subjectId: row.subject_id,
    subjectName: row.subject_name,
    before: readJson('before', row.before),
    after: readJson('after', row.after),
    requestId: row.request_id,
    source: row.source,
  }
}

function writeValue(value: unknown): string | null {
  return value === undefined || value === null ? null : writeJson(value as object)
}
