import { Argument, type Command } from 'commander'
import type { CliContext } from '../context.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export function defineCompletions(program: Command, context: CliContext): void {
  program
    .command('completions')
    .description('a script that lets your shell complete commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { completionScript } = await import('../completion-scripts.ts')
      context.stdout.write(completionScript(program, shell))
    })
}

const HELP = `
Examples:
  source <(llm-gateway completions bash)                                         # in ~/.bashrc
  source <(llm-gateway completions zsh)                                          # in ~/.zshrc, after compinit
  llm-gateway completions fish > ~/.config/fish/completions/llm-gateway.fish`
