import * as z from 'zod'
import type { AccountConfig, VirtualKeyConfig } from './config.ts'
import { keysFileEntry } from './entries.ts'
import { parseJson } from './json-source.ts'
import { option } from './option.ts'
import { present } from './present.ts'
import type { ConfigProblem } from './problem.ts'
import { abbreviate, sha256Hex, shortId } from './secrets.ts'
import { problemAt, readText, type SourceFile } from './source-file.ts'
import { validateSource } from './validate.ts'

/** `keys.json`: each entry is a virtual key (the name, a secret) pinned to one upstream account. */
export const keysFileSchema = z.strictObject({
  virtual_keys: option(z.record(z.string(), keysFileEntry), {
    description: 'By the key itself, as clients present it.',
    defaultText: 'required',
  }),
})

type Entry = z.output<typeof keysFileEntry> & { readonly secret: string }

export interface KeysFile {
  readonly virtualKeys: readonly VirtualKeyConfig[]
  readonly accounts: readonly AccountConfig[]
  readonly problems: readonly ConfigProblem[]
}

const NOTHING: KeysFile = { virtualKeys: [], accounts: [], problems: [] }

/**
 * The keys and accounts of a `keys.json`. Entries with the same provider, key, address and dialect share one account.
 * `defaultQuota` is for entries without one of their own. A file that does not exist gives undefined.
 */
export async function readKeysFile(file: string, defaultQuota: number): Promise<KeysFile | undefined> {
  const { text, problems } = await readText(file)
  if (problems.length > 0) return { ...NOTHING, problems }
  if (text === undefined) return undefined
  const parsed = parseJson(file, text)
  if (parsed.source === undefined || parsed.problems.length > 0)
    return { ...NOTHING, problems: parsed.problems }
  const source = { ...parsed.source, printPath: maskNames }
  const validated = validateSource(keysFileSchema, source)
  if (validated.data === undefined) return { ...NOTHING, problems: validated.problems }
  const entries = Object.entries(validated.data.virtual_keys).map(([secret, entry]) => ({ ...entry, secret }))
  const faults = faultsOf(source, entries)
  return faults.length > 0 ? { ...NOTHING, problems: faults } : assemble(entries, defaultQuota)
}

/** The names in this file are secrets. */
function maskNames(path: readonly PropertyKey[]): readonly PropertyKey[] {
  const secretIndex = path[0] === 'virtual_keys' ? 1 : 0
  return path.map((segment, index) => (index === secretIndex ? abbreviate(String(segment)) : segment))
}

function faultsOf(source: SourceFile, entries: readonly Entry[]): ConfigProblem[] {
  if (entries.length === 0) return [problemAt(source, ['virtual_keys'], 'holds no key')]
  const unusable = entries.filter(({ secret }) => !/^[\x21-\x7e]+$/.test(secret))
  return unusable.map(({ secret }) => {
    const message =
      'a virtual key must be letters, digits and signs of ASCII without spaces, as it travels in a header'
    return problemAt(source, ['virtual_keys', secret], message)
  })
}

function assemble(entries: readonly Entry[], defaultQuota: number): KeysFile {
  const accounts = new Map(entries.map((entry) => [accountId(entry), toAccount(entry)]))
  const taken = new Map<string, number>()
  for (const { secret } of entries) taken.set(abbreviate(secret), (taken.get(abbreviate(secret)) ?? 0) + 1)
  const virtualKeys = entries.map((entry) => {
    const short = abbreviate(entry.secret)
    const label = (taken.get(short) ?? 0) > 1 ? short + shortId('virtual-key', [entry.secret]) : short
    return toVirtualKey(entry, label, defaultQuota)
  })
  return { virtualKeys, accounts: [...accounts.values()], problems: [] }
}

function toVirtualKey(entry: Entry, label: string, defaultQuota: number): VirtualKeyConfig {
  return {
    id: `key-${shortId('virtual-key', [entry.secret])}`,
    name: label,
    label,
    secretSha256: sha256Hex(entry.secret),
    source: 'keys-file',
    accountId: accountId(entry),
    quotaPerHour: entry.quota === undefined ? defaultQuota : entry.quota,
    passthrough: entry.passthrough,
    strict: entry.strict,
    permissions: ['read', 'write'],
    status: 'active',
    ...present({ models: entry.models }),
  }
}

function toAccount(entry: Entry): AccountConfig {
  const id = accountId(entry)
  return {
    id,
    name: id,
    type: 'api-key',
    provider: entry.provider,
    apiKey: entry.api_key,
    status: 'active',
    source: 'keys-file',
    ...present({ baseUrl: entry.base_url, dialect: entry.dialect }),
  }
}

/** The same for the same account however often the file is read, and no way back to the key. */
function accountId({ provider, api_key, base_url, dialect }: Entry): string {
  return `${provider}-${shortId('account', [provider, api_key, base_url ?? null, dialect ?? null])}`
}
