import { GatewayError } from '../core/errors.ts'
import { getSetting, putSettingOnce, replaceSetting } from '../store/settings.ts'
import type { Store } from '../store/store.ts'
import { someSealed } from './sealed-records.ts'
import { type KeyRing, sealedKeyId } from './vault.ts'

/** Holds the fingerprint of the key that everything in the store is sealed with. */
export const KEY_ID_SETTING = 'vault.key_id'

export type CheckedStore = Pick<Store, 'db' | 'engine'>

/** True where losing the key would lose something, or where another gateway has announced its key to this store. */
export async function needsKnownKey({ db, engine }: CheckedStore): Promise<boolean> {
  if ((await someSealed(db, 1)).length > 0) return true
  return engine === 'postgres' && (await getSetting(db, KEY_ID_SETTING)) !== undefined
}

/**
 * Compares the keys at hand with the one that the store was sealed with, and records the first key that a store sees. Throws
 * `vault_locked`, naming both fingerprints, where this gateway could not open what the store holds. A rotation under way is fine.
 */
export async function checkMasterKey(store: CheckedStore, ring: KeyRing): Promise<void> {
  const { current, previous, isGenerated = false } = ring
  const recorded = await recordedKeyId(store, current.id)
  if (recorded === current.id || recorded === previous?.id) return
  const isUnused = (await someSealed(store.db, 1)).length === 0
  // gateways that share a store must not each bring a key of their own: there, only a key that somebody chose replaces another
  if (isUnused && (store.engine === 'sqlite' || !isGenerated)) {
    const change = { old: recorded, value: current.id }
    if (await replaceSetting(store.db, KEY_ID_SETTING, change)) return
  }
  throw new GatewayError('vault_locked', wrongKey(recorded, `${current.id} (${current.origin})`))
}

/** What to tell the operator where no key is at hand and none may be made. */
export async function missingKey({ db }: CheckedStore): Promise<GatewayError> {
  const needed = (await getSetting(db, KEY_ID_SETTING)) ?? (await firstKeyId(db))
  return new GatewayError('vault_locked', wrongKey(needed ?? 'unknown', 'none'))
}

async function recordedKeyId({ db }: CheckedStore, currentId: string): Promise<string> {
  const recorded = await getSetting(db, KEY_ID_SETTING)
  if (recorded !== undefined) return recorded
  return await putSettingOnce(db, KEY_ID_SETTING, (await firstKeyId(db)) ?? currentId)
}

async function firstKeyId(db: CheckedStore['db']): Promise<string | undefined> {
  const ids = (await someSealed(db, 1)).map(({ sealed }) => sealedKeyId(sealed))
  return ids.find((id) => id !== undefined)
}

function wrongKey(needed: string, atHand: string): string {
  return (
    `Credentials in this store are sealed with the master key ${needed}; at hand: ${atHand}. ` +
    'Set LLM_GATEWAY_MASTER_KEY or LLM_GATEWAY_MASTER_KEY_FILE to that key, or put its file back. ' +
    'If it is lost, so are the credentials: remove these accounts and add them again.'
  )
}
