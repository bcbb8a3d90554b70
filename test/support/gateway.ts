import { openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, startApp } from '../../src/app.ts'
import { withDemo } from '../../src/config/additions.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { CREDENTIAL_VARIABLES } from '../../src/providers/index.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'

export interface TestGatewayOptions {
  /** Content of `keys.json`, as an object; `{simulator}` in it becomes the simulator's URL. */
  readonly keys?: Readonly<Record<string, object>>
  /** Content of `config.yaml`; `{simulator}` becomes the simulator's URL. */
  readonly yaml?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly flags?: Readonly<Record<string, unknown>>
  /** Adds the demo key; on unless keys or yaml are given. */
  readonly demo?: boolean
  readonly simulator?: SimulatorOptions
  /** Is told the admin token that the gateway makes; without it none is made. */
  readonly showAdminToken?: (token: string) => void
  /** Runs in the home folder before the gateway starts, such as what fills its store. */
  readonly prepare?: (folder: string, simulator: Simulator) => Promise<void>
}

export interface TestGateway {
  readonly url: string
  readonly app: App
  readonly simulator: Simulator
  /** An empty folder of this gateway's own, with its `keys.json` and `config.yaml`. */
  readonly folder: string
  /** The interactions logged so far, parsed. Waits until at least `count` are there. */
  logged(count?: number): Promise<LoggedInteraction[]>
  /** The interaction log as text, for secret searches. */
  logText(): string
  close(): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type LoggedInteraction = Record<string, any>

/** A real gateway on port 0 before a real simulated provider, both on loopback, with a folder of its own. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const simulator = await startSimulator(options.simulator)
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-test-'))
  const fill = (text: string) => text.replaceAll('{simulator}', simulator.url)
  if (options.keys !== undefined)
    await writeFile(join(folder, 'keys.json'), fill(JSON.stringify({ virtual_keys: options.keys })), {
      mode: 0o600,
    })
  if (options.yaml !== undefined)
    await writeFile(join(folder, 'config.yaml'), fill(options.yaml), { mode: 0o600 })
  await options.prepare?.(folder, simulator)
  const hasDemo = options.demo ?? (options.keys === undefined && options.yaml === undefined)
  const load = async (): Promise<Config> => {
    const config = await loadConfig({
      environment: { LLM_GATEWAY_HOME: folder, ...options.environment },
      flags: { 'server.port': 0, 'health.interval': 0, 'logging.level': 'silent', ...options.flags },
      workingDirectory: folder,
      homeDirectory: folder,
      providerVariables: CREDENTIAL_VARIABLES,
    })
    return hasDemo ? withDemo(config, { baseUrl: simulator.url }) : config
  }
  const logFile = join(folder, 'interactions.jsonl')
  // closed by the log when it ends
  const descriptor = openSync(logFile, 'a')
  const { showAdminToken } = options
  const app = await startApp({
    load,
    interactionDescriptor: descriptor,
    ...(showAdminToken !== undefined && { showAdminToken }),
  })
  const logText = () => readFileSync(logFile, 'utf8')
  return {
    url: app.url,
    app,
    simulator,
    folder,
    logged: (count = 0) => readLog(logText, count),
    logText,
    close: async () => {
      await app.close()
      await simulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Lines reach the file within a quarter of a second. */
async function readLog(logText: () => string, count: number): Promise<LoggedInteraction[]> {
  for (let round = 0; round < 100; round++) {
    const lines = logText().split('\n').filter(Boolean)
    if (lines.length >= count) return lines.map((line): LoggedInteraction => JSON.parse(line))
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  throw new Error(`The log did not reach ${count} lines:\n${logText()}`)
}
