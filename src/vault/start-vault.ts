import { type CheckedStore, checkMasterKey, missingKey, needsKnownKey } from './check-master-key.ts'
import { currentKeyFile, findKeys, followKeys, type KeySource } from './find-keys.ts'
import { createKeyFile } from './key-file.ts'
import { generateMasterKey } from './master-key.ts'
import type { Vault } from './vault.ts'

export interface StartedVault {
  readonly vault: Vault
  /** The file of a key that was made just now. Whoever runs the gateway must hear that credentials are lost without it. */
  readonly generatedFile?: string
}

/**
 * The vault over the master key at hand, checked against the store. Makes a key on first use, unless something is sealed already.
 * Throws `vault_locked` where the key is missing, unreadable or another one: nothing sealed can be served then.
 */
export async function startVault(store: CheckedStore, source: KeySource): Promise<StartedVault> {
  const found = findKeys(source)
  if (found !== undefined) {
    await checkMasterKey(store, found)
    return { vault: followKeys(source, found) }
  }
  const file = currentKeyFile(source)
  if (file === undefined || (await needsKnownKey(store))) throw await missingKey(store)
  const isOurs = createKeyFile(file, generateMasterKey())
  const made = findKeys(source)
  if (made === undefined) throw await missingKey(store)
  await checkMasterKey(store, made)
  return { vault: followKeys(source, made), ...(isOurs ? { generatedFile: file } : {}) }
}
