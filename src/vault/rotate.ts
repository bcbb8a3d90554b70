import { GatewayError } from '../core/errors.ts'
import type { SealedValue } from '../store/sealed-values.ts'
import { getSetting, putSetting } from '../store/settings.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { KEY_ID_SETTING } from './check-master-key.ts'
import type { MasterKey } from './master-key.ts'
import { SEALED_KINDS, type SealedKind } from './sealed-records.ts'
import { createVault, open, sealedKeyId, sealWith, type Vault } from './vault.ts'

/** One transaction each: short enough for a server beside it, and one notice to it instead of a hundred. */
const BATCH = 100

export interface Rotation {
  readonly from: MasterKey
  readonly to: MasterKey
  /** After each batch: how many records have been sealed anew so far. */
  readonly onProgress?: (resealed: number) => void
}

export interface RotationReport {
  readonly resealed: number
  /** Identities of records that neither key opens; they are as they were. */
  readonly unreadable: readonly string[]
}

/**
 * Seals every record anew under another key, then records that key as the store's. May run beside servers that have both keys; may be
 * killed and run again at any time, since what is done already is left alone. A record that changes meanwhile is seen to in the next
 * pass. Throws `vault_locked` where the store belongs to neither key.
 */
export async function rotateVault(store: Pick<Store, 'db'>, rotation: Rotation): Promise<RotationReport> {
  await checkKeys(store, rotation)
  let resealed = 0
  for (;;) {
    const pass = await runPass(store, rotation, resealed)
    resealed += pass.resealed
    if (pass.resealed > 0 || pass.hasMissed) continue
    await putSetting(store.db, KEY_ID_SETTING, rotation.to.id)
    return { resealed, unreadable: pass.unreadable }
  }
}

interface Pass {
  resealed: number
  /** A record changed between reading and replacing it. */
  hasMissed: boolean
  readonly unreadable: string[]
}

async function runPass(store: Pick<Store, 'db'>, rotation: Rotation, before: number): Promise<Pass> {
  const pass: Pass = { resealed: 0, hasMissed: false, unreadable: [] }
  const vault = createVault(rotation.to, rotation.from)
  for (const kind of SEALED_KINDS) {
    for (let afterId: string | undefined = ''; afterId !== undefined; ) {
      const batch: SealedValue[] = await kind.list(store.db, afterId, BATCH)
      const due = batch.filter(({ sealed }) => sealedKeyId(sealed) !== rotation.to.id)
      if (due.length > 0) {
        await resealBatch(store, { kind, vault, due }, pass)
        rotation.onProgress?.(before + pass.resealed)
      }
      afterId = batch.at(-1)?.id
    }
  }
  return pass
}

async function resealBatch(
  store: Pick<Store, 'db'>,
  { kind, vault, due }: { kind: SealedKind; vault: Vault; due: readonly SealedValue[] },
  pass: Pass,
): Promise<void> {
  await inTransaction(store, async (tx) => {
    for (const { id, sealed } of due) {
      const renewed = reseal(vault, kind.identityOf(id), sealed)
      if (renewed === undefined) pass.unreadable.push(kind.identityOf(id))
      else if (await kind.replace(tx, id, sealed, renewed)) pass.resealed += 1
      else pass.hasMissed = true
    }
  })
}

/** Undefined for what cannot be opened: it is lost already, and must not keep the others from being sealed anew. */
function reseal(vault: Vault, identity: string, sealed: string): string | undefined {
  try {
    return sealWith(vault.keys().current, identity, open(vault, identity, sealed))
  } catch (error) {
    if (error instanceof GatewayError) return undefined
    throw error
  }
}

async function checkKeys({ db }: Pick<Store, 'db'>, { from, to }: Rotation): Promise<void> {
  const recorded = await getSetting(db, KEY_ID_SETTING)
  if (recorded === undefined || recorded === from.id || recorded === to.id) return
  const given = `${from.id} (${from.origin}) and ${to.id} (${to.origin})`
  throw new GatewayError(
    'vault_locked',
    `The store is sealed with the master key ${recorded}; the keys given are ${given}.`,
  )
}
