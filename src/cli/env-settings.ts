import { schemaAt } from '../config/catalogue.ts'
import type { Config } from '../config/config.ts'
import { editConfigFile } from '../config/edit-file.ts'
import { maskUrl } from '../config/mask.ts'
import { configFileOf } from '../config/places.ts'
import { ConfigError } from '../config/problem.ts'
import { configFileSchema } from '../config/schema.ts'
import { validateValue } from '../config/validate.ts'
import { requireFlag } from './check-input.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, errorCodeOf, messageOf, WRONG_USAGE } from './failure.ts'
import { type ConfigOptions, requireSettings } from './load-settings.ts'
import { type GlobalOptions, printAnswer } from './output.ts'
import { formatTable } from './table.ts'

export type EnvOptions = GlobalOptions & ConfigOptions

export interface ProxyFlags {
  readonly httpProxy?: string
  readonly httpsProxy?: string
  /** `--no-proxy`, as commander calls it: true unless it was given. */
  readonly proxy?: string | boolean
}

export interface NameFlag {
  readonly name?: string
}

const NAMES = ['http_proxy', 'https_proxy', 'no_proxy'] as const
type Name = (typeof NAMES)[number]

/** A proxy setting as it is shown: without the password that a URL may hold. */
export interface ProxySetting {
  readonly name: Name
  readonly value: string | null
  /** Who made it: `environment HTTP_PROXY`, `/home/me/.llm-gateway/config.yaml:3`; null for nobody. */
  readonly source: string | null
}

export async function listProxies(context: CliContext, options: EnvOptions): Promise<void> {
  const items = settingsOf(await requireSettings(context, { config: options.config }))
  const rows = items.map(({ name, value, source }) => [name, value ?? '-', source ?? '-'])
  printAnswer(context, options, {
    value: { items },
    text: formatTable(['NAME', 'VALUE', 'SET BY'], rows),
  })
}

export async function showProxy(context: CliContext, options: EnvOptions & NameFlag): Promise<void> {
  const name = nameOf(options)
  const found = settingsOf(await requireSettings(context, { config: options.config })).find(
    (setting) => setting.name === name,
  )
  const value = found?.value ?? ''
  printAnswer(context, options, { value: found, text: `${value}\n`, quietText: value })
}

export async function setProxies(context: CliContext, options: EnvOptions & ProxyFlags): Promise<void> {
  const given = {
    http_proxy: options.httpProxy,
    https_proxy: options.httpsProxy,
    no_proxy: typeof options.proxy === 'string' ? options.proxy : undefined,
  }
  const changes = NAMES.flatMap((name) => {
    const value = given[name]
    return value === undefined ? [] : [{ name, value: checked(name, value) }]
  })
  if (changes.length === 0)
    throw new CommandFailure('Give --http-proxy, --https-proxy or --no-proxy.', WRONG_USAGE)
  await write(context, options, changes)
}

export async function unsetProxy(context: CliContext, options: EnvOptions & NameFlag): Promise<void> {
  await write(context, options, [{ name: nameOf(options), value: undefined }])
}

interface Change {
  readonly name: Name
  readonly value: string | undefined
}

async function write(context: CliContext, options: EnvOptions, changes: readonly Change[]): Promise<void> {
  const { file } = configFileOf(context.environment, { config: options.config }, context)
  const edits = changes.map((change) => ({ ...change, section: 'environment' }))
  const hasChanged = await editConfigFile(file, edits).catch((error: unknown) => {
    if (error instanceof ConfigError) throw new CommandFailure(error.message)
    throw new CommandFailure(`Cannot write ${file} (${errorCodeOf(error) ?? messageOf(error)}).`)
  })
  const items = settingsOf(await requireSettings(context, { config: options.config }))
  for (const { name } of changes) noteOverride(context, items, name)
  const text = hasChanged ? `${file} is changed.\n` : `${file} says so already.\n`
  printAnswer(context, options, { value: { config_file: file, changed: hasChanged, items }, text })
}

/** What the environment says wins over the file, which may surprise. */
function noteOverride({ stderr }: CliContext, items: readonly ProxySetting[], name: Name): void {
  const source = items.find((setting) => setting.name === name)?.source
  if (source?.startsWith('environment') !== true) return
  stderr.write(`Note: in this shell ${name} is set by the ${source}, which wins over the file.\n`)
}

function settingsOf({ environment, origins }: Config): ProxySetting[] {
  const values: Record<Name, string | undefined> = {
    http_proxy: environment.httpProxy && maskUrl(environment.httpProxy),
    https_proxy: environment.httpsProxy && maskUrl(environment.httpsProxy),
    no_proxy: environment.noProxy.join(',') || undefined,
  }
  return NAMES.map((name) => ({
    name,
    value: values[name] ?? null,
    source: origins[`environment.${name}`] ?? null,
  }))
}

function nameOf({ name }: NameFlag): Name {
  const wanted = requireFlag(name, '--name').toLowerCase().replaceAll('-', '_')
  const known = NAMES.find((candidate) => candidate === wanted)
  if (known !== undefined) return known
  throw new CommandFailure(`--name must be one of: ${NAMES.join(', ')}`, WRONG_USAGE)
}

function checked(name: Name, value: string): string {
  const schema = schemaAt(configFileSchema, ['environment', name])
  const fault = schema && validateValue(schema, value)
  if (fault === undefined) return value
  throw new CommandFailure(`--${name.replace('_', '-')} ${fault.message}`, WRONG_USAGE)
}
