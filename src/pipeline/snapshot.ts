import type { AccountConfig, Config, ModelRoutesConfig } from '../config/config.ts'
import { nearestName } from '../core/nearest.ts'
import { createKeyDirectory, type KeyDirectory } from '../keys/directory.ts'
import { addressOf } from '../providers/address.ts'
import { PROVIDERS } from '../providers/index.ts'
import type { Provider } from '../providers/provider.ts'
import type { Account } from '../routing/account.ts'
import type { RouteTable } from '../routing/plan.ts'
import { type CredentialGuard, createCredentialGuard } from './credential-guard.ts'

/** One configuration made ready for requests. A request keeps the snapshot it began with; a reload swaps in the next. */
export interface Snapshot {
  readonly config: Config
  readonly keys: KeyDirectory
  readonly accounts: readonly Account[]
  readonly accountById: ReadonlyMap<string, Account>
  /** Names of providers that nobody knows, by the id of the account that asks for them. */
  readonly unknownProviders: ReadonlyMap<string, string>
  readonly routes: RouteTable
  /** By account id: what keeps its credential out of answers. */
  readonly guards: ReadonlyMap<string, CredentialGuard>
  /** Routes of single keys, by key id. */
  readonly routesByKeyId: ReadonlyMap<string, RouteTable>
}

export function buildSnapshot(config: Config): Snapshot {
  const accounts: Account[] = []
  const unknownProviders = new Map<string, string>()
  for (const account of config.accounts) {
    const provider = findProvider(account.provider, config)
    if (provider === undefined) unknownProviders.set(account.id, account.provider)
    else accounts.push(buildAccount(account, provider, config))
  }
  return {
    config,
    keys: createKeyDirectory(config.virtualKeys),
    accounts,
    accountById: new Map(accounts.map((account) => [account.id, account])),
    guards: new Map(accounts.map(({ id, secret }) => [id, createCredentialGuard(secret)])),
    unknownProviders,
    routes: buildRoutes(config.modelRoutes),
    routesByKeyId: new Map(
      config.virtualKeys.flatMap(({ id, modelRoutes }) =>
        modelRoutes === undefined ? [] : [[id, buildRoutes(modelRoutes)]],
      ),
    ),
  }
}

/** A provider we do not know but that configuration gives an address is an OpenAI-compatible server of that name. */
function findProvider(id: string, config: Config): Provider | undefined {
  const known = PROVIDERS.get(id)
  if (known !== undefined) return known
  const compatible = PROVIDERS.get('openai-compatible')
  const isNamed = config.providers[id]?.baseUrl !== undefined
  return isNamed && compatible !== undefined ? { ...compatible, id, title: id } : undefined
}

function buildAccount(account: AccountConfig, provider: Provider, config: Config): Account {
  const override = config.providers[account.provider] ?? config.providers[provider.id]
  const dialect = account.dialect ?? override?.dialect
  return {
    id: account.id,
    name: account.name,
    provider,
    address: addressOf(provider, account.baseUrl ?? override?.baseUrl),
    secret: account.apiKey,
    dialects: dialect === undefined ? provider.dialects : [dialect],
    models: account.models,
    isActive: account.status === 'active',
  }
}

function buildRoutes(config: ModelRoutesConfig): RouteTable {
  const routes = config.routes.map((route) => ({
    sourceModel: route.sourceModel,
    targetModel: route.targetModel,
    targetProvider: route.targetProvider,
    priority: route.priority,
    isEnabled: route.enabled,
  }))
  return { routes, defaultBehavior: config.defaultBehavior }
}

/** What to tell the operator about providers that nobody knows. */
export function describeUnknownProviders(snapshot: Snapshot): string[] {
  return [...new Set(snapshot.unknownProviders.values())].map((name) => {
    const nearest = nearestName(name, [...PROVIDERS.keys()])
    const hint = nearest === undefined ? 'give it a base_url under "providers"' : `did you mean "${nearest}"?`
    return `Unknown provider "${name}": its keys answer 400 (${hint})`
  })
}
