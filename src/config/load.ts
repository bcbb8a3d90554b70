import { access, constants, stat } from 'node:fs/promises'
import { assembleConfig } from './assemble.ts'
import type { Config } from './config.ts'
import { type KeysFile, readKeysFile } from './keys-file.ts'
import { absolutePath, configFileOf, homeFolderOf } from './places.ts'
import { type ConfigProblem, type ConfigWarning, throwIfAny } from './problem.ts'
import { readProviderVariables } from './provider-variables.ts'
import type { Settings } from './schema.ts'
import { readServicesFile, type ServicesFile } from './services-file.ts'
import { hasAt, type MergedSettings, mergeSettings } from './settings.ts'
import { isReadableByOthers, readText, type SourceFile } from './source-file.ts'
import { parseYaml } from './yaml-source.ts'

export interface LoadInput {
  readonly environment: NodeJS.ProcessEnv
  /** By dotted option name, such as `{ 'server.port': 3000 }`; `config` is the path of the config file. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly workingDirectory: string
  readonly homeDirectory: string
  /** Environment variables that hold a provider's key, and that provider's id: `{ OPENAI_API_KEY: 'openai' }`. */
  readonly providerVariables: Readonly<Record<string, string>>
}

/**
 * Reads every source of configuration: flags over environment over config file over `keys.json` over defaults. The
 * result is frozen. Throws one `ConfigError` with all that is wrong, by file, line and path.
 */
export async function loadConfig(input: LoadInput): Promise<Config> {
  const { file, namedBy } = configFileOf(input.environment, input.flags, input)
  const yaml = await readConfigFile(file, namedBy, input.environment)
  const { config: _file, ...flags } = input.flags
  const merged = mergeSettings({ source: yaml.source, environment: input.environment, flags })
  const provided = readProviderVariables(input.environment, input.providerVariables)
  // a file that other sources name can only be read once those are sound
  throwIfAny([...yaml.problems, ...merged.problems, ...provided.problems])
  const settings = settingsOf(merged)

  const keys = await readNamedKeysFile(settings, merged, input)
  const services = await readNamedServicesFile(settings, merged, input)
  const tls = await checkTlsFiles(settings, merged, input)
  const fileNamesLog = hasAt(merged.source.value, ['logging', 'file'])
  const log = (settings.logging.to_file ?? fileNamesLog) ? await checkLogFile(settings, merged, input) : []
  throwIfAny([...keys.problems, ...services.problems, ...tls.problems, ...log])
  return assembleConfig({
    settings,
    source: merged.source,
    origins: merged.origins,
    fileNamesLog,
    homeFolder: homeFolderOf(input.environment, input),
    places: input,
    keys,
    services,
    environmentAccounts: provided.accounts,
    files: [file, keys.file, ...services.files, ...tls.files],
    warnings: [...yaml.warnings, ...keys.warnings],
  })
}

async function readConfigFile(file: string, namedBy: string | undefined, environment: NodeJS.ProcessEnv) {
  const empty: SourceFile = { file, value: {}, positionOf: () => undefined }
  const { text, problems } = await readText(file)
  if (text === undefined) {
    const missing = { file, path: namedBy ?? '', message: 'there is no such file' }
    const named = namedBy !== undefined && problems.length === 0
    return { source: empty, problems: named ? [missing] : problems, warnings: [] }
  }
  const parsed = parseYaml({ file, text, environment })
  const warnings = LITERAL_API_KEY.test(text) ? await warnIfReadableByOthers(file) : []
  return { source: parsed.source ?? empty, problems: parsed.problems, warnings }
}

/** An `api_key` that is written out rather than `${NAME}`. */
const LITERAL_API_KEY = /\bapi_key:\s*(?!["']?\$\{|["']{2})["']?[^\s"'#]/

async function readNamedKeysFile(settings: Settings, merged: MergedSettings, input: LoadInput) {
  const file = absolutePath(settings.keys_file ?? 'keys.json', input)
  const found = await readKeysFile(file, settings.quota.limit)
  if (found === undefined) {
    const nothing: KeysFile = { virtualKeys: [], accounts: [], problems: [] }
    const problems = settings.keys_file === undefined ? [] : [missingFile(file, 'keys_file', merged)]
    return { ...nothing, file, problems, warnings: [] }
  }
  return { ...found, file, warnings: found.problems.length > 0 ? [] : await warnIfReadableByOthers(file) }
}

async function readNamedServicesFile(settings: Settings, merged: MergedSettings, input: LoadInput) {
  const nothing: ServicesFile = { providers: {}, problems: [] }
  if (settings.aiservices_file === undefined) return { ...nothing, files: [] }
  const file = absolutePath(settings.aiservices_file, input)
  const found = await readServicesFile(file)
  return {
    ...(found ?? { ...nothing, problems: [missingFile(file, 'aiservices_file', merged)] }),
    files: [file],
  }
}

async function checkTlsFiles(settings: Settings, merged: MergedSettings, input: LoadInput) {
  const { cert_file, key_file } = settings.server.tls
  if (cert_file === undefined && key_file === undefined) return { files: [], problems: [] }
  const problems: ConfigProblem[] = []
  const files: string[] = []
  for (const [name, written] of Object.entries({ cert_file, key_file })) {
    const path = `server.tls.${name}`
    if (written === undefined) {
      problems.push({ path, message: 'is required: HTTPS takes both a certificate and its key' })
      continue
    }
    const file = absolutePath(written, input)
    files.push(file)
    if (!(await isReadable(file))) problems.push(missingFile(file, path, merged))
  }
  return { files, problems }
}

/** The log's files are numbered, so that those of a folder's name would come to stand beside it. */
async function checkLogFile(
  { logging }: Settings,
  merged: MergedSettings,
  input: LoadInput,
): Promise<ConfigProblem[]> {
  const file = absolutePath(logging.file, input)
  const found = await stat(file).catch(() => undefined) // often there is none yet
  const isFolder = found?.isDirectory() === true
  return isFolder ? [wrongFile(file, 'logging.file', merged, 'is a folder, not a file')] : []
}

function missingFile(file: string, option: string, merged: MergedSettings): ConfigProblem {
  return wrongFile(file, option, merged, 'cannot be read')
}

function wrongFile(file: string, option: string, merged: MergedSettings, fault: string): ConfigProblem {
  return {
    file,
    path: '',
    message: `${fault}; ${option} (${merged.origins[option] ?? 'default'}) names it`,
  }
}

async function isReadable(file: string): Promise<boolean> {
  return await access(file, constants.R_OK).then(
    () => true,
    () => false,
  )
}

async function warnIfReadableByOthers(file: string): Promise<ConfigWarning[]> {
  if (!(await isReadableByOthers(file))) return []
  const message = `${file} holds secrets and is readable by others than its owner; chmod 600 it`
  return [{ code: 'file_readable_by_others', message, file }]
}

function settingsOf({ settings }: MergedSettings): Settings {
  if (settings === undefined) throw new Error('settings without problems must be there')
  return settings
}
