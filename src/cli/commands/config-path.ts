import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import type { ConfigOptions } from '../load-settings.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'

type Options = GlobalOptions & ConfigOptions

export function defineConfigPath(config: Command, context: CliContext): void {
  config
    .command('path')
    .description('where the config file is looked for')
    .option('-c, --config <file>', 'the config file')
    .addHelpText('after', '\nExample:\n  $EDITOR "$(llm-gateway config path)"')
    .action(async (_options: unknown, command: Command) => {
      await showPath(context, command.optsWithGlobals<Options>())
    })
}

async function showPath(context: CliContext, options: Options): Promise<void> {
  const { configFileOf, homeFolderOf } = await import('../../config/places.ts')
  const { file } = configFileOf(context.environment, { config: options.config }, context)
  const home = homeFolderOf(context.environment, context)
  const value = { config_file: file, exists: existsSync(file), home_folder: home }
  printAnswer(context, options, { value, text: `${file}\n` })
}
