import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CommandFailure } from '../failure.ts'
import type { HealthReport } from '../gateway-client.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'
import { formatTable } from '../table.ts'

interface Options extends GlobalOptions {
  readonly url?: string
}

export function defineHealth(program: Command, context: CliContext): void {
  program
    .command('health')
    .description('how the providers are; exit code 1 if none can serve')
    .option('--url <address>', 'the gateway to ask (default: the one that runs with our folder)')
    .addHelpText('after', '\nExample:\n  llm-gateway health --url http://127.0.0.1:8080')
    .action(async (_options: unknown, command: Command) => {
      await showHealth(context, command.optsWithGlobals<Options>())
    })
}

async function showHealth(context: CliContext, options: Options): Promise<void> {
  const [{ findGateway }, { fetchHealth }] = await Promise.all([
    import('../find-gateway.ts'),
    import('../gateway-client.ts'),
  ])
  const { url } = await findGateway(context, options)
  const health = await fetchHealth(url)
  printAnswer(context, options, { value: health, text: toText(health) })
  if (health.status === 'unhealthy') throw new CommandFailure('')
}

function toText({ status, providers }: HealthReport): string {
  const rows = Object.entries(providers).map(([name, provider]) => [
    name,
    describe(provider),
    provider.latency_ms === null ? '-' : `${Math.round(provider.latency_ms)} ms`,
    provider.checked_at ?? 'never',
    provider.url,
  ])
  const table =
    rows.length > 0 ? `\n${formatTable(['PROVIDER', 'STATUS', 'LATENCY', 'CHECKED', 'URL'], rows)}` : ''
  return `The gateway is ${status}.\n${table}`
}

function describe({ healthy, online }: HealthReport['providers'][string]): string {
  if (!healthy) return 'unhealthy'
  return online === null ? 'not known yet' : 'healthy'
}
