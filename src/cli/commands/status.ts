import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { VERSION } from '../../core/version.ts'
import type { CliContext } from '../context.ts'
import type { FoundGateway } from '../find-gateway.ts'
import type { HealthReport } from '../gateway-client.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'
import { formatFields } from '../table.ts'

interface Options extends GlobalOptions {
  readonly url?: string
  readonly config?: string
}

export function defineStatus(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('the gateway at a glance: where it is, how it is configured, how it is')
    .option('--url <address>', 'the gateway to ask (default: the one that runs with our folder)')
    .option('-c, --config <file>', 'the config file (default: that of the running gateway)')
    .addHelpText('after', '\nExample:\n  llm-gateway status --json')
    .action(async (_options: unknown, command: Command) => {
      await showStatus(context, command.optsWithGlobals<Options>())
    })
}

async function showStatus(context: CliContext, options: Options): Promise<void> {
  const [{ findGateway, besideGateway }, { loadSettings }, { fetchHealth }] = await Promise.all([
    import('../find-gateway.ts'),
    import('../load-settings.ts'),
    import('../gateway-client.ts'),
  ])
  const found = await findGateway(context, options)
  const flags = { config: options.config ?? found.running?.configFile }
  const [health, config] = await Promise.all([
    fetchHealth(found.url).catch(() => undefined),
    loadSettings(besideGateway(context, found.running), flags).catch(() => undefined),
  ])
  const stored = config && (await (await import('../count-stored.ts')).countStored(config))
  const value = toValue(found, health, config, stored)
  printAnswer(context, options, { value, text: toText(value, health) })
}

type Value = ReturnType<typeof toValue>

function toValue(
  found: FoundGateway,
  health: HealthReport | undefined,
  config: Config | undefined,
  stored: { readonly keys: number; readonly accounts: number } | undefined,
) {
  return {
    url: found.url,
    running: health !== undefined,
    pid: found.running?.pid ?? null,
    version: found.running?.version ?? VERSION,
    config_file: config?.files[0] ?? found.running?.configFile ?? null,
    config_valid: config !== undefined,
    keys: config && stored ? config.virtualKeys.length + stored.keys : null,
    accounts: config && stored ? config.accounts.length + stored.accounts : null,
    health: health?.status ?? null,
    providers: Object.fromEntries(
      Object.entries(health?.providers ?? {}).map(([name, { healthy }]) => [name, healthy]),
    ),
  }
}

function toText(value: Value, health: HealthReport | undefined): string {
  return formatFields([
    ['gateway', value.running ? value.url : `${value.url} (no answer)`],
    ['version', value.version],
    [
      'config',
      `${value.config_file ?? 'unknown'}${value.config_valid ? '' : ' (not valid: see "config check")'}`,
    ],
    ['keys', value.keys === 0 ? '0 (the demo or local key is used)' : String(value.keys ?? 'unknown')],
    ['accounts', String(value.accounts ?? 'unknown')],
    ['health', describeHealth(health)],
  ])
}

function describeHealth(health: HealthReport | undefined): string {
  if (health === undefined) return 'unknown'
  const providers = Object.entries(health.providers).map(
    ([name, { healthy }]) => `${name} ${healthy ? 'healthy' : 'unhealthy'}`,
  )
  return [health.status, ...(providers.length > 0 ? [`(${providers.join(', ')})`] : [])].join(' ')
}
