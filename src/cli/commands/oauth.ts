import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import type { DeskOptions } from '../noun.ts'
import type { CallbackOptions, StartOptions } from '../oauth-sign-in.ts'
import { withConfig } from './noun-verbs.ts'

export function defineOauth(program: Command, context: CliContext): void {
  const oauth = program
    .command('oauth')
    .description('sign in to upstream accounts of type oauth')
    .addHelpText('after', '\nExample:\n  llm-gateway oauth start claude-code')
  verb(oauth, 'start')
    .description('begin to sign in: prints where to go, and takes the code that you bring back')
    .option(
      '--loopback',
      'let the browser come back to this machine, where the provider also has a page that shows a code',
    )
    .option('--no-wait', 'print where to go and return; "oauth callback" goes on')
    .addHelpText('after', START_HELP)
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { startSignIn } = await import('../oauth-sign-in.ts')
      await startSignIn(context, reference, command.optsWithGlobals<DeskOptions & StartOptions>())
    })
  verb(oauth, 'callback')
    .argument(
      '[code]',
      'what the browser ended with: the code, code#state, or its address (default: asked for, or piped in)',
    )
    .description('end a sign-in that was begun with "oauth start"')
    .option('--flow <id>', 'which sign-in, for a code without its state')
    .addHelpText('after', "\nExample:\n  llm-gateway oauth callback claude-code 'code#state'")
    .action(async (reference: string, code: string | undefined, _options: unknown, command: Command) => {
      const { finishSignIn } = await import('../oauth-sign-in.ts')
      await finishSignIn(
        context,
        { reference, code },
        command.optsWithGlobals<DeskOptions & CallbackOptions>(),
      )
    })
  verb(oauth, 'status')
    .description('whether somebody is signed in, and until when; exit code 1 if nobody is')
    .addHelpText('after', '\nExample:\n  llm-gateway oauth status claude-code')
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { showSignIn } = await import('../oauth-state.ts')
      await showSignIn(context, reference, command.optsWithGlobals<DeskOptions>())
    })
  verb(oauth, 'refresh')
    .description('replace the tokens now; a gateway does so by itself in time')
    .addHelpText('after', '\nExample:\n  llm-gateway oauth refresh claude-code')
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { refreshSignIn } = await import('../oauth-state.ts')
      await refreshSignIn(context, reference, command.optsWithGlobals<DeskOptions>())
    })
  verb(oauth, 'logout')
    .description('forget the tokens of an account; the provider is not told')
    .addHelpText('after', '\nExample:\n  llm-gateway oauth logout claude-code')
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { endSignIn } = await import('../oauth-state.ts')
      await endSignIn(context, reference, command.optsWithGlobals<DeskOptions>())
    })
}

function verb(parent: Command, name: string): Command {
  return withConfig(parent.command(name)).argument('<id-or-name>', 'which upstream account')
}

const START_HELP = `
Using a subscription this way may be against its provider's terms: what is known of that is printed first. The account is made with
"llm-gateway upstream add --type=oauth --provider=anthropic --name=claude-code".

Example:
  llm-gateway oauth start claude-code`
