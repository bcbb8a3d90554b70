import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readVariable } from '../config/environment.ts'
import { absolutePath, type Places } from '../config/places.ts'
import { GatewayError } from '../core/errors.ts'
import { readKeyFile } from './key-file.ts'
import { type MasterKey, parseMasterKey } from './master-key.ts'
import type { KeyRing, Vault } from './vault.ts'

const CURRENT = 'LLM_GATEWAY_MASTER_KEY'
const PREVIOUS = 'LLM_GATEWAY_MASTER_KEY_PREVIOUS'

/** Where master keys are looked for. */
export interface KeySource {
  readonly environment: NodeJS.ProcessEnv
  /** Ours: `~/.llm-gateway` unless moved. */
  readonly homeFolder: string
  /** What paths in variables are relative to. */
  readonly places: Places
}

/** The file that holds the current key: `LLM_GATEWAY_MASTER_KEY_FILE`, else `master.key` in our folder; undefined where a variable holds the key. */
export function currentKeyFile(source: KeySource): string | undefined {
  const named = namedFile(source, CURRENT)
  if (named !== undefined) return named
  if (readVariable(source.environment, CURRENT) !== undefined) return undefined
  return join(source.homeFolder, 'master.key')
}

/** Where the key before the current one stands while everything is sealed anew. */
export function previousKeyFile(source: KeySource): string | undefined {
  const named = namedFile(source, PREVIOUS)
  if (named !== undefined) return named
  const current = currentKeyFile(source)
  return current === undefined ? undefined : `${current}.previous`
}

/**
 * The master keys at hand: from `LLM_GATEWAY_MASTER_KEY` or a file, and the previous one in the same way
 * (`LLM_GATEWAY_MASTER_KEY_PREVIOUS`). Undefined where there is none yet. Throws `vault_locked` where something is wrong with one.
 */
export function findKeys(source: KeySource): KeyRing | undefined {
  const current = findKey(source, CURRENT, currentKeyFile(source))
  if (current === undefined) return undefined
  const previous = findKey(source, PREVIOUS, previousKeyFile(source))
  const isGenerated = isGeneratedKey(source)
  if (previous === undefined || previous.id === current.id) return { current, isGenerated }
  return { current, previous, isGenerated }
}

/** True where the current key is the one in our own folder, which we may replace. */
export function isGeneratedKey(source: KeySource): boolean {
  return currentKeyFile(source) !== undefined && namedFile(source, CURRENT) === undefined
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

function findKey(source: KeySource, variable: string, file: string | undefined): MasterKey | undefined {
  const written = readVariable(source.environment, variable)
  const fromVariable = written === undefined ? undefined : parseMasterKey(written, variable)
  const fromFile = file === undefined ? undefined : readKeyFile(file)
  if (fromFile === undefined && namedFile(source, variable) !== undefined) {
    throw new GatewayError('vault_locked', `${variable}_FILE names ${file}, which does not exist.`)
  }
  if (fromVariable === undefined || fromFile === undefined) return fromVariable ?? fromFile
  if (fromVariable.id === fromFile.id) return fromVariable
  // only a file that somebody named contradicts; the one in our folder is a leftover
  if (namedFile(source, variable) === undefined) return fromVariable
  throw new GatewayError('vault_locked', `${variable} and ${variable}_FILE hold different keys; unset one.`)
}

function findKeysQuietly(source: KeySource): KeyRing | undefined {
  try {
    return findKeys(source)
  } catch {
    return undefined
  }
}

function namedFile({ environment, places }: KeySource, variable: string): string | undefined {
  const written = readVariable(environment, `${variable}_FILE`)
  return written === undefined ? undefined : absolutePath(written, places)
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? '-' : `${stats.ino}:${stats.mtimeMs}:${stats.size}`
}
