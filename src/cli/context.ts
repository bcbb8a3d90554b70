import { homedir } from 'node:os'

/** A stream as commands write it; a test hands in one that it can read. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean }
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean }

/** Where process-wide events arrive: `process` itself, or a plain emitter in a test. */
export type ProcessEvents = Pick<NodeJS.EventEmitter, 'on' | 'off'>

/** All that a command knows of the world it runs in. */
export interface CliContext {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly environment: NodeJS.ProcessEnv
  readonly workingDirectory: string
  readonly homeDirectory: string
  readonly events: ProcessEvents
  /** Ends the process at once. Only for what cannot wait for the command to return, such as a second Ctrl-C. */
  readonly exit: (code: number) => void
}

/**
 * The context of this very process. stdout is opened only when a command writes to it: doing so changes how the pipe
 * behind it behaves, which a gateway needs for its interaction log.
 */
export function processContext(): CliContext {
  return {
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return openStdout()
    },
    stderr: process.stderr,
    environment: process.env,
    workingDirectory: process.cwd(),
    homeDirectory: homedir(),
    events: process,
    exit: (code) => process.exit(code),
  }
}

function openStdout(): Output {
  // a reader that has seen enough (`| head`) is no failure
  if (process.stdout.listenerCount('error') === 0)
    process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return process.stdout
}
