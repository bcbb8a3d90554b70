import type { Command } from 'commander'
import type { AuditOptions } from '../audit-log.ts'
import type { CliContext } from '../context.ts'
import { parseNumber, parseSince } from '../flag-values.ts'
import type { DeskOptions } from '../noun.ts'
import { withConfig } from './noun-verbs.ts'

export function defineAudit(program: Command, context: CliContext): void {
  const audit = program
    .command('audit')
    .description('who changed what, and when')
    .addHelpText('after', '\nExample:\n  llm-gateway audit list --since 24h')
  withConfig(audit.command('list'))
    .description('changes, newest first')
    .option('--limit <number>', 'how many at most', parseNumber, 50)
    .option('--after <cursor>', 'go on where a list ended (`next_cursor`)')
    .option('--actor <name>', 'only changes by somebody')
    .option('--action <name>', 'only one kind of change, such as virtual_key.create')
    .option('--subject <id>', 'only changes of one thing, by its id')
    .option('--since <when>', 'only later ones: 2027-01-31, or 24h for the last day', parseSince)
    .option('--until <when>', 'only earlier ones', parseSince)
    .addHelpText('after', '\nExample:\n  llm-gateway audit list --action virtual_key.create --since 7d')
    .action(async (_options: unknown, command: Command) => {
      const { listChanges } = await import('../audit-log.ts')
      await listChanges(context, command.optsWithGlobals<DeskOptions & AuditOptions>())
    })
}
