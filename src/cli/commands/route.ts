import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { parseNumber, parseText } from '../flag-values.ts'
import type { DeskOptions } from '../noun.ts'
import type { RouteFlags } from '../nouns/route.ts'
import { defineNounVerbs, withConfig } from './noun-verbs.ts'

export function defineRoute(program: Command, context: CliContext): void {
  const route = program
    .command('route')
    .description('model routes: which model is answered by which, for every key')
    .addHelpText(
      'after',
      '\nExample:\n  llm-gateway route add --source-model fast --target-model gpt-5.4-mini',
    )
  withFlags(withConfig(route.command('add')))
    .description('make a route')
    .option('--strict', 'refuse what cannot be converted exactly')
    .option('--disabled', 'not to be used yet')
    .addHelpText('after', ADD_HELP)
    .action(async (_options: unknown, command: Command) => {
      const { addRoute } = await import('../nouns/route.ts')
      await addRoute(context, command.optsWithGlobals<DeskOptions & RouteFlags>())
    })
  defineNounVerbs(route, context, {
    word: 'route',
    title: 'model route',
    argument: '<id>',
    example: 'route_abc',
    load: async () => (await import('../nouns/route.ts')).route,
  })
  withFlags(withConfig(route.command('edit')).argument('<id>', 'which model route'))
    .description('change a route')
    .option('--strict', 'refuse what cannot be converted exactly')
    .option('--no-strict', 'convert as well as can be')
    .addHelpText('after', EDIT_HELP)
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { changeRoute } = await import('../nouns/route.ts')
      await changeRoute(context, reference, command.optsWithGlobals<DeskOptions & RouteFlags>())
    })
}

function withFlags(command: Command): Command {
  return command
    .option('--source-model <pattern>', 'the model that a client asks for: exact, `prefix*`, or `*`')
    .option('--target-model <name>', 'the model to call instead (default: the same)', parseText)
    .option(
      '--target-provider <name>',
      'a provider, or an account by id or name (default: the model decides)',
      parseText,
    )
    .option('--priority <number>', 'the highest matching route is used', parseNumber)
    .option('--description <text>', 'for people', parseText)
}

const ADD_HELP = `
Examples:
  llm-gateway route add --source-model fast --target-model claude-haiku-4-5 --target-provider prod
  llm-gateway route add --source-model 'gpt-*' --target-model claude-sonnet-4-6 --priority 10`

const EDIT_HELP = `
What is not given stays. An empty value takes a setting away: --target-provider ''.

Example:
  llm-gateway route edit route_abc --target-model claude-sonnet-4-6`
