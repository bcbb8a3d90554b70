import type { Logger } from '../telemetry/logger.ts'
import type { CliContext } from './context.ts'
import { FAILED } from './failure.ts'

/**
 * An exception that nobody caught ends the process, since nobody knows what it left half done; a promise that nobody waited
 * for harms only its own request. Both are logged.
 */
export function guardAgainstCrashes(
  { events, exit }: Pick<CliContext, 'events' | 'exit'>,
  logger: Pick<Logger, 'fatal' | 'error'>,
): { close(): void } {
  const onException = (error: unknown) => {
    logger.fatal({ err: error }, 'an exception was not caught: the gateway ends')
    exit(FAILED)
  }
  const onRejection = (reason: unknown) => {
    logger.error({ err: reason }, 'a failed promise was not awaited: the gateway goes on')
  }
  events.on('uncaughtException', onException)
  events.on('unhandledRejection', onRejection)
  return {
    close: () => {
      events.off('uncaughtException', onException)
      events.off('unhandledRejection', onRejection)
    },
  }
}
