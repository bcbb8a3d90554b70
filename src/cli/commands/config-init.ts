import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CommandFailure, errorCodeOf, messageOf } from '../failure.ts'
import type { ConfigOptions } from '../load-settings.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'

type Options = GlobalOptions & ConfigOptions

/** `config init`, and `init` for those who know it by that name. */
export function defineConfigInit(parent: Command, context: CliContext, word: 'init' | 'config init'): void {
  parent
    .command('init')
    .description('write a config file of comments where there is none; an existing one is left alone')
    .option('-c, --config <file>', 'the config file')
    .addHelpText('after', `\nExample:\n  llm-gateway ${word}`)
    .action(async (_options: unknown, command: Command) => {
      await init(context, command.optsWithGlobals<Options>())
    })
}

async function init(context: CliContext, options: Options): Promise<void> {
  const [{ configFileOf }, { createConfigFile }] = await Promise.all([
    import('../../config/places.ts'),
    import('../../config/config-template.ts'),
  ])
  const { file } = configFileOf(context.environment, { config: options.config }, context)
  const isNew = await createConfigFile(file).catch((error: unknown) => {
    throw new CommandFailure(`Cannot write ${file} (${errorCodeOf(error) ?? messageOf(error)}).`)
  })
  const text = isNew ? `${file} is written.\n${NEXT}` : `${file} exists already and is left as it is.\n`
  printAnswer(context, options, { value: { config_file: file, created: isNew }, text, quietText: file })
}

const NEXT = `
Next:
  llm-gateway upstream add        # an account at a provider
  llm-gateway apikey add          # a key for a client
  llm-gateway server start
`
