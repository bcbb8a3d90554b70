import type { Readable, Writable } from 'node:stream'
import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'

/** Questions go to stderr: what stands on stdout is the answer alone, even then. */
interface Terminal {
  readonly input: Readable
  readonly output: Writable
}

/** Whether somebody is there to be asked. */
export function isInteractive({ stdin, stderr }: CliContext): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}

/** Asks before something that cannot be undone; without a terminal there is nobody to ask. Throws a CommandFailure for no. */
export async function confirm(context: CliContext, message: string): Promise<void> {
  if (!isInteractive(context)) return
  const { confirm: ask } = await import('@clack/prompts')
  const answer = answered(await ask({ ...terminal(context), message, initialValue: false }))
  if (!answer) throw cancelled()
}

export interface Question {
  readonly message: string
  readonly placeholder?: string
  /** What stands there already. */
  readonly value?: string | undefined
  readonly isOptional?: boolean
}

/** A line of text. Throws a CommandFailure where the question is left with Ctrl-C. */
export async function askText(context: CliContext, question: Question): Promise<string> {
  const { text } = await import('@clack/prompts')
  const { message, placeholder = '', value = '', isOptional = false } = question
  const validate = (given: string | undefined) =>
    isOptional || (given ?? '').trim() !== '' ? undefined : 'It must not be empty.'
  const options = { ...terminal(context), message, placeholder, initialValue: value, validate }
  return (answered(await text(options)) ?? '').trim()
}

/** A secret, which is not shown. */
export async function askSecret(context: CliContext, message: string): Promise<string> {
  const { password } = await import('@clack/prompts')
  return (answered(await password({ ...terminal(context), message })) ?? '').trim()
}

export interface Choice {
  readonly value: string
  readonly label: string
  readonly hint?: string
}

/** One of several. */
export async function askChoice(
  context: CliContext,
  message: string,
  choices: readonly Choice[],
): Promise<string> {
  const { select } = await import('@clack/prompts')
  return answered(await select<string>({ ...terminal(context), message, options: [...choices] }))
}

/** Some of several, at least one. */
export async function askChoices(
  context: CliContext,
  message: string,
  { choices, chosen }: { readonly choices: readonly Choice[]; readonly chosen: readonly string[] },
): Promise<string[]> {
  const { multiselect } = await import('@clack/prompts')
  const options = { message, options: [...choices], initialValues: [...chosen], required: true }
  return answered(await multiselect<string>({ ...terminal(context), ...options }))
}

function terminal({ stdin, stderr }: CliContext): Terminal {
  return { input: stdin as Readable, output: stderr as Writable }
}

function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (typeof answer === 'symbol') throw cancelled()
  return answer as Exclude<Value, symbol>
}

function cancelled(): CommandFailure {
  return new CommandFailure('Cancelled: nothing was changed.')
}
