import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import type { DeskOptions } from '../noun.ts'
import { withConfig } from './noun-verbs.ts'

export function defineVault(program: Command, context: CliContext): void {
  const vault = program
    .command('vault')
    .description('the master key that stored credentials are sealed with')
    .addHelpText('after', '\nExample:\n  llm-gateway vault status')
  withConfig(vault.command('status'))
    .description('which master keys there are, and what is sealed with which; exit code 1 if it is locked')
    .addHelpText('after', '\nExample:\n  llm-gateway vault status --json')
    .action(async (_options: unknown, command: Command) => {
      const { showVault } = await import('../vault-keys.ts')
      await showVault(context, command.optsWithGlobals<DeskOptions>())
    })
  withConfig(vault.command('rotate'))
    .description('seal everything anew under a new master key; what was interrupted is taken up again')
    .addHelpText('after', ROTATE_HELP)
    .action(async (_options: unknown, command: Command) => {
      const { rotate } = await import('../vault-keys.ts')
      await rotate(context, command.optsWithGlobals<DeskOptions>())
    })
}

const ROTATE_HELP = `
A key that the gateway made for itself is replaced; the old one stays beside it as master.key.previous, which older
backups need. A key of your own you replace yourself first: LLM_GATEWAY_MASTER_KEY (or its _FILE) is the new one,
LLM_GATEWAY_MASTER_KEY_PREVIOUS the old one, for every gateway. Gateways may run meanwhile.

Example:
  llm-gateway vault rotate`
