import { spawn } from 'node:child_process'

export interface RunOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

export interface RunResult {
  /** 1 for a command that could not be started or that a signal ended. */
  readonly code: number
  /** stdout and stderr as they came; empty if they went straight to the terminal. */
  readonly output: string
  readonly seconds: number
}

/** Runs a command to its end and keeps its output, to be shown only if it matters. Never throws. */
export function runQuietly(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  return run(command, args, options, 'pipe')
}

/** Runs a command to its end, its output straight to ours. Never throws. */
export function runVisibly(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  return run(command, args, options, 'inherit')
}

function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
  output: 'pipe' | 'inherit',
): Promise<RunResult> {
  const startedMs = performance.now()
  const chunks: string[] = []
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', output, output] })
    const finish = (code: number): void => {
      resolve({ code, output: chunks.join(''), seconds: (performance.now() - startedMs) / 1000 })
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
    }
    child.on('error', (error) => {
      chunks.push(error.message)
      finish(1)
    })
    child.on('close', (code) => finish(code ?? 1))
  })
}
