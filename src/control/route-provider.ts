import { GatewayError } from '../core/errors.ts'
import { hintAtProvider } from '../providers/route-provider.ts'
import { loadAccounts } from '../store/accounts.ts'
import type { Db } from '../store/database.ts'
import type { Desk } from './desk.ts'

/** Throws `unknown_provider` with this path where a route would lead to neither a provider nor an account. */
export async function requireRouteProvider(
  { config }: Desk,
  db: Db,
  { name, path }: { readonly name: string; readonly path: string },
): Promise<void> {
  const accounts = [...config.accounts, ...(await loadAccounts(db))]
  const hint = hintAtProvider(name, { providers: config.providers, accounts })
  if (hint === undefined) return
  const message = `There is neither a provider nor an account "${name}" (${hint}).`
  throw new GatewayError('unknown_provider', message, { path })
}
