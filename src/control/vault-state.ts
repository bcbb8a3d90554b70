import * as z from 'zod'
import { GatewayError } from '../core/errors.ts'
import type { Db } from '../store/database.ts'
import { getSetting } from '../store/settings.ts'
import type { Store } from '../store/store.ts'
import { KEY_ID_SETTING } from '../vault/check-master-key.ts'
import { findKeys, type KeySource } from '../vault/find-keys.ts'
import type { MasterKey } from '../vault/master-key.ts'
import { type MasterKeyRotation, rotateMasterKey } from '../vault/rotate-master-key.ts'
import { SEALED_KINDS } from '../vault/sealed-records.ts'
import { type KeyRing, sealedKeyId } from '../vault/vault.ts'
import { audited, type Desk } from './desk.ts'

const masterKey = z
  .strictObject({
    id: z.string().meta({ description: 'A fingerprint that says nothing of the key.' }),
    origin: z.string().meta({ description: 'The variable or file that it was read from.' }),
  })
  .nullable()

/** Which master keys there are, and what is sealed with which. */
export const vaultStateShape = z.strictObject({
  state: z.enum(['ready', 'unused', 'rotating', 'locked']).meta({
    description: 'unused: nothing is sealed yet. rotating: some records still wait for the new key.',
  }),
  problem: z.string().nullable(),
  current: masterKey,
  previous: masterKey,
  recorded_key_id: z.string().nullable().meta({ description: 'The key that the store belongs to.' }),
  sealed_records: z
    .record(z.string(), z.number().int())
    .meta({ description: 'How many records are sealed, by the id of their key.' }),
})

export type VaultState = z.output<typeof vaultStateShape>

/** Reads everything that is sealed, but opens none of it. */
export async function describeVault({ db }: Pick<Store, 'db'>, source: KeySource): Promise<VaultState> {
  const { ring, problem } = keysOf(source)
  const [sealed, recorded] = await Promise.all([countSealed(db), getSetting(db, KEY_ID_SETTING)])
  const known = [ring?.current.id, ring?.previous?.id]
  const lost = Object.keys(sealed).filter((id) => !known.includes(id))
  const missing =
    lost.length === 0 ? null : `No master key at hand opens what was sealed with ${lost.join(', ')}.`
  return {
    state: stateOf(sealed, ring, problem ?? missing),
    problem: problem ?? missing,
    current: describeKey(ring?.current),
    previous: describeKey(ring?.previous),
    recorded_key_id: recorded ?? null,
    sealed_records: sealed,
  }
}

/** Seals everything under a new master key, and writes down who did it. Throws `vault_locked`, `invalid_request`, `conflict`. */
export async function rotateVaultKey(
  desk: Desk,
  store: Store,
  { source, onProgress }: { readonly source: KeySource; readonly onProgress: (resealed: number) => void },
): Promise<MasterKeyRotation> {
  const rotation = await rotateMasterKey(store, source, onProgress)
  const { from, to, resealed } = rotation
  return await audited(desk, 'rotate', () =>
    Promise.resolve({
      subject: { type: 'vault', id: 'vault' },
      before: { key_id: from.id },
      after: { key_id: to.id, resealed },
      result: rotation,
    }),
  )
}

function stateOf(
  sealed: VaultState['sealed_records'],
  ring: KeyRing | undefined,
  problem: string | null,
): VaultState['state'] {
  if (problem !== null) return 'locked'
  const ids = Object.keys(sealed)
  if (ids.length === 0) return 'unused'
  return ids.every((id) => id === ring?.current.id) ? 'ready' : 'rotating'
}

function keysOf(source: KeySource): { ring?: KeyRing | undefined; problem: string | null } {
  try {
    return { ring: findKeys(source), problem: null }
  } catch (error) {
    if (error instanceof GatewayError) return { problem: error.message }
    throw error
  }
}

async function countSealed(db: Db): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { list } of SEALED_KINDS) {
    for (let afterId: string | undefined = ''; afterId !== undefined; ) {
      const batch: { id: string; sealed: string }[] = await list(db, afterId, 500)
      for (const { sealed } of batch) {
        const id = sealedKeyId(sealed) ?? 'unreadable'
        counts[id] = (counts[id] ?? 0) + 1
      }
      afterId = batch.at(-1)?.id
    }
  }
  return counts
}

function describeKey(key: MasterKey | undefined): { id: string; origin: string } | null {
  return key === undefined ? null : { id: key.id, origin: key.origin }
}
