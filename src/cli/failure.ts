export const FAILED = 1
export const WRONG_USAGE = 2

/** A command that failed. The message is one for people, without a stack; empty where all has been said already. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: number

  constructor(message: string, exitCode: number = FAILED, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** An answer that broke off after some of it had been written. */
export class CutAnswer extends CommandFailure {}

/** The `code` of a system error, such as `EADDRINUSE`, looked for in its causes too. */
export function errorCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code
  if (thrown instanceof AggregateError) return errorCodeOf(thrown.errors[0])
  return errorCodeOf(thrown.cause)
}

/** What to tell people of a thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
