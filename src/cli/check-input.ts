import type * as z from 'zod'
import { validateValue } from '../config/validate.ts'
import { nearestName } from '../core/nearest.ts'
import { CommandFailure, WRONG_USAGE } from './failure.ts'

/** Fields whose flag has another name than `--` and the field with dashes. */
const FLAGS: Readonly<Record<string, string>> = {
  api_key: '--key',
  expires_at: '--expires',
  quota_per_hour: '--quota',
  headers: '--header',
  status: '--disabled',
  model_routes: '--routes-file',
  aws: '--region',
  google: '--project',
}

/** The flag that sets a field of an input. */
export function flagOf(field: string): string {
  return FLAGS[field] ?? `--${field.replaceAll('_', '-')}`
}

/** What the flags amount to, checked by the shape of the input. Throws a CommandFailure that names the flag at fault. */
export function checkInput<Shape extends z.ZodType>(shape: Shape, input: object): z.output<Shape> {
  const result = shape.safeParse(input)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const { message } = validateValue(shape, input) ?? { message: 'cannot be used' }
  throw new CommandFailure(
    `${flagOf(String(issue?.path[0] ?? ''))} ${message}${hintFor(issue, input)}`,
    WRONG_USAGE,
  )
}

/** The word that was most likely meant. */
function hintFor(issue: z.core.$ZodIssue | undefined, input: object): string {
  if (issue?.code !== 'invalid_value') return ''
  const given = issue.path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown>)[step],
    input,
  )
  const nearest = nearestName(String(given), issue.values.map(String))
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
}

/** Throws a CommandFailure of wrong usage that names a flag that is missing. */
export function requireFlag(value: string | undefined, flag: string): string {
  if (value !== undefined) return value
  throw new CommandFailure(`${flag} is missing.`, WRONG_USAGE)
}

/** Throws a CommandFailure of wrong usage where an edit was given nothing to change. */
export function requireChanges<Changes extends object>(changes: Changes): Changes {
  if (Object.keys(changes).length > 0) return changes
  throw new CommandFailure('Nothing to change was given.', WRONG_USAGE)
}
