import type { Command } from 'commander'
import type { TokenOptions } from '../admin-access.ts'
import type { CliContext } from '../context.ts'
import type { DeskOptions } from '../noun.ts'
import { withConfig } from './noun-verbs.ts'

export function defineAdmin(program: Command, context: CliContext): void {
  const admin = program
    .command('admin')
    .description('access to the admin API')
    .addHelpText('after', '\nExample:\n  llm-gateway admin token')
  withConfig(admin.command('token'))
    .description('make the token of the admin API, and print it this once')
    .option('--rotate', 'make a new one in place of the one there is, which ends at once')
    .addHelpText('after', TOKEN_HELP)
    .action(async (_options: unknown, command: Command) => {
      const { showToken } = await import('../admin-access.ts')
      await showToken(context, command.optsWithGlobals<DeskOptions & TokenOptions>())
    })
}

const TOKEN_HELP = `
Only its hash is stored. A token of the configuration (admin.token, LLM_GATEWAY_ADMIN_TOKEN) wins over it.

Examples:
  llm-gateway admin token --rotate
  TOKEN=$(llm-gateway admin token --rotate --quiet)`
