import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

const PidFile = z.object({
  pid: z.int().positive(),
  url: z.url(),
  startedAt: z.iso.datetime(),
  version: z.string().optional(),
  /** Where it was started, and with which `--config`: what else must be known to read its configuration. */
  workingDirectory: z.string().optional(),
  configFile: z.string().optional(),
})

/** What a running gateway leaves in its folder for other commands to find. */
export type RunningGateway = Readonly<z.output<typeof PidFile>>

export function pidFilePath(homeFolder: string): string {
  return join(homeFolder, 'llm-gateway.pid')
}

/** The gateway that runs with this folder; undefined where none does, or what the file names is no gateway any more. */
export async function readPidFile(homeFolder: string): Promise<RunningGateway | undefined> {
  const found = await parsePidFile(homeFolder)
  return found !== undefined && (await isGateway(found.pid)) ? found : undefined
}

/**
 * Says that this gateway runs here: `written`, or `taken` where another one lives at the same port. One at another port
 * gives way: what was started last is what commands talk to.
 */
export async function writePidFile(
  homeFolder: string,
  gateway: RunningGateway,
): Promise<'written' | 'taken'> {
  const other = await readPidFile(homeFolder)
  if (other !== undefined && other.pid !== gateway.pid && portOf(other.url) === portOf(gateway.url))
    return 'taken'
  const file = pidFilePath(homeFolder)
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  await mkdir(homeFolder, { recursive: true, mode: 0o700 })
  await writeFile(draft, `${JSON.stringify(gateway)}\n`, { mode: 0o600 })
  await rename(draft, file)
  return 'written'
}

/** Removes the file if it is still that of this process. */
export async function removePidFile(homeFolder: string, pid: number): Promise<void> {
  const found = await parsePidFile(homeFolder)
  if (found?.pid === pid) await rm(pidFilePath(homeFolder), { force: true })
}

/** Whether a process of this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // it exists, but is another user's
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function parsePidFile(homeFolder: string): Promise<RunningGateway | undefined> {
  const text = await readFile(pidFilePath(homeFolder), 'utf8').catch(() => '')
  try {
    return PidFile.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Numbers are used again, and a gateway that was killed leaves its file behind: on Linux we can look who it is now. */
async function isGateway(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  if (commandLine === undefined) return true
  const words = commandLine.split('\0')
  return words.includes('server') && words.includes('start')
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url)
  return port || (protocol === 'https:' ? '443' : '80')
}
