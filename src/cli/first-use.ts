import { createConfigFile } from '../config/config-template.ts'
import { configFileOf } from '../config/places.ts'
import type { CliContext } from './context.ts'

/**
 * Writes a config file of comments into our folder where there is none, unless another one is named. Where it cannot be written, nothing is
 * lost: it says nothing.
 */
export async function ensureConfigFile(context: CliContext, config: unknown): Promise<void> {
  const { file, namedBy } = configFileOf(context.environment, { config }, context)
  if (namedBy === undefined) await createConfigFile(file).catch(() => {})
}
