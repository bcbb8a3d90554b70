import { GatewayError } from '../core/errors.ts'

// What the engines' drivers throw, as errors that the rest of the program understands.

/** The store cannot answer now. The cause keeps its code and message, and nothing else: rows and addresses stay out of logs. */
export function unavailable(cause: unknown, message = 'The database does not answer.'): GatewayError {
  return new GatewayError('store_unavailable', message, { cause: bareCause(cause) })
}

/** A value that has to be unique is taken. */
export function taken(column: string | undefined, cause: unknown): GatewayError {
  const what = column === undefined ? 'one of these values' : `this ${column.replaceAll('_', ' ')}`
  const message = `There is already an entry with ${what}.`
  const path = column === undefined ? {} : { path: column }
  return new GatewayError('conflict', message, { cause: bareCause(cause), ...path })
}

/** A reference that leads nowhere, or that would lead nowhere if its target were deleted. */
export function brokenReference(by: 'delete' | 'write', cause: unknown): GatewayError {
  const options = { cause: bareCause(cause) }
  return by === 'delete'
    ? new GatewayError('conflict', 'It is still in use; remove or change what refers to it first.', options)
    : new GatewayError('not_found', 'This refers to something that does not exist.', options)
}

/** Drivers hang whole rows and connection parameters on their errors. */
export function bareCause(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error('The database driver threw something that is no error.')
  const cause = new Error(thrown.message)
  cause.name = thrown.name
  return Object.assign(cause, { code: codeOf(thrown) })
}

/** The driver's code: `SQLITE_BUSY`, `23505`, `ECONNREFUSED`. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}
