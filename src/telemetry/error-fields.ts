/** Chains of causes are short; a longer one is a cycle or noise. */
const MAX_CAUSES = 5

/** An error as the operational log shows it. Only these fields: error objects of HTTP clients carry whole requests, headers included. */
export interface ErrorFields {
  readonly type: string
  readonly code?: string
  readonly message: string
  readonly stack?: string
  readonly cause?: ErrorFields
  readonly errors?: readonly ErrorFields[]
}

/** Any thrown value as plain fields, its causes (and an AggregateError's parts) included. Stacks only on the outermost. */
export function describeError(thrown: unknown): ErrorFields {
  return describe(thrown, 0)
}

function describe(thrown: unknown, depth: number): ErrorFields {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) }
  const isWithinReach = depth < MAX_CAUSES
  return {
    type: thrown.name,
    ...codeOf(thrown),
    message: thrown.message,
    ...(depth === 0 && thrown.stack !== undefined ? { stack: thrown.stack } : {}),
    ...(isWithinReach && thrown.cause !== undefined ? { cause: describe(thrown.cause, depth + 1) } : {}),
    ...(isWithinReach && thrown instanceof AggregateError
      ? { errors: thrown.errors.slice(0, MAX_CAUSES).map((error: unknown) => describe(error, depth + 1)) }
      : {}),
  }
}

/** A system error's `ECONNRESET`, a GatewayError's code, a database driver's number. */
function codeOf(error: Error): { code?: string } {
  if (!('code' in error)) return {}
  return typeof error.code === 'string' || typeof error.code === 'number' ? { code: `${error.code}` } : {}
}
