import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import type { DeskOptions } from '../noun.ts'
import { printAnswer } from '../output.ts'
import { withConfig } from './noun-verbs.ts'

type Options = DeskOptions & { readonly reveal?: boolean }

export function defineConfigExport(config: Command, context: CliContext): void {
  withConfig(config.command('export'))
    .description('what was made at run time, as YAML in the spelling of the config file')
    .option('--reveal', 'with credentials in plain text; without it they stay sealed')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      await runExport(context, command.optsWithGlobals<Options>())
    })
}

const HELP = `
With --reveal, its keys, accounts and routes can be declared in a config file. A config file has no teams, and no endpoints,
expiry or metadata of a key: "config check" names those. Tokens of sign-ins are never exported.

Example:
  llm-gateway config export > store.yaml`

async function runExport(context: CliContext, options: Options): Promise<void> {
  const [{ exportStore }, { withDesk }, { stringify }] = await Promise.all([
    import('../../control/export.ts'),
    import('../open-desk.ts'),
    import('yaml'),
  ])
  const credentials = options.reveal === true ? 'revealed' : 'sealed'
  const value = await withDesk(context, options, (desk) => exportStore(desk, credentials))
  const written = Object.entries(value).filter(([, part]) => hasEntries(part))
  const head = `# What llm-gateway's store holds. Credentials are ${credentials}.\n`
  const body =
    written.length === 0
      ? ''
      : stringify(Object.fromEntries(written), { lineWidth: 0, aliasDuplicateObjects: false })
  printAnswer(context, options, { value, text: head + body })
}

function hasEntries(part: readonly unknown[] | { readonly routes: readonly unknown[] }): boolean {
  return 'routes' in part ? part.routes.length > 0 : part.length > 0
}
