import pg from 'pg'
import { bareCause, brokenReference, codeOf, taken, unavailable } from './failure.ts'

/**
 * What PostgreSQL reports when it is the operation that fails, not the query: connection, resources, an administrator,
 * a deadline, a lost race. @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE = /^(08|25006|25P03|28|3D000|40|42501|53|55P03|57|58|XX)/
const KEY_COLUMN = /^Key \((\w+)\)=/

/** What pg threw as an error of ours. */
export function toStoreError(error: unknown): unknown {
  const code = codeOf(error)
  // anything else is about the connection
  if (!(error instanceof pg.DatabaseError)) return unavailable(error)
  if (code === '23505') return taken(KEY_COLUMN.exec(error.detail ?? '')?.[1], error)
  if (code === '23503') return brokenReference(isAboutDeletion(error) ? 'delete' : 'write', error)
  if (code === '28P01' || code === '28000')
    return unavailable(error, 'The database refuses our user or password.')
  if (UNAVAILABLE.test(code)) return unavailable(error)
  return bareCause(error) // a mistake of ours; its detail may quote rows
}

/** Whether a connection may be used again after this error: not if it broke, or if an answer is still to come. */
export function breaksConnection(error: unknown): boolean {
  const code = codeOf(error)
  return !(error instanceof pg.DatabaseError) || /^(08|25P03|57P|XX)/.test(code)
}

function isAboutDeletion(error: pg.DatabaseError): boolean {
  return error.message.startsWith('update or delete on table')
}
