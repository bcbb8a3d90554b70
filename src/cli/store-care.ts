import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import * as z from 'zod'
import type { Config } from '../config/config.ts'
import { absolutePath } from '../config/places.ts'
import { describeVault } from '../control/vault-state.ts'
import { backupStore } from '../store/backup.ts'
import { checkStore } from '../store/check.ts'
import { type CopyProgress, copyStore } from '../store/copy.ts'
import { openStore, type StoreOptions } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { locateStore } from '../store/store-location.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, messageOf, WRONG_USAGE } from './failure.ts'
import type { DeskOptions } from './noun.ts'
import { printAnswer } from './output.ts'
import { failing, storeSettings } from './store-settings.ts'
import { formatTable } from './table.ts'

export interface CopyOptions {
  readonly to?: string
}

// What the `store` commands print with `--json`.

export const migrationShape = z.strictObject({
  engine: z.enum(['sqlite', 'postgres']),
  applied: z.array(z.string()),
  version: z.string(),
})
export const checkShape = z.strictObject({
  engine: z.enum(['sqlite', 'postgres']),
  ok: z.boolean(),
  problems: z.array(z.string()),
})
export const backupShape = z.strictObject({ file: z.string(), bytes: z.number().int() })
export const copyShape = z.strictObject({
  tables: z.record(z.string(), z.strictObject({ rows: z.number().int(), sha256: z.string() })),
})

export async function migrate(context: CliContext, options: DeskOptions): Promise<void> {
  const value = await withStore(context, options, 'made', async (store) => {
    const { applied, version } = await store.migrate()
    return { engine: store.engine, applied: [...applied], version }
  })
  const { applied, version } = value
  const text =
    applied.length === 0
      ? `The database is up to date (${version}).\n`
      : `The database is now at ${version}; steps taken: ${applied.join(', ')}.\n`
  printAnswer(context, options, { value, text, quietText: version })
}

/** Throws a CommandFailure, empty where all has been said, if there is anything wrong. */
export async function check(context: CliContext, options: DeskOptions): Promise<void> {
  const value = await withStore(context, options, 'needed', async (store, config) => {
    const found = await checkStore(store)
    const problems = found.ok ? await sealedProblems(store, config) : [...found.problems]
    return { engine: store.engine, ok: problems.length === 0, problems }
  })
  const { ok, problems } = value
  const text = ok ? 'Everything can be read.\n' : problems.map((problem) => `${problem}\n`).join('')
  printAnswer(context, options, { value, text })
  if (!ok) throw new CommandFailure(options.quiet === true ? problems.join('\n') : '')
}

/** Rows that can be read may hold credentials that no key at hand opens. */
async function sealedProblems(store: Store, config: Config): Promise<string[]> {
  const { problem, sealed_records } = await describeVault(store, config)
  return problem === null || Object.keys(sealed_records).length === 0 ? [] : [problem]
}

export async function backup(context: CliContext, written: string, options: DeskOptions): Promise<void> {
  const file = absolutePath(written, context)
  await withStore(context, options, 'needed', (store) => backupStore(store, file))
  const { size: bytes } = await stat(file)
  const text = `${file} holds everything (${bytes} bytes). Credentials in it are sealed: keep the master key too.\n`
  printAnswer(context, options, { value: { file, bytes }, text, quietText: file })
}

export async function copy(context: CliContext, options: DeskOptions & Required<CopyOptions>): Promise<void> {
  const { stderr } = context
  const onProgress = ({ table, rows }: CopyProgress) => {
    if (options.quiet !== true) stderr.write(`${table}: ${rows} rows\n`)
  }
  const report = await withStore(context, options, 'needed', async (from, config) => {
    const to = await openStore({ ...storeOptions(config, context), ...targetOf(context, options.to) })
    try {
      await from.migrate()
      await to.migrate()
      return await copyStore(from, to, { onProgress })
    } finally {
      await to.close()
    }
  })
  const rows = Object.entries(report).map(([table, { rows: count }]) => [table, String(count)])
  const text = `${formatTable(['TABLE', 'ROWS'], rows)}\nBoth databases hold the same. The new one needs the same master key.\n`
  printAnswer(context, options, { value: { tables: report }, text })
}

/** The store as it is, not migrated. Where it is `needed`, a database that nobody has made yet is a failure. */
async function withStore<Result>(
  context: CliContext,
  options: DeskOptions,
  existence: 'needed' | 'made',
  work: (store: Store, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = await storeSettings(context, options)
  return await failing(async () => {
    const { url, file } = locateStore({ databaseUrl: config.database.url, homeFolder: config.homeFolder })
    if (existence === 'needed' && file !== undefined && !existsSync(file))
      throw new CommandFailure(`There is no database yet: ${file}.`)
    const store = await openStore({ ...storeOptions(config, context), url, file })
    try {
      return await work(store, config)
    } finally {
      await store.close()
    }
  })
}

function storeOptions({ database }: Config, { stderr }: CliContext): StoreOptions {
  const { queryTimeoutMs, poolSize } = database
  return { queryTimeoutMs, poolSize, onError: (error) => void stderr.write(`${messageOf(error)}\n`) }
}

function targetOf(context: CliContext, to: string): Pick<StoreOptions, 'url' | 'file'> {
  if (/^postgres(ql)?:\/\//.test(to)) return { url: to }
  if (/^\w+:\/\//.test(to))
    throw new CommandFailure('--to must be a postgres:// URL or the path of a SQLite file.', WRONG_USAGE)
  return { file: absolutePath(to, context) }
}
