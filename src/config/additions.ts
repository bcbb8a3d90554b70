import { deepFreeze } from './assemble.ts'
import type { AccountConfig, Config, VirtualKeyConfig } from './config.ts'
import { sha256Hex } from './secrets.ts'

/** The key of the built-in simulated provider. It is printed in the documentation: no secret. */
export const DEMO_KEY = 'vk_demo'

/** The simulated provider wants a credential as all others do, and takes any. */
const SIMULATED_CREDENTIAL = 'sk-simulated'

/** Nothing configured at all: no virtual key and no account. */
export function isEmpty(config: Config): boolean {
  return config.virtualKeys.length === 0 && config.accounts.length === 0
}

/** The configuration with the simulated provider at `baseUrl` and the demo key, which can reach nothing else. */
export function withDemo(config: Config, { baseUrl }: { readonly baseUrl: string }): Config {
  const account: AccountConfig = {
    id: 'simulated',
    name: 'simulated',
    type: 'api-key',
    provider: 'simulated',
    apiKey: SIMULATED_CREDENTIAL,
    baseUrl,
    status: 'active',
    source: 'simulated',
  }
  const key: VirtualKeyConfig = {
    ...unlimitedKey(DEMO_KEY),
    id: 'demo',
    name: 'demo',
    label: DEMO_KEY,
    source: 'demo',
    accountId: account.id,
    quotaPerHour: config.quota.enabled ? config.quota.requestsPerHour : null,
  }
  return deepFreeze({
    ...config,
    accounts: [...config.accounts, account],
    virtualKeys: [...config.virtualKeys, key],
  })
}

/** The configuration with one more key, for whoever runs the gateway: every account, no quota, the model decides. */
export function withLocalKey(config: Config, secret: string): Config {
  return deepFreeze({ ...config, virtualKeys: [...config.virtualKeys, unlimitedKey(secret)] })
}

function unlimitedKey(secret: string): VirtualKeyConfig {
  return {
    id: 'local',
    name: 'local',
    label: 'local',
    secretSha256: sha256Hex(secret),
    source: 'local',
    quotaPerHour: null,
    passthrough: false,
    strict: false,
    permissions: ['read', 'write'],
    status: 'active',
  }
}
