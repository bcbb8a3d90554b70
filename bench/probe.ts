/**
 * Preloaded (`--import`) into every process that is measured: tells the process that started it, over their IPC channel, what it has
 * used so far, and ends with it.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process has used, by its own accounting: every thread of it, user and system time. */
export interface ProcessFigures {
  readonly cpuUs: number
  readonly rssBytes: number
  /** JavaScript objects plus the buffers that they own. */
  readonly liveBytes: number
}

/** `collect` asks for the figures after a full garbage collection. */
export type ProbeQuestion = 'measure' | 'collect' | 'stop'

process.on('message', (question: unknown) => {
  if (question === 'stop') process.exit(0)
  if (question === 'collect') collectGarbage()
  if (question === 'collect' || question === 'measure') process.send?.({ figures: readFigures() })
})
process.on('disconnect', () => process.exit(0))

function readFigures(): ProcessFigures {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { cpuUs: user + system, rssBytes: rss, liveBytes: heapUsed + external }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  // the second pass frees what finalisers of the first let go of
  if (typeof collect === 'function') for (let pass = 0; pass < 2; pass++) collect()
}
