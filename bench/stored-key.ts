import { join } from 'node:path'
import { loadConfig } from '../src/config/load.ts'
import { addAccount } from '../src/control/accounts.ts'
import type { Desk } from '../src/control/desk.ts'
import { issueKey } from '../src/control/keys.ts'
import { RunningStore } from '../src/control/running-store.ts'
import { gatewayCommand } from './gateway-home.ts'
import type { Command } from './launch.ts'
import type { Site } from './targets.ts'

/** By home folder. */
const secrets = new Map<string, string>()

/** A gateway whose key and account are in its store, as `apikey add` and `upstream add` make them. */
export async function prepareStoredKey({ port, upstream, folder: parent }: Site): Promise<Command> {
  const folder = join(parent, String(port))
  const config = await loadConfig({
    environment: { LLM_GATEWAY_HOME: folder },
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
    actor: { source: 'cli', name: 'bench' },
    now: Date.now,
    mayUsePrivateAddresses: true,
  }
  const account = {
    name: 'simulated',
    provider: 'openai-compatible',
    base_url: upstream,
    api_key: 'sk-bench',
  }
  await addAccount(desk, account)
  const { secret } = await issueKey(desk, {
    name: 'bench',
    account: 'simulated',
    quota_per_hour: 1_000_000_000,
  })
  await running.close()
  secrets.set(folder, secret)
  const { args, env } = gatewayCommand(folder)
  return { args, env: { ...env, SERVER_PORT: String(port) } }
}

export function storedKeyOf({ port, folder }: Site): string {
  return secrets.get(join(folder, String(port))) ?? ''
}
