import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CommandFailure } from '../failure.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'
import { parseSeconds } from '../parse-seconds.ts'

interface Options extends GlobalOptions {
  readonly timeout: number
}

const POLL_MS = 25
/** More than the time that running answers are given by default. */
const DEFAULT_TIMEOUT_MS = 75_000

export function defineServerStop(server: Command, context: CliContext): void {
  server
    .command('stop')
    .description('stop the gateway that runs with our folder, and wait until it is gone')
    .option('--timeout <duration>', 'how long to wait', parseSeconds, DEFAULT_TIMEOUT_MS)
    .addHelpText('after', '\nExample:\n  llm-gateway server stop')
    .action(async (_options: unknown, command: Command) => {
      await stop(context, command.optsWithGlobals<Options>())
    })
}

async function stop(context: CliContext, options: Options): Promise<void> {
  const [{ isAlive, readPidFile, removePidFile }, { homeFolder }] = await Promise.all([
    import('../pid-file.ts'),
    import('../load-settings.ts'),
  ])
  const home = await homeFolder(context)
  const running = await readPidFile(home)
  if (running === undefined) throw new CommandFailure('No gateway is running.')
  signal(running.pid)
  const giveUpAtMs = performance.now() + options.timeout
  while (isAlive(running.pid)) {
    if (performance.now() > giveUpAtMs)
      throw new CommandFailure(`The gateway (pid ${running.pid}) is still finishing its answers.`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  await removePidFile(home, running.pid) // it did so itself, unless it was killed
  printAnswer(context, options, {
    value: { stopped: true, pid: running.pid, url: running.url },
    text: `The gateway at ${running.url} (pid ${running.pid}) has stopped.\n`,
  })
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    const isForeign = error instanceof Error && 'code' in error && error.code === 'EPERM'
    if (isForeign) throw new CommandFailure(`The gateway (pid ${pid}) belongs to another user.`)
    // otherwise it has just ended by itself
  }
}
