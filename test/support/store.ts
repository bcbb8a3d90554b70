import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openStore, type StoreOptions } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'

// For tests only: stores that are gone when the test ends.

/** A migrated SQLite store in a folder of its own. */
export async function makeStore(): Promise<Store> {
  const store = await openForTest({ file: await makeDatabaseFile() })
  await store.migrate()
  return store
}

/** Where a database file could be. */
export async function makeDatabaseFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-store-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  return join(folder, 'home', 'gateway.db')
}

/** Opens a store and closes it when the test ends; errors that nobody waits for go to `onError`. */
export async function openForTest(
  options: Omit<StoreOptions, 'onError'> & Partial<Pick<StoreOptions, 'onError'>>,
): Promise<Store> {
  const store = await openStore({ onError: () => {}, ...options })
  onTestFinished(async () => await store.close())
  return store
}
