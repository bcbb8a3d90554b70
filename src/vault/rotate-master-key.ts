import { readFileSync } from 'node:fs'
import { GatewayError } from '../core/errors.ts'
import { getSetting } from '../store/settings.ts'
import { type CheckedStore, KEY_ID_SETTING, missingKey } from './check-master-key.ts'
import { currentKeyFile, findKeys, isGeneratedKey, type KeySource } from './find-keys.ts'
import { createKeyFile, readKeyFile, renameKeyFile } from './key-file.ts'
import { generateMasterKey, type MasterKey } from './master-key.ts'
import { type Rotation, type RotationReport, rotateVault } from './rotate.ts'
import type { KeyRing } from './vault.ts'

export interface MasterKeyRotation extends RotationReport {
  readonly from: MasterKey
  readonly to: MasterKey
}

/**
 * Seals everything under a new master key. A key that the gateway made is replaced by a new one, its file kept beside it as
 * `master.key.previous` (backups need it); a key that the operator gave must have been replaced by the operator, with the old one as
 * LLM_GATEWAY_MASTER_KEY_PREVIOUS. What was interrupted is taken up where it was. Throws `vault_locked` where a key is missing.
 */
export async function rotateMasterKey(
  store: CheckedStore,
  source: KeySource,
  onProgress: NonNullable<Rotation['onProgress']> = () => {},
): Promise<MasterKeyRotation> {
  const { previous: from, current: to } = await keysToRotate(store, source)
  return { from, to, ...(await rotateVault(store, { from, to, onProgress })) }
}

async function keysToRotate(store: CheckedStore, source: KeySource): Promise<Required<KeyRing>> {
  const ring = findKeys(source)
  if (ring === undefined) throw await missingKey(store)
  const { previous } = ring
  const isDue = previous !== undefined && (await getSetting(store.db, KEY_ID_SETTING)) !== ring.current.id
  const isGenerated = isGeneratedKey(source)
  // the operator's keys: again is harmless, and catches what a server sealed with the old key meanwhile
  if (previous !== undefined && (isDue || !isGenerated)) return { ...ring, previous, isGenerated }
  const file = currentKeyFile(source)
  if (file === undefined || !isGenerated) throw givenByOperator(ring.current)
  if (previous !== undefined) await rotateVault(store, { from: previous, to: ring.current })
  return replaceKey(source, file, ring)
}

/**
 * The new key is made as `.next`, of which there is one however many rotations start at once, and takes its place when the old one
 * stands as `.previous`: at no moment does a reader miss the key that it needs.
 */
function replaceKey(source: KeySource, file: string, { current, previous }: KeyRing): Required<KeyRing> {
  const text = readFileSync(file, 'utf8').trim()
  createKeyFile(`${file}.next`, generateMasterKey())
  if (readKeyFile(file)?.id === current.id) {
    if (previous !== undefined) renameKeyFile(`${file}.previous`, `${file}.${previous.id}`)
    createKeyFile(`${file}.previous`, text)
    renameKeyFile(`${file}.next`, file)
  }
  const replaced = findKeys(source)
  if (replaced?.previous?.id === current.id) {
    return { current: replaced.current, previous: replaced.previous, isGenerated: true }
  }
  throw new GatewayError('conflict', 'Another rotation of the master key is under way; try again.')
}

function givenByOperator({ id, origin }: MasterKey): GatewayError {
  return new GatewayError(
    'invalid_request',
    `The master key ${id} comes from ${origin}, so the new one has to be given too: set LLM_GATEWAY_MASTER_KEY (or its _FILE) to a new ` +
      'key and LLM_GATEWAY_MASTER_KEY_PREVIOUS to this one for every gateway, restart them, and rotate again. ' +
      '`openssl rand -base64 32` makes a key.',
  )
}
