import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./serve.ts', import.meta.url))

export interface ProcessOptions {
  /** By path below the folder that the gateway runs in; mode 600 unless `mode` says otherwise. */
  readonly files?: Readonly<Record<string, string>>
  readonly mode?: number
  /** Nothing else of our own environment is handed on. */
  readonly environment?: Readonly<Record<string, string>>
  readonly flags?: Readonly<Record<string, unknown>>
}

export interface GatewayProcess {
  readonly url: string
  readonly folder: string
  stdout(): string
  stderr(): string
  /** Ends it, and resolves when all it wrote has been read. */
  close(): Promise<void>
}

/** A gateway in a process of its own, which sees only these files and variables. Rejects with its stderr where it does not start. */
export async function startGatewayProcess(options: ProcessOptions = {}): Promise<GatewayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-process-'))
  await writeFiles(folder, options)
  const child = fork(PROGRAM, [], {
    cwd: folder,
    env: {
      HOME: folder,
      LLM_GATEWAY_HOME: folder,
      TEST_FLAGS: JSON.stringify({ 'server.port': 0, ...options.flags }),
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const ended = once(child, 'close')
  const url = await Promise.race([readUrl(child), ended.then(() => undefined)])
  if (url === undefined) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(stderr())
  }
  return {
    url,
    folder,
    stdout,
    stderr,
    close: async () => {
      if (child.connected) child.send('close')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function writeFiles(folder: string, { files = {}, mode = 0o600 }: ProcessOptions): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
    await chmod(join(folder, path), mode)
  }
}

async function readUrl(child: ChildProcess): Promise<string | undefined> {
  const [message]: { url?: string }[] = await once(child, 'message')
  return message?.url
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}
