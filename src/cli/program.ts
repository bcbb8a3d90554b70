import { Command, CommanderError } from 'commander'
import { VERSION } from '../core/version.ts'
import { defineAdmin } from './commands/admin.ts'
import { defineApikey } from './commands/apikey.ts'
import { defineAudit } from './commands/audit.ts'
import { defineChat } from './commands/chat.ts'
import { defineCompletions } from './commands/completions.ts'
import { defineConfigCheck } from './commands/config-check.ts'
import { defineConfigExport } from './commands/config-export.ts'
import { defineConfigInit } from './commands/config-init.ts'
import { defineConfigPath } from './commands/config-path.ts'
import { defineConfigShow } from './commands/config-show.ts'
import { defineConformance } from './commands/conformance.ts'
import { defineEnv } from './commands/env.ts'
import { defineHealth } from './commands/health.ts'
import { defineOauth } from './commands/oauth.ts'
import { defineRoute } from './commands/route.ts'
import { defineServerStart } from './commands/server-start.ts'
import { defineServerStatus } from './commands/server-status.ts'
import { defineServerStop } from './commands/server-stop.ts'
import { defineSimulate } from './commands/simulate.ts'
import { defineStatus } from './commands/status.ts'
import { defineStore } from './commands/store.ts'
import { defineTeam } from './commands/team.ts'
import { defineUpstream } from './commands/upstream.ts'
import { defineVault } from './commands/vault.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, FAILED, messageOf, WRONG_USAGE } from './failure.ts'

/** Runs one command line, without the program's name, and resolves with its exit code: 0 ok, 1 failed, 2 wrong usage. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    if (messageOf(error) !== '') context.stderr.write(`${describe(error, context)}\n`)
    return error instanceof CommandFailure ? error.exitCode : FAILED
  }
}

/** A failure that we did not foresee is a defect: whoever looks for it needs the place. */
function describe(error: unknown, { environment }: CliContext): string {
  const isForeseen = error instanceof CommandFailure
  if (!(error instanceof Error) || (isForeseen && environment.LLM_GATEWAY_DEBUG === undefined))
    return messageOf(error)
  return error.stack ?? error.message
}

/** The commands. Each file below `commands/` defines one, and loads what is heavy only when it runs. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('llm-gateway')
    .description('A self-hosted gateway between applications and LLM providers.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--json', 'print JSON, for scripts')
    .option('-q, --quiet', 'print nothing but errors')
    .configureHelp({ showGlobalOptions: true })
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput(outputsOf(context))
    .addHelpText('after', EXAMPLES)
  const server = program
    .command('server')
    .description('start and stop the gateway')
    .addHelpText('after', SERVER_EXAMPLE)
  defineConfigInit(program, context, 'init')
  defineServerStart(server, context)
  defineServerStop(server, context)
  defineServerStatus(server, context)
  defineApikey(program, context)
  defineUpstream(program, context)
  defineOauth(program, context)
  defineTeam(program, context)
  defineRoute(program, context)
  defineEnv(program, context)
  defineStatus(program, context)
  defineHealth(program, context)
  const config = program
    .command('config')
    .description('write, check and look at the configuration')
    .addHelpText('after', CONFIG_EXAMPLE)
  defineConfigInit(config, context, 'config init')
  defineConfigCheck(config, context)
  defineConfigShow(config, context)
  defineConfigPath(config, context)
  defineConfigExport(config, context)
  defineStore(program, context)
  defineVault(program, context)
  defineAdmin(program, context)
  defineAudit(program, context)
  defineChat(program, context)
  defineSimulate(program, context)
  defineConformance(program, context)
  defineCompletions(program, context)
  return program
}

function outputsOf({ stdout, stderr }: CliContext) {
  return {
    writeOut: (text: string) => void stdout.write(text),
    writeErr: (text: string) => void stderr.write(text),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  }
}

const EXAMPLES = `
Examples:
  llm-gateway server start        # try it: with nothing configured, a simulated provider answers
  llm-gateway chat "Hello"        # ask it something, from another terminal
  llm-gateway server start --help

Exit codes: 0 ok, 1 failed, 2 wrong usage.`

const SERVER_EXAMPLE = '\nExample:\n  llm-gateway server start --port 8080'
const CONFIG_EXAMPLE = '\nExample:\n  llm-gateway config check'
