import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { CliContext } from '../../src/cli/context.ts'
import { runCli } from '../../src/cli/program.ts'

export interface CliRun {
  readonly context: CliContext
  /** Signals and crashes of the process that it believes to be. */
  readonly events: EventEmitter
  readonly exits: readonly number[]
  readonly stdout: () => string
  readonly stderr: () => string
}

/** A world for commands to run in within this process. stdin is `input` and its end. */
export function makeContext(given: Partial<CliContext> & { readonly input?: string } = {}): CliRun {
  const { input = '', ...rest } = given
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(input)
  const events = new EventEmitter()
  const exits: number[] = []
  return {
    context: {
      stdin,
      stdout,
      stderr,
      environment: {},
      workingDirectory: '/nonexistent',
      homeDirectory: '/nonexistent',
      events,
      exit: (code) => void exits.push(code),
      ...rest,
    },
    events,
    exits,
    stdout: collect(stdout),
    stderr: collect(stderr),
  }
}

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command line in this process. */
export async function run(
  args: readonly string[],
  given: Parameters<typeof makeContext>[0] = {},
): Promise<CliResult> {
  const { context, stdout, stderr } = makeContext(given)
  const code = await runCli(args, context)
  return { code, stdout: stdout(), stderr: stderr() }
}

function collect(stream: PassThrough): () => string {
  let text = ''
  stream.setEncoding('utf8')
  return () => {
    // what was written is there at once, without waiting for an event
    text += (stream.read() as string | null) ?? ''
    return text
  }
}
