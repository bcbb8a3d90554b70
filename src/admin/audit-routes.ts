import type { FastifyInstance } from 'fastify'
import type * as z from 'zod'
import { auditEntryShape, pageAudit } from '../control/audit.ts'
import { fromInstant, instant } from '../control/fields.ts'
import { type AdminParts, deskOf } from './admin-parts.ts'
import { answers, filter, pageOf, pageQuery } from './documented.ts'

const auditQuery = pageQuery.extend({
  actor: filter,
  action: filter.meta({ description: 'Such as `virtual_key.create`.' }),
  subject_type: filter.meta({ description: 'Such as `virtual_key`.' }),
  subject_id: filter,
  from: instant.optional(),
  until: instant.optional().meta({ description: 'Before this time.' }),
})

/** Who changed what, and when; newest first. */
export function auditRoutes(app: FastifyInstance, parts: AdminParts): void {
  const schema = {
    tags: ['Audit log'],
    operationId: 'listAuditEntries',
    summary: 'List changes',
    querystring: auditQuery,
    response: answers({ 200: pageOf(auditEntryShape.meta({ id: 'AuditEntry' })) }),
  }
  app.get('/audit', { schema }, async (request) => {
    const { limit, after, actor, action, ...query } = request.query as z.output<typeof auditQuery>
    return await pageAudit(await deskOf(parts, request), {
      limit,
      after,
      actor,
      action,
      subjectType: query.subject_type,
      subjectId: query.subject_id,
      fromMs: fromInstant(query.from),
      untilMs: fromInstant(query.until),
    })
  })
}
