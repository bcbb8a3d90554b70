import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { parseList, parsePairs, parseText, parseWhen, parseWhole } from '../flag-values.ts'
import type { DeskOptions } from '../noun.ts'
import type { KeyFlags, RotateOptions } from '../nouns/virtual-key.ts'
import { parseSeconds } from '../parse-seconds.ts'
import { defineNounVerbs, withConfig } from './noun-verbs.ts'

export function defineApikey(program: Command, context: CliContext): void {
  const apikey = program
    .command('apikey')
    .description('virtual keys: what clients present')
    .addHelpText('after', '\nExample:\n  llm-gateway apikey add --name team-api')
  withFlags(withConfig(apikey.command('add')))
    .description('issue a key; it is printed this once')
    .option('--strict', 'refuse what cannot be converted exactly')
    .option('--passthrough', 'never convert anything')
    .option('--disabled', 'not to be used yet')
    .addHelpText('after', ADD_HELP)
    .action(async (_options: unknown, command: Command) => {
      const { addKey } = await import('../nouns/virtual-key.ts')
      await addKey(context, command.optsWithGlobals<DeskOptions & KeyFlags>())
    })
  const { list } = defineNounVerbs(apikey, context, {
    word: 'apikey',
    title: 'virtual key',
    argument: '<id-or-name>',
    example: 'team-api',
    load: async () => (await import('../nouns/virtual-key.ts')).virtualKey,
  })
  list.option('--team <id-or-name>', 'only those of a team')
  withFlags(withConfig(apikey.command('edit')))
    .argument('<id-or-name>', 'which virtual key')
    .description('change what a key may do')
    .option('--strict', 'refuse what cannot be converted exactly')
    .option('--no-strict', 'convert as well as can be')
    .option('--passthrough', 'never convert anything')
    .option('--no-passthrough', 'convert where it is needed')
    .addHelpText('after', EDIT_HELP)
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { changeKey } = await import('../nouns/virtual-key.ts')
      await changeKey(context, reference, command.optsWithGlobals<DeskOptions & KeyFlags>())
    })
  withConfig(apikey.command('rotate'))
    .argument('<id-or-name>', 'which virtual key')
    .description('issue a new secret for a key')
    .option('--grace <duration>', 'how long the old secret still works, such as 24h', parseSeconds, 0)
    .addHelpText('after', '\nExample:\n  llm-gateway apikey rotate team-api --grace 24h')
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { replaceKey } = await import('../nouns/virtual-key.ts')
      await replaceKey(context, reference, command.optsWithGlobals<DeskOptions & RotateOptions>())
    })
}

function withFlags(command: Command): Command {
  return command
    .option('--name <name>', 'unique among keys')
    .option(
      '--permissions <list>',
      '`read` (models, own usage), `write` (inference); both by default',
      parseList,
    )
    .option('--team <id-or-name>', 'the team it belongs to', parseText)
    .option(
      '--account <id-or-name>',
      'the only upstream account it uses (default: the model decides)',
      parseText,
    )
    .option('--models <list>', 'the models it may call, `prefix*` allowed (default: all)', parseList)
    .option(
      '--endpoints <list>',
      'the endpoints it may call, such as `chat/completions` (default: all)',
      parseList,
    )
    .option('--expires <when>', 'when it ends: 2027-01-31, 30d, never', parseWhen)
    .option('--quota <number>', 'requests per hour (default: no limit)', parseWhole)
    .option('--metadata <name=value>', 'a pair of your own; may be given several times', parsePairs)
    .option(
      '--routes-file <file>',
      'model routes of its own, as `model_routes` of the config file (YAML or JSON)',
    )
}

const ADD_HELP = `
Without --name, on a terminal, it asks.

Examples:
  llm-gateway apikey add --name=team-api --permissions=read,write
  KEY=$(llm-gateway apikey add --name ci --models 'gpt-*,claude-*' --expires 90d --quiet)`

const EDIT_HELP = `
What is not given stays. An empty value takes a limit away: --models ''. --metadata replaces all pairs.

Example:
  llm-gateway apikey edit team-api --models 'claude-*' --quota 1000`
