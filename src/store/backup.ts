import { access, rename, rm } from 'node:fs/promises'
import { GatewayError } from '../core/errors.ts'
import type { Store } from './store.ts'

/**
 * Copies a SQLite database, while it is in use, into a new file that only its owner can read; the file appears when it is
 * complete. Throws `conflict` where it exists already, and for PostgreSQL, which has its own tools.
 */
export async function backupStore(store: Store, file: string): Promise<void> {
  if (await exists(file)) throw new GatewayError('conflict', `The file ${file} exists already.`)
  const partial = `${file}.partial`
  try {
    await store.backupTo(partial)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {}) // the first error says more
    throw error
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  )
}
