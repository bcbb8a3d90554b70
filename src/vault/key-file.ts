import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { GatewayError } from '../core/errors.ts'
import { type MasterKey, parseMasterKey } from './master-key.ts'

/** Others may do nothing with it, the group may read: what a mounted secret of a container needs. */
const FORBIDDEN_MODE = 0o037

/**
 * The master key in a file; undefined where there is no such file. Throws `vault_locked` where it cannot be read, holds something
 * else, or could be read by others.
 */
export function readKeyFile(file: string): MasterKey | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    checkMode(file, fstatSync(descriptor).mode)
    return parseMasterKey(readFileSync(descriptor, 'utf8'), file)
  } catch (error) {
    if (error instanceof GatewayError) throw error
    if (codeOf(error) === 'ENOENT') return undefined
    throw cannot('read', file, error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/**
 * Stores a master key in a file that must not exist yet; false where it does. No reader ever sees half a key, and the key
 * is on the disk before anything is sealed with it. Throws `vault_locked` where the folder cannot be written.
 */
export function createKeyFile(file: string, key: string): boolean {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeNew(draft, key)
    publish(draft, file, key)
    syncFolder(dirname(file))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw cannot('write', file, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Gives a key file another name, in place of what has it; false where there is no such file. */
export function renameKeyFile(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    syncFolder(dirname(to))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw cannot('write', to, error)
  }
}

/** Gives the draft its name unless that is taken. Some file systems know no second names: there the file is written in place. */
function publish(draft: string, file: string, key: string): void {
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error
    writeNew(file, key)
  }
}

function writeNew(file: string, key: string): void {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeFileSync(descriptor, `${key}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return // knows no such thing
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function checkMode(file: string, mode: number): void {
  if (process.platform === 'win32' || (mode & FORBIDDEN_MODE) === 0) return
  throw new GatewayError(
    'vault_locked',
    `Others than its owner can read or change the master key ${file}; \`chmod 600\` it (a mounted secret: mode 0400).`,
  )
}

function cannot(verb: 'read' | 'write', file: string, cause: unknown): GatewayError {
  const reason = codeOf(cause) ?? 'failed'
  return new GatewayError('vault_locked', `Cannot ${verb} the master key ${file} (${reason}).`, { cause })
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
}
