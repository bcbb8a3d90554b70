import type { AccountConfig, ModelRoutesConfig, VirtualKeyConfig } from './config.ts'
import { present } from './present.ts'
import type { Settings } from './schema.ts'

type GatewayKey = Settings['gateway_keys'][number]
type UpstreamAccount = Settings['upstream_accounts'][number]

/** A key of the config file. `accountId` is still the id or name that was written; `pinning.ts` looks it up. */
export function toVirtualKey(entry: GatewayKey): VirtualKeyConfig {
  const name = entry.name ?? entry.id
  return {
    id: entry.id,
    name,
    label: name,
    secretSha256: entry.key_hash,
    source: 'config',
    quotaPerHour: entry.quota ?? null,
    passthrough: entry.passthrough,
    permissions: entry.permissions,
    status: entry.status,
    ...present({
      accountId: entry.account,
      models: entry.models,
      modelRoutes: entry.model_routes && toModelRoutes(entry.model_routes),
    }),
  }
}

/** An account of the config file. One of type `oauth` is disabled: there is no sign-in yet. */
export function toAccount(entry: UpstreamAccount): AccountConfig {
  return {
    id: entry.id,
    name: entry.name ?? entry.id,
    type: entry.type,
    provider: entry.provider,
    apiKey: entry.api_key ?? '',
    status: entry.type === 'oauth' ? 'disabled' : entry.status,
    source: 'config',
    ...present({ baseUrl: entry.base_url, dialect: entry.dialect, models: entry.models }),
  }
}

/** `model_routes`, in the order of the file. */
export function toModelRoutes(entry: Settings['model_routes']): ModelRoutesConfig {
  const routes = entry.routes.map((route) => ({
    sourceModel: route.source_model,
    priority: route.priority,
    enabled: route.enabled,
    ...present({
      id: route.id,
      targetModel: route.target_model,
      targetProvider: route.target_provider,
      description: route.description,
    }),
  }))
  return { routes, defaultBehavior: entry.default_behavior }
}
