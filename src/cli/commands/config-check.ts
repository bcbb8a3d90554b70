import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import type { ConfigProblem } from '../../config/problem.ts'
import type { CliContext } from '../context.ts'
import { CommandFailure, messageOf } from '../failure.ts'
import { type ConfigOptions, type Flags, loadSettings } from '../load-settings.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'

type Options = GlobalOptions & ConfigOptions & { readonly keysFile?: string }

export function defineConfigCheck(config: Command, context: CliContext): void {
  config
    .command('check')
    .description('whether the configuration is valid; exit code 1 and all that is wrong if it is not')
    .option('-c, --config <file>', 'the config file')
    .option('-k, --keys-file <file>', 'the keys file')
    .addHelpText('after', '\nExample:\n  llm-gateway config check --config ./config.yaml')
    .action(async (_options: unknown, command: Command) => {
      await check(context, command.optsWithGlobals<Options>())
    })
}

type Result =
  | { readonly valid: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly valid: false; readonly problems: readonly ConfigProblem[]; readonly message: string }

async function check(context: CliContext, options: Options): Promise<void> {
  const result = await checkSettings(context, { config: options.config, keys_file: options.keysFile })
  if (result.valid) {
    const { files, warnings } = { files: readFiles(result.config), warnings: result.warnings }
    const text = ['The configuration is valid.', ...list('Read:', files), ...list('Warnings:', warnings), '']
    printAnswer(context, options, { value: { valid: true, files, warnings }, text: text.join('\n') })
    return
  }
  // for people, the message of the failure below says it all
  if (options.json === true)
    printAnswer(context, options, { value: { valid: false, problems: result.problems }, text: '' })
  throw new CommandFailure(options.json === true ? '' : result.message)
}

async function checkSettings(context: CliContext, flags: Flags): Promise<Result> {
  const { ConfigError } = await import('../../config/problem.ts')
  try {
    const config = await loadSettings(context, flags)
    const unusable = await describeUseless(config)
    return { valid: true, config, warnings: [...config.warnings.map(({ message }) => message), ...unusable] }
  } catch (error) {
    const message = messageOf(error)
    return error instanceof ConfigError
      ? { valid: false, problems: error.problems, message }
      : { valid: false, problems: [{ path: '', message }], message }
  }
}

async function describeUseless(config: Config): Promise<string[]> {
  const [{ Credentials }, { buildSnapshot, describeLostRoutes, describeUnusable }, { locateStore }] =
    await Promise.all([
      import('../../pipeline/credentials.ts'),
      import('../../pipeline/snapshot.ts'),
      import('../../store/store-location.ts'),
    ])
  const snapshot = buildSnapshot(config, new Credentials())
  const { file } = locateStore({ databaseUrl: config.database.url, homeFolder: config.homeFolder })
  // only files are read here
  const unless = file === undefined || existsSync(file) ? ', unless an account of the store is called so' : ''
  return [...describeUnusable(snapshot), ...describeLostRoutes(snapshot).map((lost) => lost + unless)]
}

function readFiles({ files }: Config): string[] {
  return files.filter((file) => existsSync(file))
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [title, ...items.map((item) => `  ${item}`)]
}
