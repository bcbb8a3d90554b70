import { join } from 'node:path'
import { addAccount } from '../src/control/accounts.ts'
import { issueKey } from '../src/control/keys.ts'
import { openDesk } from '../test/support/desk.ts'
import { gatewayCommand } from './gateway-home.ts'
import type { Command } from './launch.ts'
import type { Site } from './site.ts'

/** By home folder. */
const secrets = new Map<string, string>()

/** A gateway whose key and account are in its store, as `apikey add` and `upstream add` make them. */
export async function prepareStoredKey({ port, upstream, folder: parent }: Site): Promise<Command> {
  const folder = join(parent, String(port))
  const opened = await openDesk(folder)
  const account = {
    name: 'simulated',
    provider: 'openai-compatible',
    base_url: upstream,
    api_key: 'sk-bench',
  }
  await addAccount(opened.desk, account)
  const { secret } = await issueKey(opened.desk, {
    name: 'bench',
    account: 'simulated',
    quota_per_hour: 1_000_000_000,
  })
  await opened.close()
  secrets.set(folder, secret)
  const { args, env } = gatewayCommand(folder)
  return { args, env: { ...env, SERVER_PORT: String(port) } }
}

export function storedKeyOf({ port, folder }: Site): string {
  return secrets.get(join(folder, String(port))) ?? ''
}
