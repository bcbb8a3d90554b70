import type { Config } from '../config/config.ts'
import type { LoadInput } from '../config/load.ts'
import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'

export type Flags = Readonly<Record<string, unknown>>

/** What the command line says of a file's place. */
export interface ConfigOptions {
  readonly config?: string
}

/** Reads the configuration as this shell sees it. Throws ConfigError. */
export async function loadSettings(context: CliContext, flags: Flags): Promise<Config> {
  const { loadConfig } = await import('../config/load.ts')
  return await loadConfig(await loadInput(context, flags))
}

/** The same, for commands that cannot go on without: what is wrong becomes the command's failure. */
export async function requireSettings(context: CliContext, flags: Flags): Promise<Config> {
  const { ConfigError } = await import('../config/problem.ts')
  try {
    return await loadSettings(context, flags)
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandFailure(error.message, undefined, { cause: error })
    throw error
  }
}

/** Our own folder, without reading any configuration. */
export async function homeFolder(context: CliContext): Promise<string> {
  const { homeFolderOf } = await import('../config/places.ts')
  return homeFolderOf(context.environment, context)
}

async function loadInput(context: CliContext, flags: Flags): Promise<LoadInput> {
  const { CREDENTIAL_VARIABLES } = await import('../providers/index.ts')
  const { environment, workingDirectory, homeDirectory } = context
  const providerVariables = CREDENTIAL_VARIABLES
  return { environment, workingDirectory, homeDirectory, flags, providerVariables }
}
