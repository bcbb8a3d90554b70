import { toCapabilities } from './capabilities.ts'
import type { AccountConfig, CloudConfig, ModelRoutesConfig, VirtualKeyConfig } from './config.ts'
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
    strict: entry.strict,
    permissions: entry.permissions,
    status: entry.status,
    ...present({
      accountId: entry.account,
      models: entry.models,
      modelRoutes: entry.model_routes && toModelRoutes(entry.model_routes),
    }),
  }
}

/** An account of the config file. */
export function toAccount(entry: UpstreamAccount): AccountConfig {
  return {
    id: entry.id,
    name: entry.name ?? entry.id,
    type: entry.type,
    provider: entry.provider,
    apiKey: entry.api_key ?? '',
    status: entry.status,
    source: 'config',
    weight: entry.weight,
    priority: entry.priority,
    ...present({
      cloud: toCloud(entry),
      baseUrl: entry.base_url,
      dialect: entry.dialect,
      models: entry.models,
      headers: entry.headers,
      capabilities: entry.capabilities && toCapabilities(entry.capabilities),
      region: entry.region,
      oauth: entry.oauth,
    }),
  }
}

function toCloud({ type, aws, google, azure }: UpstreamAccount): CloudConfig | undefined {
  if (type === 'aws' && aws !== undefined) {
    const { access_key_id, secret_access_key, session_token, profile } = aws
    return {
      type,
      region: aws.region,
      ...present({
        accessKeyId: access_key_id,
        secretAccessKey: secret_access_key,
        sessionToken: session_token,
        profile,
      }),
    }
  }
  if (type === 'google' && google !== undefined) {
    const { credentials_file, credentials_json } = google
    return {
      type,
      project: google.project,
      location: google.location,
      ...present({ credentialsFile: credentials_file, credentialsJson: credentials_json }),
    }
  }
  if (type !== 'azure') return undefined
  return {
    type,
    ...present({
      tenantId: azure?.tenant_id,
      clientId: azure?.client_id,
      clientSecret: azure?.client_secret,
    }),
  }
}

/** `model_routes`, in the order of the file. */
export function toModelRoutes(entry: Settings['model_routes']): ModelRoutesConfig {
  const routes = entry.routes.map((route) => ({
    sourceModel: route.source_model,
    priority: route.priority,
    enabled: route.enabled,
    strict: route.strict,
    ...present({
      id: route.id,
      targetModel: route.target_model,
      targetProvider: route.target_provider,
      capabilities: route.capabilities && toCapabilities(route.capabilities),
      description: route.description,
    }),
  }))
  return { routes, defaultBehavior: entry.default_behavior }
}
