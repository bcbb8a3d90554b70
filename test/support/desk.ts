import { loadConfig } from '../../src/config/load.ts'
import type { Desk } from '../../src/control/desk.ts'
import { RunningStore } from '../../src/control/running-store.ts'

export interface TestDesk {
  readonly desk: Desk
  readonly running: RunningStore
  close(): Promise<void>
}

/** A desk on the store in a home folder, or on a PostgreSQL, as a command in another process would open it. */
export async function openDesk(folder: string, environment: Record<string, string> = {}): Promise<TestDesk> {
  const config = await loadConfig({
    environment: { LLM_GATEWAY_HOME: folder, ...environment },
    flags: {},
    workingDirectory: folder,
    homeDirectory: folder,
    providerVariables: {},
  })
  const running = await RunningStore.open({
    config,
    now: Date.now,
    onError: () => {},
    onMasterKeyMade: () => {},
  })
  const desk: Desk = {
    db: running.store.db,
    vault: running.vault,
    config,
    actor: { source: 'cli', name: 'tester' },
    now: Date.now,
    mayUsePrivateAddresses: true,
  }
  return { desk, running, close: () => running.close() }
}
