import type { Command } from 'commander'
import { SIMULATED_MODELS } from '../../simulator/models.ts'
import type { CliContext } from '../context.ts'
import { CommandFailure, errorCodeOf, messageOf } from '../failure.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'
import { formatTable } from '../table.ts'
import { parsePort } from './server-start.ts'

interface Options extends GlobalOptions {
  readonly host: string
  readonly port: number
}

export function defineSimulate(program: Command, context: CliContext): void {
  program
    .command('simulate')
    .description('run the simulated provider alone: it needs no account, and fails on demand')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('-p, --port <number>', 'the port to listen on; 0 takes any free one', parsePort, 0)
    .addHelpText('after', describeHelp)
    .action(async (_options: unknown, command: Command) => {
      await simulate(context, command.optsWithGlobals<Options>())
    })
}

function describeHelp(): string {
  return `
It speaks OpenAI Chat Completions, Completions and Responses, Anthropic Messages and Gemini. Any key will do.

${modelTable()}
Example:
  llm-gateway simulate --port 9000`
}

function modelTable(): string {
  return formatTable(['MODEL', 'WHAT IT DOES'], Object.entries(SIMULATED_MODELS))
}

async function simulate(context: CliContext, options: Options): Promise<void> {
  const [{ startSimulator }, { stopSignal }] = await Promise.all([
    import('../../simulator/server.ts'),
    import('../stop-signal.ts'),
  ])
  const stop = stopSignal(context)
  try {
    const simulator = await startSimulator({
      host: options.host,
      port: options.port,
      maxReceived: 0,
    }).catch((error: unknown) => {
      throw cannotListen(options, error)
    })
    const text = `The simulated provider listens on ${simulator.url}\n\n${modelTable()}`
    printAnswer(context, options, { value: { url: simulator.url, models: SIMULATED_MODELS }, text })
    await stop.requested
    await simulator.close()
  } finally {
    stop.close()
  }
}

function cannotListen({ host, port }: Options, error: unknown): CommandFailure {
  const reason = errorCodeOf(error) === 'EADDRINUSE' ? 'the port is in use' : messageOf(error)
  return new CommandFailure(
    `Cannot listen on port ${port} of ${host}: ${reason}. Choose another with --port.`,
  )
}
