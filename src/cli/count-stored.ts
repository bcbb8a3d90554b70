import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { loadAccounts } from '../store/accounts.ts'
import { openStore } from '../store/open-store.ts'
import { locateStore } from '../store/store-location.ts'
import { listVirtualKeys } from '../store/virtual-keys.ts'

/** How much was made at run time; zeros where there is no store, undefined where it does not answer. */
export async function countStored({
  database,
  homeFolder,
}: Config): Promise<{ readonly keys: number; readonly accounts: number } | undefined> {
  const place = locateStore({ databaseUrl: database.url, homeFolder })
  if (place.file !== undefined && !existsSync(place.file)) return { keys: 0, accounts: 0 }
  try {
    const store = await openStore({ ...place, queryTimeoutMs: database.queryTimeoutMs, onError: () => {} })
    try {
      let keys = 0
      let after: string | undefined
      do {
        const page = await listVirtualKeys(store.db, { limit: 1000, after })
        keys += page.items.length
        after = page.nextCursor ?? undefined
      } while (after !== undefined)
      return { keys, accounts: (await loadAccounts(store.db)).length }
    } finally {
      await store.close()
    }
  } catch {
    return undefined
  }
}
