import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Command, collectText, environment, hasEnded, waitUntilListening } from './launch.ts'
import type { Measurement } from './measurement.ts'

const END_TIMEOUT_MS = 5000

/**
 * From the spawn of the command that a user would type until its port takes connections, and what it then takes at rest. The first
 * start of a clone strips the types of every file and fills the compile cache; later ones read that.
 */
export async function measureStart({ stage, figures, scale, targets }: Measurement): Promise<void> {
  const { rounds, restMs } = scale.start
  for (let round = 0; round <= rounds; round++) {
    for (const target of targets) {
      const site = await stage.site(target)
      const command = await (target.prepareStart ?? target.prepare)(site)
      const { listeningMs, rssBytes } = await startOnce(command, site.port, restMs)
      const isFirst = round === 0
      figures.record(isFirst ? 'listening-first' : 'listening-after', target.name, listeningMs)
      figures.record(isFirst ? 'idle-rss-first' : 'idle-rss', target.name, rssBytes / 1e6)
    }
  }
}

async function startOnce({ args, env }: Command, port: number, restMs: number) {
  const startedMs = performance.now()
  const child = spawn(process.execPath, args, { env: environment(env), stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  try {
    await waitUntilListening(child, port, collectText(child))
    const listeningMs = performance.now() - startedMs
    await sleep(restMs)
    return { listeningMs, rssBytes: await residentBytes(child.pid ?? 0) }
  } finally {
    process.off('exit', kill)
    await end(child)
  }
}

/** From the outside: a probe within would count itself. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined)
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status ?? '')?.[1] ?? (await askPs(pid))
  return Number(kibibytes) * 1024
}

async function askPs(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return stdout.trim()
}

/** In order, so that a compile cache is written. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS)
  await exited
  clearTimeout(timer)
}
