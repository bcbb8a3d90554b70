import { type Command, InvalidArgumentError } from 'commander'
import type { CliContext } from '../context.ts'
import type { GlobalOptions } from '../output.ts'

interface Options extends GlobalOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
  readonly keysFile?: string
  readonly detach?: boolean
}

export function defineServerStart(server: Command, context: CliContext): void {
  server
    .command('start')
    .description('start the gateway')
    .option('-c, --config <file>', 'the config file')
    .option('--host <address>', 'the address to listen on (default: 127.0.0.1)')
    .option('-p, --port <number>', 'the port to listen on; 0 takes any free one (default: 8080)', parsePort)
    .option('-k, --keys-file <file>', 'the keys file (default: keys.json, if it exists)')
    .option('-d, --detach', 'run in the background, with gateway.log in our folder as its log')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      await start(context, command.optsWithGlobals<Options>())
    })
}

const HELP = `
With nothing configured, a built-in simulated provider answers, with the key vk_demo.

The interaction log, one JSON object per request, goes to stdout; everything else to stderr.
SIGTERM and SIGINT (Ctrl-C) let running answers finish, a second one ends at once. SIGHUP is ignored: configuration
files are watched, changes take effect by themselves.

Examples:
  llm-gateway server start
  llm-gateway server start --port 3000 --keys-file ./keys.json
  llm-gateway server start --config /etc/llm-gateway.yaml --detach`

/** A port number; commander makes what is thrown here the answer to a wrong call. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return port
}

async function start(context: CliContext, options: Options): Promise<void> {
  if (options.detach === true) {
    await startInBackground(context, options)
    return
  }
  const [{ serveGateway }, { DETACHED_VARIABLE }] = await Promise.all([
    import('../serve-gateway.ts'),
    import('../detach.ts'),
  ])
  const { json, quiet } = options
  await serveGateway(context, {
    ...(json === undefined ? {} : { json }),
    ...(quiet === undefined ? {} : { quiet }),
    flags: flagsOf(options),
    isDetached: context.environment[DETACHED_VARIABLE] !== undefined,
  })
}

function flagsOf({ config, host, port, keysFile }: Options): Record<string, unknown> {
  return { config, 'server.host': host, 'server.port': port, keys_file: keysFile }
}

async function startInBackground(context: CliContext, options: Options): Promise<void> {
  const [{ startDetached }, { requireSettings }, { printAnswer }] = await Promise.all([
    import('../detach.ts'),
    import('../load-settings.ts'),
    import('../output.ts'),
  ])
  // what is wrong is better said here than in a log
  const { homeFolder } = await requireSettings(context, flagsOf(options))
  const { url, pid, logFile } = await startDetached(context, homeFolder, argumentsOf(options))
  if (options.json !== true && options.quiet !== true)
    context.stderr.write(`llm-gateway runs in the background (pid ${pid}). Its log: ${logFile}\n`)
  printAnswer(context, options, { value: { url, pid, log_file: logFile }, text: `${url}\n` })
}

function argumentsOf({ config, host, port, keysFile }: Options): string[] {
  const named = { '--config': config, '--host': host, '--port': port, '--keys-file': keysFile }
  return Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))
}
