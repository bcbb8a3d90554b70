import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { parseList, parsePairs } from '../flag-values.ts'
import type { DeskOptions } from '../noun.ts'
import type { TeamFlags } from '../nouns/team.ts'
import { defineNounVerbs, withConfig } from './noun-verbs.ts'

export function defineTeam(program: Command, context: CliContext): void {
  const team = program
    .command('team')
    .description('teams: virtual keys that are managed together')
    .addHelpText('after', '\nExample:\n  llm-gateway team add --name search')
  withFlags(withConfig(team.command('add')))
    .description('make a team')
    .option('--disabled', 'its keys are refused for now')
    .addHelpText('after', ADD_HELP)
    .action(async (_options: unknown, command: Command) => {
      const { addTeam } = await import('../nouns/team.ts')
      await addTeam(context, command.optsWithGlobals<DeskOptions & TeamFlags>())
    })
  defineNounVerbs(team, context, {
    word: 'team',
    title: 'team',
    argument: '<id-or-name>',
    example: 'search',
    load: async () => (await import('../nouns/team.ts')).team,
  })
  withFlags(withConfig(team.command('edit')).argument('<id-or-name>', 'which team'))
    .description('change what the keys of a team may do')
    .addHelpText('after', EDIT_HELP)
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { changeTeam } = await import('../nouns/team.ts')
      await changeTeam(context, reference, command.optsWithGlobals<DeskOptions & TeamFlags>())
    })
}

function withFlags(command: Command): Command {
  return command
    .option('--name <name>', 'unique among teams')
    .option('--models <list>', 'the models its keys may call, `prefix*` allowed (default: all)', parseList)
    .option('--endpoints <list>', 'the endpoints its keys may call (default: all)', parseList)
    .option('--metadata <name=value>', 'a pair of your own; may be given several times', parsePairs)
}

const ADD_HELP = `
A key of a team may do what both of them allow: llm-gateway apikey add --name ci --team search

Example:
  llm-gateway team add --name search --models 'gpt-*,claude-*'`

const EDIT_HELP = `
What is not given stays. An empty value takes a limit away: --models ''. --metadata replaces all pairs.

Example:
  llm-gateway team edit search --models 'claude-*'`
