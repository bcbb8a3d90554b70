import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { listensOn } from './port.ts'
import type { ProbeQuestion, ProcessFigures } from './probe.ts'

/** What Node.js is started with. */
export interface Command {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface LaunchOptions extends Command {
  /** Waited for before the process counts as started; without it, it is ready at once. */
  readonly port?: number
}

/** A process of ours that can be asked what it has used. It ends with us, whatever happens. */
export interface MeasuredProcess {
  measure(): Promise<ProcessFigures>
  collect(): Promise<ProcessFigures>
  /** Sends something of its own to the process and waits for its answer. Rejects if the process ends first. */
  ask(message: object): Promise<unknown>
  stop(): Promise<void>
}

const PROBE = new URL('./probe.ts', import.meta.url).href
const START_TIMEOUT_MS = 30_000
const MAX_COMPLAINT_CHARACTERS = 2000

/** Starts Node.js with the probe in it. Rejects, quoting what the process complained of, if it does not listen within 30 s. */
export async function launch(options: LaunchOptions): Promise<MeasuredProcess> {
  const child = spawn(process.execPath, ['--import', PROBE, ...options.args], {
    env: environment(options.env),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const complaint = collectText(child)
  if (options.port !== undefined) await waitUntilListening(child, options.port, complaint)
  const ask = (message: object | ProbeQuestion) => askChild(child, message, complaint)
  return {
    measure: async () => figuresIn(await ask('measure')),
    collect: async () => figuresIn(await ask('collect')),
    ask,
    stop: () => stopChild(child),
  }
}

/** What a process needs to run, and nothing that could configure it: keys in our own environment are nobody's business. */
export function environment(own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env
  return { ...(PATH && { PATH }), ...(SystemRoot && { SystemRoot }), NODE_ENV: 'production', ...own }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Polls until something listens on the port. Rejects if the process ends before, or after 30 s. */
export async function waitUntilListening(
  child: ChildProcess,
  port: number,
  complaint: () => string,
): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  while (!(await listensOn(port))) {
    if (hasEnded(child)) throw new Error(`a process ended at its start:\n${complaint()}`)
    if (performance.now() > deadlineMs) throw new Error(`nothing listens after 30 s:\n${complaint()}`)
    await sleep(2)
  }
}

/** The end of what a process writes to stderr. */
export function collectText(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MAX_COMPLAINT_CHARACTERS)
  })
  return () => text
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function askChild(child: ChildProcess, message: object | string, complaint: () => string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error(`a process ended unexpectedly:\n${complaint()}`))
    if (hasEnded(child)) return onExit()
    child.once('exit', onExit)
    child.once('message', (answer) => {
      child.off('exit', onExit)
      resolve(answer)
    })
    child.send(message)
  })
}

function figuresIn(answer: unknown): ProcessFigures {
  return (answer as { figures: ProcessFigures }).figures
}

/** `stop` lets the process end by itself, so that it can still write a CPU profile. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.send('stop' satisfies ProbeQuestion)
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await exited
  clearTimeout(timer)
}
