import { createHash } from 'node:crypto'
import type { VirtualKeyConfig } from '../config/config.ts'

export type VirtualKey = VirtualKeyConfig

/** Virtual keys by what clients present. */
export interface KeyDirectory {
  /** The key with this secret, whatever its status; undefined where nobody issued it. */
  find(secret: string): VirtualKey | undefined
  readonly ids: ReadonlySet<string>
}

/** Looks keys up by the SHA-256 of their secret, so that the time it takes says nothing about how much of a guess was right. */
export function createKeyDirectory(keys: readonly VirtualKey[]): KeyDirectory {
  const byHash = new Map(keys.map((key) => [key.secretSha256, key]))
  return {
    find: (secret) => byHash.get(createHash('sha256').update(secret).digest('hex')),
    ids: new Set(keys.map(({ id }) => id)),
  }
}
