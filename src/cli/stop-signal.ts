import { constants } from 'node:os'
import type { CliContext } from './context.ts'

const STOPPING = ['SIGTERM', 'SIGINT'] as const

export interface StopSignal {
  /** Resolves with the first SIGTERM or SIGINT. */
  readonly requested: Promise<void>
  /** Leaves signals to Node.js again. */
  close(): void
}

/**
 * The first signal asks to stop, a second one ends the process at once with 128 and its number. SIGHUP is ignored: the
 * configuration is watched, there is nothing to be told.
 */
export function stopSignal({ events, exit }: Pick<CliContext, 'events' | 'exit'>): StopSignal {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isStopping = false
  const onStop = (signal: (typeof STOPPING)[number]) => {
    if (isStopping) exit(128 + constants.signals[signal])
    isStopping = true
    resolve()
  }
  const onHangUp = () => {}
  for (const signal of STOPPING) events.on(signal, onStop)
  events.on('SIGHUP', onHangUp)
  return {
    requested: promise,
    close: () => {
      for (const signal of STOPPING) events.off(signal, onStop)
      events.off('SIGHUP', onHangUp)
    },
  }
}
