import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Below `bin/` there is one as well; without it most of the time would go into reading the same sources again. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/llm-gateway-tests', import.meta.url))

export interface Launched {
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves with the exit code when it has ended and all it wrote has been read. */
  readonly ended: Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

/** Starts a command line in a process of its own, which sees this folder as its home and nothing of our environment. */
export function launch(
  folder: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Launched {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: {
      HOME: folder,
      LLM_GATEWAY_HOME: `${folder}/home`,
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: once(child, 'close').then(([code]: (number | null)[]) => code ?? null),
    kill: (signal) => void child.kill(signal),
  }
}

/** Runs a command line to its end. */
export async function runToEnd(folder: string, args: readonly string[], environment?: NodeJS.ProcessEnv) {
  const { ended, stdout, stderr } = launch(folder, args, environment)
  return { code: await ended, stdout: stdout(), stderr: stderr() }
}

/** Starts a gateway on a free port and waits until it has said where it is. Fails with its stderr where it does not start. */
export async function launchGateway(
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Launched & { readonly url: string }> {
  const gateway = launch(folder, ['server', 'start', '--port', '0'], environment)
  const urlOf = () => /is listening on (\S+)\n[\s\S]*\nTry it:\n.*\n/.exec(gateway.stderr())?.[1]
  let hasEnded = false
  void gateway.ended.then(() => {
    hasEnded = true
  })
  await until(() => hasEnded || urlOf() !== undefined)
  const url = urlOf()
  if (url === undefined) throw new Error(gateway.stderr())
  return { ...gateway, url }
}
