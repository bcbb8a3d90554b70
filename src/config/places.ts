import { isAbsolute, join, resolve } from 'node:path'
import { readVariable } from './environment.ts'

/** Where the gateway looks for files. */
export interface Places {
  readonly workingDirectory: string
  readonly homeDirectory: string
}

/** A file or folder as written, as an absolute path: `~/` is the home directory, the rest is relative to where we run. */
export function absolutePath(written: string, { workingDirectory, homeDirectory }: Places): string {
  if (written === '~' || written.startsWith('~/')) return join(homeDirectory, written.slice(1))
  return isAbsolute(written) ? written : resolve(workingDirectory, written)
}

/** Our own folder: `LLM_GATEWAY_HOME`, else `~/.llm-gateway`. */
export function homeFolderOf(environment: NodeJS.ProcessEnv, places: Places): string {
  return absolutePath(readVariable(environment, 'LLM_GATEWAY_HOME') ?? '~/.llm-gateway', places)
}

/** The config file, and what named it: undefined for the default place, where it need not exist. */
export function configFileOf(
  environment: NodeJS.ProcessEnv,
  flags: Readonly<Record<string, unknown>>,
  places: Places,
): { file: string; namedBy?: string } {
  const { config } = flags
  if (typeof config === 'string')
    return { file: absolutePath(config, places), namedBy: 'command line config' }
  const variable = readVariable(environment, 'LLM_GATEWAY_CONFIG')
  if (variable !== undefined) {
    return { file: absolutePath(variable, places), namedBy: 'environment variable LLM_GATEWAY_CONFIG' }
  }
  return { file: join(homeFolderOf(environment, places), 'config.yaml') }
}
