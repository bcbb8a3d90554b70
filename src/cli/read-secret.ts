import { readFile } from 'node:fs/promises'
import { absolutePath } from '../config/places.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, errorCodeOf, messageOf, WRONG_USAGE } from './failure.ts'

/** The ways to give a secret: on the command line, on standard input, in a file. */
export interface SecretOptions {
  readonly key?: string
  readonly keyStdin?: boolean
  readonly keyFile?: string
}

/** The secret that was given, undefined where none was. Blanks and line ends around it are no part of it. */
export async function readSecret(context: CliContext, options: SecretOptions): Promise<string | undefined> {
  const { key, keyStdin, keyFile } = options
  if ([key, keyStdin, keyFile].filter((given) => given !== undefined).length > 1)
    throw new CommandFailure('Give one of --key, --key-stdin and --key-file.', WRONG_USAGE)
  if (key !== undefined) {
    if (key !== '') context.stderr.write(`${HINT}\n`)
    return key.trim()
  }
  if (keyStdin === true) return notEmpty(await readInput(context), 'Standard input')
  if (keyFile !== undefined) return notEmpty(await readSecretFile(context, keyFile), keyFile)
  return undefined
}

const HINT =
  'Hint: --key-stdin or --key-file keeps the key out of your shell history and of the process list.'

async function readInput({ stdin }: CliContext): Promise<string> {
  let text = ''
  stdin.setEncoding('utf8')
  for await (const chunk of stdin) text += String(chunk)
  return text
}

async function readSecretFile(context: CliContext, written: string): Promise<string> {
  const file = absolutePath(written, context)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CommandFailure(`Cannot read ${file} (${errorCodeOf(error) ?? messageOf(error)}).`)
  }
}

function notEmpty(text: string, where: string): string {
  const secret = text.trim()
  if (secret === '') throw new CommandFailure(`${where} holds no key.`)
  return secret
}
