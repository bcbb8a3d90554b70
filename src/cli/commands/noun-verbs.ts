import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import type { DeskOptions, ListFilter, Noun } from '../noun.ts'

export interface NounOptions<View extends object> {
  /** The word of the command line, such as `apikey`. */
  readonly word: string
  readonly title: string
  /** What stands for the thing in a call: `<id>` or `<id-or-name>`. */
  readonly argument: string
  /** For the examples. */
  readonly example: string
  readonly load: () => Promise<Noun<View>>
}

/** The verbs that all kinds of things have: list, show, enable, disable, remove. Returns the list, for options of its own. */
export function defineNounVerbs<View extends object>(
  parent: Command,
  context: CliContext,
  options: NounOptions<View>,
): { readonly list: Command } {
  const { word, title, argument, load } = options
  const list = withConfig(parent.command('list'))
    .description(`every ${title}, newest first`)
    .addHelpText('after', `\nExample:\n  llm-gateway ${word} list --json`)
    .action(async (_options: unknown, command: Command) => {
      const { runList } = await import('../noun.ts')
      await runList(context, command.optsWithGlobals<DeskOptions & ListFilter>(), await load())
    })
  verb(parent, 'show', options)
    .description('everything about one, without secrets')
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { runShow } = await import('../noun.ts')
      await runShow(context, command.optsWithGlobals<DeskOptions>(), { noun: await load(), reference })
    })
  for (const [name, to, description] of [
    ['enable', 'active', 'let one be used again'],
    [
      'disable',
      'disabled',
      'let one not be used until it is enabled again; a running gateway notices within a second',
    ],
  ] as const) {
    verb(parent, name, options)
      .description(description)
      .action(async (reference: string, _options: unknown, command: Command) => {
        const { runSwitch } = await import('../noun.ts')
        const noun = await load()
        await runSwitch(context, command.optsWithGlobals<DeskOptions>(), { noun, reference, to })
      })
  }
  verb(parent, 'remove', options)
    .alias('rm')
    .description('remove one for good')
    .option('-y, --yes', 'do not ask, not even on a terminal')
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { runRemove } = await import('../noun.ts')
      const given = command.optsWithGlobals<DeskOptions & { readonly yes?: boolean }>()
      await runRemove(context, given, { noun: await load(), reference })
    })
  return { list }

  function verb(below: Command, name: string, { example }: { readonly example: string }): Command {
    return withConfig(below.command(name))
      .argument(argument, `which ${title}`)
      .addHelpText('after', `\nExample:\n  llm-gateway ${word} ${name} ${example}`)
  }
}

/** The option of every command that opens the store. */
export function withConfig(command: Command): Command {
  return command.option('-c, --config <file>', 'the config file (default: that of the running gateway)')
}
