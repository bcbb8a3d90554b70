import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { type ConfigOptions, requireSettings } from '../load-settings.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'

type Options = GlobalOptions & ConfigOptions

export function defineConfigShow(config: Command, context: CliContext): void {
  config
    .command('show')
    .description('the configuration in effect, with every default, without secrets')
    .option('-c, --config <file>', 'the config file')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      await show(context, command.optsWithGlobals<Options>())
    })
}

const HELP = `
Times are milliseconds, sizes bytes. "origins" says who set an option: a variable, a line of a file, the command line.
An option that is not in that list has its default.

Examples:
  llm-gateway config show
  llm-gateway config show --json`

async function show(context: CliContext, options: Options): Promise<void> {
  const [{ maskConfig }, { stringify }] = await Promise.all([import('../../config/mask.ts'), import('yaml')])
  const config = maskConfig(await requireSettings(context, { config: options.config }))
  const text = stringify(config, { lineWidth: 0, aliasDuplicateObjects: false })
  printAnswer(context, options, { value: config, text })
}
