import type { VirtualKeyConfig } from '../config/config.ts'

export type VirtualKey = VirtualKeyConfig

/** Virtual keys by what clients present. */
export interface KeyDirectory {
  /** The key whose secret has this hash, whatever its status; undefined where nobody declared it. */
  find(secretSha256: string): VirtualKey | undefined
  readonly ids: ReadonlySet<string>
}

/** Keys are looked up by the SHA-256 of their secret, so that the time it takes says nothing about how much of a guess was right. */
export function createKeyDirectory(keys: readonly VirtualKey[]): KeyDirectory {
  const byHash = new Map(keys.map((key) => [key.secretSha256, key]))
  return {
    find: (secretSha256) => byHash.get(secretSha256),
    ids: new Set(keys.map(({ id }) => id)),
  }
}
