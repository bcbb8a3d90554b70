import { readOAuthSettings } from '../../src/oauth/settings.ts'
import type { OAuthAccount } from '../../src/oauth/sign-in.ts'
import type { TokenFetch } from '../../src/oauth/token-fetch.ts'
import { insertAccount } from '../../src/store/accounts.ts'
import type { Store } from '../../src/store/store.ts'
import { generateMasterKey, parseMasterKey } from '../../src/vault/master-key.ts'
import { createVault } from '../../src/vault/vault.ts'

/** A master key in the form that other processes can be given. */
export const MASTER_KEY = generateMasterKey()

export interface AccountOptions {
  readonly store: Store
  readonly overrides: Readonly<Record<string, unknown>>
  readonly provider?: string
  readonly now?: () => number
}

/** Straight to the network. */
export const plainFetch: TokenFetch = (url, options) => fetch(url, options as RequestInit)

/** A new account of type `oauth`, which nobody is signed in to. */
export async function makeOAuthAccount(options: AccountOptions): Promise<OAuthAccount> {
  const { store, overrides, provider = 'test', now = Date.now } = options
  const { id } = await insertAccount(store.db, { name: `account-${Math.random()}`, provider, type: 'oauth' })
  return {
    accountId: id,
    server: { settings: readOAuthSettings(provider, overrides), fetch: plainFetch },
    db: store.db,
    vault: createVault(parseMasterKey(MASTER_KEY, 'test')),
    now,
  }
}
