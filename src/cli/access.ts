import { DEMO_KEY, isEmpty, withDemo, withLocalKey } from '../config/additions.ts'
import type { Config } from '../config/config.ts'
import type { Simulator } from '../simulator/server.ts'
import { ensureLocalKey, type LocalKey } from './local-key.ts'

/** With what a client gets in: keys that were configured, or the one that we add where there is none. */
export type Access =
  | { readonly type: 'demo'; readonly secret: string }
  | ({ readonly type: 'local' } & LocalKey)
  | { readonly type: 'configured' }

/** Words appear one after the other, as they do from a real model. */
const DEMO_CHUNK_DELAY_MS = 15

/** Configuration that one can start with, whatever was configured. */
export interface AccessibleConfig {
  /** Adds demo or local key where there is nothing else. `hasStoredKeys`: some were issued at run time. */
  complete(config: Config, hasStoredKeys: boolean): Promise<Config>
  /** Of the configuration that was completed last. */
  readonly access: Access
  /** Ends the simulated provider, if it was ever needed. */
  close(): Promise<void>
}

/**
 * With nothing configured, the simulated provider and the demo key; with accounts but no key, a local key. Once real
 * ones appear in a file, the next load leaves ours out.
 */
export function createAccessibleConfig(): AccessibleConfig {
  let access: Access = { type: 'configured' }
  let simulator: Promise<Simulator> | undefined
  const complete = async (config: Config, hasStoredKeys: boolean): Promise<Config> => {
    if (isEmpty(config) && !hasStoredKeys) {
      simulator ??= startDemoProvider()
      access = { type: 'demo', secret: DEMO_KEY }
      return withDemo(config, { baseUrl: (await simulator).url })
    }
    if (config.virtualKeys.length === 0 && !hasStoredKeys) {
      const key = await ensureLocalKey(config.homeFolder)
      access = { type: 'local', ...key }
      return withLocalKey(config, key.secret)
    }
    access = { type: 'configured' }
    return config
  }
  return {
    complete,
    get access() {
      return access
    },
    close: async () => await (await simulator)?.close(),
  }
}

async function startDemoProvider(): Promise<Simulator> {
  const { startSimulator } = await import('../simulator/server.ts')
  return await startSimulator({ chunkDelayMs: DEMO_CHUNK_DELAY_MS, maxReceived: 0 })
}
