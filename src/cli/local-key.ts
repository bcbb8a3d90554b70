import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailure, errorCodeOf } from './failure.ts'

const SECRET_BYTES = 32
const FORMAT = /^sk-gw-[\w-]{43}$/

/** The key of whoever runs the gateway, for a gateway whose provider keys come from the environment. */
export interface LocalKey {
  readonly secret: string
  readonly file: string
  /** Made just now: nobody has seen it yet. */
  readonly isNew: boolean
}

export function localKeyFile(homeFolder: string): string {
  return join(homeFolder, 'local-key')
}

/**
 * The local key, made and stored on first use: 256 random bits in a file that only its owner can read. Throws a
 * CommandFailure where the folder cannot be written or the file holds something else.
 */
export async function ensureLocalKey(homeFolder: string): Promise<LocalKey> {
  const known = await readLocalKey(homeFolder)
  if (known !== undefined) return known
  const created = await createLocalKey(homeFolder)
  if (created !== undefined) return created
  // another gateway was faster
  return (await readLocalKey(homeFolder)) ?? cannot('read', localKeyFile(homeFolder), undefined)
}

/** The local key if there is one. A file that others could read is closed to them. */
export async function readLocalKey(homeFolder: string): Promise<LocalKey | undefined> {
  const file = localKeyFile(homeFolder)
  try {
    const secret = (await readFile(file, 'utf8')).trim()
    if (!FORMAT.test(secret))
      throw new CommandFailure(
        `${file} does not hold a local key; delete it, and the next start makes a new one.`,
      )
    await chmod(file, 0o600).catch(() => {}) // not ours to change: a mounted secret
    return { secret, file, isNew: false }
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    if (error instanceof CommandFailure) throw error
    return cannot('read', file, error)
  }
}

/** Written in full under another name first: no other process ever reads half a key. Undefined where one exists by now. */
async function createLocalKey(homeFolder: string): Promise<LocalKey | undefined> {
  const file = localKeyFile(homeFolder)
  const secret = `sk-gw-${randomBytes(SECRET_BYTES).toString('base64url')}`
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(homeFolder, { recursive: true, mode: 0o700 })
    await writeFile(draft, `${secret}\n`, { mode: 0o600 })
    await claim(draft, file)
    return { secret, file, isNew: true }
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return undefined
    return cannot('write', file, error)
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
}

/** Gives the draft its name unless the name is taken. Some file systems know no second names: there the last one wins. */
async function claim(draft: string, file: string): Promise<void> {
  await link(draft, file).catch(async (error: unknown) => {
    if (errorCodeOf(error) === 'EEXIST') throw error
    await rename(draft, file)
  })
}

function cannot(verb: 'read' | 'write', file: string, cause: unknown): never {
  const reason = errorCodeOf(cause) ?? 'it is gone'
  const hint = 'LLM_GATEWAY_HOME names another folder; or declare keys of your own (keys.json, config.yaml).'
  throw new CommandFailure(`Cannot ${verb} the local key ${file} (${reason}). ${hint}`, undefined, { cause })
}
