import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CliContext } from './context.ts'
import { CommandFailure, errorCodeOf, messageOf } from './failure.ts'
import { isLive } from './gateway-client.ts'
import { type RunningGateway, readPidFile } from './pid-file.ts'

/** Set for the process in the background, which then keeps its local key out of its log. */
export const DETACHED_VARIABLE = 'LLM_GATEWAY_DETACHED'

const POLL_MS = 25
const PATIENCE_MS = 30_000
const MAX_QUOTED_BYTES = 4096

export interface DetachedGateway extends RunningGateway {
  readonly logFile: string
}

/**
 * Starts `server start` with these arguments in the background and resolves once it answers. What it prints goes to
 * `gateway.log` in our folder. Throws a CommandFailure with its last words where it does not start.
 */
export async function startDetached(
  context: CliContext,
  homeFolder: string,
  args: readonly string[],
): Promise<DetachedGateway> {
  const logFile = join(homeFolder, 'gateway.log')
  const { child, logOffset } = await spawnWithLog(context, homeFolder, logFile, args)
  let hasEnded = false
  child.once('exit', () => {
    hasEnded = true
  })
  const giveUpAtMs = performance.now() + PATIENCE_MS
  try {
    for (;;) {
      const running = await readPidFile(homeFolder)
      if (running !== undefined && running.pid === child.pid && (await isLive(running.url)))
        return { ...running, logFile }
      if (hasEnded) throw await startFailure(logFile, logOffset)
      if (performance.now() > giveUpAtMs) throw neverAnswered(child, logFile)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  } finally {
    child.unref()
  }
}

async function spawnWithLog(
  { environment, workingDirectory }: CliContext,
  homeFolder: string,
  logFile: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; logOffset: number }> {
  const descriptor = await openLog(homeFolder, logFile)
  const logOffset = (await stat(logFile)).size
  try {
    const program = process.argv[1] ?? ''
    const child = spawn(process.execPath, [...process.execArgv, program, 'server', 'start', ...args], {
      cwd: workingDirectory,
      env: { ...environment, [DETACHED_VARIABLE]: '1' },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', descriptor, descriptor],
    })
    return { child, logOffset }
  } finally {
    closeSync(descriptor)
  }
}

async function openLog(homeFolder: string, logFile: string): Promise<number> {
  try {
    await mkdir(homeFolder, { recursive: true, mode: 0o700 })
    return openSync(logFile, 'a', 0o600)
  } catch (error) {
    throw new CommandFailure(`Cannot write ${logFile} (${errorCodeOf(error) ?? messageOf(error)}).`)
  }
}

function neverAnswered(child: ChildProcess, logFile: string): CommandFailure {
  child.kill()
  return new CommandFailure(`The gateway did not answer within ${PATIENCE_MS / 1000} s; see ${logFile}.`)
}

async function startFailure(logFile: string, logOffset: number): Promise<CommandFailure> {
  const file = await open(logFile)
  try {
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(MAX_QUOTED_BYTES),
      0,
      MAX_QUOTED_BYTES,
      logOffset,
    )
    const lastWords = buffer.toString('utf8', 0, bytesRead).trimEnd()
    return new CommandFailure(lastWords === '' ? `The gateway did not start; see ${logFile}.` : lastWords)
  } finally {
    await file.close()
  }
}
