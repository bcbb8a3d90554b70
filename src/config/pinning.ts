import { nearestName } from '../core/nearest.ts'
import type { AccountConfig, VirtualKeyConfig } from './config.ts'
import type { ConfigProblem } from './problem.ts'
import { problemAt, type SourceFile } from './source-file.ts'

/** Ids and key hashes of the config file that are given twice, or to something declared elsewhere. */
export function duplicateProblems(
  source: SourceFile,
  declaredKeys: readonly VirtualKeyConfig[],
  declaredAccounts: readonly AccountConfig[],
  otherAccounts: readonly AccountConfig[],
): ConfigProblem[] {
  const keyIds = declaredKeys.map(({ id }) => id)
  const hashes = declaredKeys.map(({ secretSha256 }) => secretSha256)
  const accountIds = declaredAccounts.map(({ id }) => id)
  const elsewhere = new Set(otherAccounts.map(({ id }) => id))
  return [
    ...repeated(keyIds).map((index) =>
      problemAt(source, ['gateway_keys', index, 'id'], 'another key has this id'),
    ),
    ...repeated(hashes).map((index) =>
      problemAt(source, ['gateway_keys', index, 'key_hash'], 'this key is listed twice'),
    ),
    ...accountIds.flatMap((id, index) =>
      elsewhere.has(id) || accountIds.indexOf(id) < index
        ? [problemAt(source, ['upstream_accounts', index, 'id'], 'another account has this id')]
        : [],
    ),
  ]
}

/** Keys of the config file with the account that each is pinned to by id or name looked up: `accountId` is an id after. */
export function pinKeys(
  source: SourceFile,
  keys: readonly VirtualKeyConfig[],
  accounts: readonly AccountConfig[],
): { keys: VirtualKeyConfig[]; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = []
  const pinned = keys.map((key, index) => {
    if (key.accountId === undefined) return key
    const found = findAccount(key.accountId, accounts)
    if ('id' in found) return { ...key, accountId: found.id }
    problems.push(problemAt(source, ['gateway_keys', index, 'account'], found.message, found.suggestion))
    return key
  })
  return { keys: pinned, problems }
}

function findAccount(
  idOrName: string,
  accounts: readonly AccountConfig[],
): { id: string } | { message: string; suggestion?: string } {
  const byId = accounts.find(({ id }) => id === idOrName)
  if (byId) return byId
  const [byName, second] = accounts.filter(({ name }) => name === idOrName)
  if (second) return { message: 'several accounts have this name; give the id' }
  if (byName) return byName
  const suggestion = nearestName(
    idOrName,
    accounts.flatMap(({ id, name }) => [id, name]),
  )
  return {
    message: 'there is no account with this id or name',
    ...(suggestion !== undefined && { suggestion }),
  }
}

/** The indexes of values that stand further ahead already. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []))
}
