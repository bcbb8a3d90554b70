import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import type { DeskOptions } from '../noun.ts'
import type { CopyOptions } from '../store-care.ts'
import { withConfig } from './noun-verbs.ts'

export function defineStore(program: Command, context: CliContext): void {
  const store = program
    .command('store')
    .description('the database of keys, accounts, teams and routes')
    .addHelpText('after', '\nExample:\n  llm-gateway store backup ./gateway-backup.db')
  withConfig(store.command('migrate'))
    .description('bring the database up to this version; a gateway does so by itself when it starts')
    .addHelpText('after', '\nExample:\n  llm-gateway store migrate')
    .action(async (_options: unknown, command: Command) => {
      const { migrate } = await import('../store-care.ts')
      await migrate(context, command.optsWithGlobals<DeskOptions>())
    })
  withConfig(store.command('check'))
    .description('read everything and tell what is wrong; exit code 1 if anything is')
    .addHelpText('after', '\nExample:\n  llm-gateway store check')
    .action(async (_options: unknown, command: Command) => {
      const { check } = await import('../store-care.ts')
      await check(context, command.optsWithGlobals<DeskOptions>())
    })
  withConfig(store.command('backup'))
    .argument('<file>', 'a file that does not exist yet')
    .description('copy the SQLite database, in use or not, into a file')
    .addHelpText('after', BACKUP_HELP)
    .action(async (file: string, _options: unknown, command: Command) => {
      const { backup } = await import('../store-care.ts')
      await backup(context, file, command.optsWithGlobals<DeskOptions>())
    })
  withConfig(store.command('copy'))
    .description(
      'copy everything into an empty database, and compare both; may be interrupted and called again',
    )
    .requiredOption('--to <url>', 'postgres://… or a SQLite file')
    .addHelpText('after', COPY_HELP)
    .action(async (_options: unknown, command: Command) => {
      const { copy } = await import('../store-care.ts')
      await copy(context, command.optsWithGlobals<DeskOptions & Required<CopyOptions>>())
    })
}

const BACKUP_HELP = `
Credentials in it stay sealed: keep the master key too, elsewhere. For PostgreSQL use its own tools (pg_dump).

Example:
  llm-gateway store backup "backup-$(date +%F).db"`

const COPY_HELP = `
Stop the gateways first, or what changes meanwhile is told at the end. Credentials stay sealed: the gateways of the new
database need the same master key.

Example:
  llm-gateway store copy --to postgres://gateway:secret@db:5432/gateway`
