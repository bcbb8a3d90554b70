import type { AccountConfig, Config, ModelRoutesConfig } from '../config/config.ts'
import { ConfigError } from '../config/problem.ts'
import { GatewayError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import { createKeyDirectory, type KeyDirectory, type VirtualKey } from '../keys/directory.ts'
import { addressOf } from '../providers/address.ts'
import { configuredBaseUrl } from '../providers/configured-base-url.ts'
import { PROVIDERS } from '../providers/index.ts'
import { atPlace, isPlacedByBaseUrl } from '../providers/places.ts'
import type { Provider } from '../providers/provider.ts'
import { hintAtProvider } from '../providers/route-provider.ts'
import type { Account } from '../routing/account.ts'
import type { RouteTable } from '../routing/plan.ts'
import type { Credential } from '../upstream/credential.ts'
import { conversationPath } from './conversation-path.ts'
import { type CredentialGuard, guardOf } from './credential-guard.ts'
import type { Credentials } from './credentials.ts'

/** One configuration made ready for requests. A request keeps the snapshot it began with; a reload swaps in the next. */
export interface Snapshot {
  readonly config: Config
  readonly keys: KeyDirectory
  readonly accounts: readonly Account[]
  readonly accountById: ReadonlyMap<string, Account>
  /** Names of providers that nobody knows, by the id of the account that asks for them. */
  readonly unknownProviders: ReadonlyMap<string, string>
  readonly routes: RouteTable
  /** By account id: what keeps its fixed key out of answers. A credential that changes is guarded when it is used. */
  readonly guards: ReadonlyMap<string, CredentialGuard>
  /** Why stored accounts cannot be used, by their id. */
  readonly unusable: ReadonlyMap<string, GatewayError>
}

const routesByKey = new WeakMap<VirtualKey, RouteTable>()

/** A key's own routes, which are tried before those of everybody. */
export function routesOf(key: VirtualKey): RouteTable | undefined {
  if (key.modelRoutes === undefined) return undefined
  const known = routesByKey.get(key)
  if (known !== undefined) return known
  const routes = buildRoutes(key.modelRoutes)
  routesByKey.set(key, routes)
  return routes
}

export function buildSnapshot(
  config: Config,
  credentials: Credentials,
  unusable: ReadonlyMap<string, GatewayError> = new Map(),
): Snapshot {
  const credentialById = credentials.of(config.accounts)
  const accounts: Account[] = []
  const unknownProviders = new Map<string, string>()
  const unplaced = new Map<string, GatewayError>()
  for (const account of config.accounts) {
    const provider = findProvider(account, config)
    if (provider === undefined) {
      unknownProviders.set(account.id, account.provider)
      continue
    }
    const placed = placeAccount(account, provider, config)
    const built =
      placed instanceof GatewayError
        ? placed
        : speaking(account, buildAccount(account, placed, config, credentialById.get(account.id)))
    if (built instanceof GatewayError) unplaced.set(account.id, built)
    else accounts.push(built)
  }
  return {
    config,
    keys: createKeyDirectory(config.virtualKeys),
    accounts,
    accountById: new Map(accounts.map((account) => [account.id, account])),
    guards: new Map(accounts.map((account) => [account.id, guardOf(account)])),
    unknownProviders,
    routes: buildRoutes(config.modelRoutes),
    unusable: new Map([...unusable, ...unplaced]),
  }
}

/**
 * A provider that we do not know is an OpenAI-compatible server of that name, where configuration gives its address, or whoever added
 * the account did. In files that stand for themselves such a name is a slip, with an address or without.
 */
function findProvider(account: AccountConfig, config: Config): Provider | undefined {
  const { provider: id, baseUrl, source } = account
  const known = PROVIDERS.get(id)
  if (known !== undefined) return known
  const compatible = PROVIDERS.get('openai-compatible')
  const hasAddress =
    configuredBaseUrl(config, id) !== undefined || (source === 'store' && baseUrl !== undefined)
  return hasAddress && compatible !== undefined ? { ...compatible, id, title: id } : undefined
}

/** The provider where this account's cloud has it. Throws ConfigError where the config file says too little; others are unusable until they say more. */
function placeAccount(account: AccountConfig, provider: Provider, config: Config): Provider | GatewayError {
  const { cloud } = account
  const isAway = provider.cloud !== undefined || baseUrlOf(account, config) === undefined
  if (cloud !== undefined && cloud.type !== provider.cloud && isAway)
    return misplaced(account, `${provider.title} takes no credentials of type "${cloud.type}"`)
  try {
    return atPlace(provider, account, baseUrlOf(account, config) !== undefined)
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    const wanted = isPlacedByBaseUrl(provider)
      ? 'the base_url of your resource'
      : `a ${thrown.message} to be reached, or a base_url`
    return misplaced(account, `${provider.title} needs ${wanted}`)
  }
}

/** The account, unless it is narrowed to a format that its provider has no place for. Throws as `placeAccount` does. */
function speaking(config: AccountConfig, account: Account): Account | GatewayError {
  const { dialects, provider } = account
  const unspoken = dialects.find((id) => conversationPath(account, id, 'any', false) === undefined)
  if (unspoken === undefined || dialects === provider.dialects) return account
  return misplaced(config, `${provider.title} has no endpoint for the format "${unspoken}"`)
}

function misplaced(account: AccountConfig, problem: string): GatewayError {
  const message = `The account "${account.name}" cannot be used: ${problem}.`
  if (account.source === 'config')
    throw new ConfigError([{ path: `upstream_accounts ${account.id}`, message }])
  return new GatewayError('upstream_credentials_rejected', message)
}

function baseUrlOf({ baseUrl, provider }: AccountConfig, config: Config): string | undefined {
  return baseUrl ?? configuredBaseUrl(config, provider)
}

function buildAccount(
  account: AccountConfig,
  provider: Provider,
  config: Config,
  credential: Credential | undefined,
): Account {
  const override = config.providers[account.provider] ?? config.providers[provider.id]
  const dialect = account.dialect ?? override?.dialect
  return {
    id: account.id,
    name: account.name,
    provider,
    address: addressOf(provider, baseUrlOf(account, config)),
    secret: account.apiKey,
    credential,
    dialects: dialect === undefined ? provider.dialects : [dialect],
    models: account.models,
    headers: account.headers ?? {},
    ...(account.capabilities !== undefined && { capabilities: account.capabilities }),
    priority: account.priority ?? 0,
    weight: account.weight ?? 1,
    isPublicOnly: account.isPublicOnly ?? false,
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
    name: route.id ?? route.sourceModel,
    isStrict: route.strict,
    ...(route.capabilities !== undefined && { capabilities: route.capabilities }),
  }))
  return { routes, defaultBehavior: config.defaultBehavior }
}

