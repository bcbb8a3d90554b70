import { isJsonObject } from '../core/json.ts'
import { nearestName } from '../core/nearest.ts'
import { listOptions, type OptionInfo } from './catalogue.ts'
import { readEnvironment } from './environment.ts'
import type { ConfigProblem } from './problem.ts'
import { configFileSchema, type Settings } from './schema.ts'
import type { SourceFile } from './source-file.ts'
import { settleSpellings } from './spellings.ts'
import { validateSource, validateValue } from './validate.ts'

export interface SettingsInput {
  readonly source: SourceFile
  readonly environment: NodeJS.ProcessEnv
  /** By dotted option name: `{ 'server.port': 3000 }`. Undefined values are ignored. */
  readonly flags: Readonly<Record<string, unknown>>
}

export interface MergedSettings {
  /** Undefined if there are problems. */
  readonly settings?: Settings
  /** The config file with every option under its own name. */
  readonly source: SourceFile
  /** Who set an option, by dotted name; options that have their default are absent. */
  readonly origins: Readonly<Record<string, string>>
  readonly problems: readonly ConfigProblem[]
}

/** Flags over environment over config file over defaults. Each is validated by itself, so that a problem names its source. */
export function mergeSettings(input: SettingsInput): MergedSettings {
  const options = listOptions(configFileSchema).filter(isSingle)
  const { source, problems: spellingProblems } = settleSpellings(configFileSchema, input.source)
  const file = validateSource(configFileSchema, source)
  const environment = readEnvironment(input.environment, options)
  const flags = readFlags(input.flags, options)
  const problems = [...spellingProblems, ...file.problems, ...environment.problems, ...flags.problems]
  if (problems.length > 0) return { source, origins: {}, problems }

  const merged = [...environment.settings, ...flags.settings].reduce(
    (tree, { path, value }) => withValueAt(tree, path, value),
    source.value,
  )
  const origins = {
    ...fileOrigins(source, options),
    ...Object.fromEntries(
      environment.settings.map(({ path, variable }) => [path.join('.'), `environment ${variable}`]),
    ),
    ...Object.fromEntries(flags.settings.map(({ path }) => [path.join('.'), 'command line'])),
  }
  return { settings: configFileSchema.parse(merged), source, origins, problems: [] }
}

/** Options that exist once and hold one value: what the environment and flags can set. */
function isSingle({ type, path }: OptionInfo): boolean {
  return type !== undefined && !path.includes('[]') && !path.includes('<id>')
}

function readFlags(flags: SettingsInput['flags'], options: readonly OptionInfo[]) {
  const settings: { path: readonly string[]; value: unknown }[] = []
  const problems: ConfigProblem[] = []
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined) continue
    const known = options.find((option) => option.name === name)
    const fault = known ? validateValue(known.schema, value) : unknownOption(name, options)
    if (fault) problems.push({ path: `command line ${name}`, ...fault })
    else if (known) settings.push({ path: known.path, value })
  }
  return { settings, problems }
}

function unknownOption(
  name: string,
  options: readonly OptionInfo[],
): { message: string; suggestion?: string } {
  const suggestion = nearestName(
    name,
    options.map((option) => option.name),
  )
  return { message: 'unknown option', ...(suggestion !== undefined && { suggestion }) }
}

function fileOrigins(source: SourceFile, options: readonly OptionInfo[]): Record<string, string> {
  const given = options.filter(({ path }) => hasAt(source.value, path))
  return Object.fromEntries(
    given.map(({ path, name }) => [name, `${source.file}:${source.positionOf(path)?.line ?? 1}`]),
  )
}

/** Whether a path of names leads to a value. */
export function hasAt(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path
  if (name === undefined) return true
  return isJsonObject(value) && Object.hasOwn(value, name) && hasAt(value[name], rest)
}

function withValueAt(value: unknown, [name, ...rest]: readonly string[], newValue: unknown): unknown {
  if (name === undefined) return newValue
  const table = isJsonObject(value) ? value : {}
  return { ...table, [name]: withValueAt(table[name], rest, newValue) }
}
