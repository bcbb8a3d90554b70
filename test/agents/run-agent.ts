import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Agent, AgentRun } from './agent.ts'

export interface AgentOutcome {
  /** Null where it had to be killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

const TIMEOUT_MS = 90_000
const GRACE_MS = 2_000

/** Runs one agent on one prompt in a process group of its own, which is ended after a minute and a half at the latest. */
export async function runAgent(
  agent: Agent,
  folder: string,
  run: AgentRun,
  prompt: string,
): Promise<AgentOutcome> {
  for (const [path, content] of Object.entries(agent.files(run))) {
    const file = join(run.home, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  const { program, args, environment } = agent.command(run, prompt)
  const startedMs = Date.now()
  const child = spawn(join(folder, program), args, {
    cwd: run.workspace,
    env: { PATH: pathWithOurNode(), HOME: run.home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const { pid } = child
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const timer = setTimeout(() => endGroup(pid, 'SIGTERM'), TIMEOUT_MS)
  const lastTimer = setTimeout(() => endGroup(pid, 'SIGKILL'), TIMEOUT_MS + GRACE_MS)
  // a group of its own does not hear Ctrl-C
  const interrupt = () => {
    endGroup(pid, 'SIGKILL')
    process.exit(130)
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const [code] = (await once(child, 'close')) as [number | null]
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  clearTimeout(timer)
  clearTimeout(lastTimer)
  // what it may have left running
  endGroup(pid, 'SIGKILL')
  return { code, stdout: stdout(), stderr: stderr(), seconds: (Date.now() - startedMs) / 1000 }
}

function pathWithOurNode(): string {
  return `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // it is gone
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
