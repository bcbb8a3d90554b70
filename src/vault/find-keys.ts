import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { VaultConfig } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { readKeyFile } from './key-file.ts'
import { type MasterKey, parseMasterKey } from './master-key.ts'
import type { KeyRing, Vault } from './vault.ts'

/** Where master keys are looked for: any configuration is one. */
export interface KeySource {
  /** Its paths are absolute. */
  readonly vault: VaultConfig
  /** Ours: `~/.llm-gateway` unless moved. */
  readonly homeFolder: string
}

/** What an operator has given of one key. */
interface Given {
  readonly key: string | undefined
  readonly file: string | undefined
  /** Names it in messages. */
  readonly variable: string
}

/** The file that holds the current key: the one that is configured, else `master.key` in our folder; undefined where the key itself is given. */
export function currentKeyFile({ vault, homeFolder }: KeySource): string | undefined {
  return vault.keyFile ?? (vault.key === undefined ? join(homeFolder, 'master.key') : undefined)
}

/** Where the key before the current one stands while everything is sealed anew. */
export function previousKeyFile(source: KeySource): string | undefined {
  const current = currentKeyFile(source)
  return source.vault.previousKeyFile ?? (current === undefined ? undefined : `${current}.previous`)
}

/**
 * The master keys at hand, each given itself or in a file. Undefined where there is none yet. Throws `vault_locked` where something is wrong with one.
 */
export function findKeys(source: KeySource): KeyRing | undefined {
  const { vault } = source
  const current = findKey(
    { key: vault.key, file: vault.keyFile, variable: 'LLM_GATEWAY_MASTER_KEY' },
    currentKeyFile(source),
  )
  if (current === undefined) return undefined
  const previous = findKey(
    { key: vault.previousKey, file: vault.previousKeyFile, variable: 'LLM_GATEWAY_MASTER_KEY_PREVIOUS' },
    previousKeyFile(source),
  )
  const isGenerated = isGeneratedKey(source)
  if (previous === undefined || previous.id === current.id) return { current, isGenerated }
  return { current, previous, isGenerated }
}

/** True where the current key is the one in our own folder, which we may replace. */
export function isGeneratedKey(source: KeySource): boolean {
  return currentKeyFile(source) !== undefined && source.vault.keyFile === undefined
}

/** A vault over the keys of `source`, which are read again when their files change: a running server follows a rotation. */
export function followKeys(source: KeySource, ring: KeyRing): Vault {
  const files = [currentKeyFile(source), previousKeyFile(source)].filter((file) => file !== undefined)
  let known = ring
  let knownStamp = ''
  return {
    keys: () => {
      const stamp = files.map(stampOf).join(' ')
      if (stamp === knownStamp) return known
      const found = findKeysQuietly(source)
      if (found === undefined) return known // being replaced, or gone: what we have still opens what we sealed
      known = found
      knownStamp = stamp
      return known
    },
  }
}

function findKey({ key, file: named, variable }: Given, file: string | undefined): MasterKey | undefined {
  const given = key === undefined ? undefined : parseMasterKey(key, variable)
  const fromFile = file === undefined ? undefined : readKeyFile(file)
  if (fromFile === undefined && named !== undefined) {
    throw new GatewayError('vault_locked', `${variable}_FILE names ${named}, which does not exist.`)
  }
  if (given === undefined || fromFile === undefined) return given ?? fromFile
  if (given.id === fromFile.id) return given
  // only a file that somebody named contradicts; the one in our folder is a leftover
  if (named === undefined) return given
  throw new GatewayError('vault_locked', `${variable} and ${variable}_FILE hold different keys; unset one.`)
}

function findKeysQuietly(source: KeySource): KeyRing | undefined {
  try {
    return findKeys(source)
  } catch {
    return undefined
  }
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? '-' : `${stats.ino}:${stats.mtimeMs}:${stats.size}`
}
