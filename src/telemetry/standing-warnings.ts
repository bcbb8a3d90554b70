import type { Logger } from './logger.ts'

export interface StandingWarning {
  readonly level: 'warn' | 'error'
  readonly message: string
}

/** Writes what is wrong for longer than a moment: each warning when it comes to hold, and not again until it has ceased to. */
export function createStandingWarnings(
  logger: Pick<Logger, 'warn' | 'error'>,
): (warnings: readonly StandingWarning[]) => void {
  let told: ReadonlySet<string> = new Set()
  return (warnings) => {
    for (const { level, message } of warnings) if (!told.has(message)) logger[level](message)
    told = new Set(warnings.map(({ message }) => message))
  }
}
