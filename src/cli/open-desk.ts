import { userInfo } from 'node:os'
import type { Desk } from '../control/desk.ts'
import type { RunningStore } from '../control/running-store.ts'
import type { CliContext } from './context.ts'
import { messageOf } from './failure.ts'
import type { ConfigOptions } from './load-settings.ts'
import { failing, storeSettings } from './store-settings.ts'

/**
 * Opens the store as an operator at the command line, does the work, and closes it. Whatever `src/control` throws becomes the command's
 * failure. A gateway that runs beside it notices by itself.
 */
export async function withDesk<Result>(
  context: CliContext,
  options: ConfigOptions,
  work: (desk: Desk, running: RunningStore) => Promise<Result>,
): Promise<Result> {
  const config = await storeSettings(context, options)
  const { RunningStore: Opened } = await import('../control/running-store.ts')
  return await failing(async () => {
    const running = await Opened.open({
      config,
      now: Date.now,
      onError: (error) => void context.stderr.write(`${messageOf(error)}\n`),
      onMasterKeyMade: (file) => void context.stderr.write(keyMade(file)),
    })
    try {
      const desk: Desk = {
        db: running.store.db,
        vault: running.vault,
        config,
        actor: { source: 'cli', name: userName() },
        now: Date.now,
        mayUsePrivateAddresses: true,
      }
      return await work(desk, running)
    } finally {
      await running.close()
    }
  })
}

function keyMade(file: string): string {
  return `A master key was made: ${file}. Back it up; stored credentials are lost without it.\n`
}

/** Containers often run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
