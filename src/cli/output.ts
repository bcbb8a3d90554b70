import type { CliContext } from './context.ts'

/** The options that every command has. */
export interface GlobalOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface Answer {
  /** What `--json` prints. */
  readonly value: unknown
  /** What people read, with its line ends. */
  readonly text: string
  /** What `--quiet` still prints: the id or the key that a script waits for. */
  readonly quietText?: string
}

/** Prints what a command found on stdout: JSON for scripts, text for people, next to nothing with `--quiet`. */
export function printAnswer({ stdout }: CliContext, { json, quiet }: GlobalOptions, answer: Answer): void {
  if (json === true) stdout.write(`${JSON.stringify(answer.value, null, 2)}\n`)
  else if (quiet !== true) stdout.write(answer.text)
  else if (answer.quietText !== undefined) stdout.write(`${answer.quietText}\n`)
}

/** Bold where it is a terminal that may be coloured. @see https://no-color.org */
export function bold(
  text: string,
  output: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv,
): string {
  const isPlain = output.isTTY !== true || (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb'
  return isPlain ? text : `\u001b[1m${text}\u001b[22m`
}
