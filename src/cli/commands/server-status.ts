import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CommandFailure } from '../failure.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'
import { formatFields } from '../table.ts'

export function defineServerStatus(server: Command, context: CliContext): void {
  server
    .command('status')
    .description('whether a gateway runs with our folder; exit code 1 if none does')
    .addHelpText('after', '\nExample:\n  llm-gateway server status')
    .action(async (_options: unknown, command: Command) => {
      await showStatus(context, command.optsWithGlobals<GlobalOptions>())
    })
}

async function showStatus(context: CliContext, options: GlobalOptions): Promise<void> {
  const [{ readPidFile }, { homeFolder }, { fetchHealth }, { formatDuration }] = await Promise.all([
    import('../pid-file.ts'),
    import('../load-settings.ts'),
    import('../gateway-client.ts'),
    import('../../core/duration.ts'),
  ])
  const running = await readPidFile(await homeFolder(context))
  if (running === undefined) {
    printAnswer(context, options, { value: { running: false }, text: 'No gateway is running.\n' })
    throw new CommandFailure('')
  }
  const { pid, url, startedAt } = running
  const health = await fetchHealth(url).then(
    ({ status }) => status,
    () => 'no answer' as const,
  )
  const uptimeSeconds = Math.max(0, Math.floor((Date.now() - Date.parse(startedAt)) / 1000))
  const value = { running: true, pid, url, started_at: startedAt, uptime_seconds: uptimeSeconds, health }
  const fields = [
    ['pid', String(pid)],
    ['url', url],
    ['uptime', formatDuration(uptimeSeconds * 1000)],
    ['health', health],
  ] as const
  printAnswer(context, options, { value, text: formatFields(fields) })
}