/** What to tell the operator about providers that nobody knows, and about other accounts that no request can use. */
export function describeUnusable({ config, unknownProviders, unusable }: Snapshot): string[] {
  const unknown = [...new Set(unknownProviders.values())].map((name) => {
    const nearest = nearestName(name, [...PROVIDERS.keys()])
    const hint = nearest === undefined ? 'give it a base_url under "providers"' : `did you mean "${nearest}"?`
    return `Unknown provider "${name}": its keys answer 400 (${hint})`
  })
  return [...unknown, ...config.accounts.flatMap(({ id }) => unusable.get(id)?.message ?? [])]
}

/** What to tell the operator about routes to a provider that is none, and that no account is called. */
export function describeLostRoutes({ config, unusable }: Snapshot): string[] {
  const known = new Set(config.accounts.map(({ id }) => id))
  // accounts of the store that cannot be opened are not here, and one of them may be meant
  if ([...unusable.keys()].some((id) => !known.has(id))) return []
  const tables = [config.modelRoutes, ...config.virtualKeys.flatMap(({ modelRoutes }) => modelRoutes ?? [])]
  const routes = tables.flatMap((table) => table.routes)
  return routes.flatMap(({ sourceModel, targetProvider, enabled }) => {
    const hint = targetProvider === undefined || !enabled ? undefined : hintAtProvider(targetProvider, config)
    if (hint === undefined) return []
    return `Unknown provider "${targetProvider}": the route of "${sourceModel}" leads nowhere (${hint})`
  })
}
