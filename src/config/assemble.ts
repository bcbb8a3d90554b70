import type { AccountConfig, Config, ServerConfig, UpstreamCallConfig, VirtualKeyConfig } from './config.ts'
import { toAccount, toModelRoutes, toVirtualKey } from './declared.ts'
import type { KeysFile } from './keys-file.ts'
import { duplicateProblems, pinKeys } from './pinning.ts'
import { absolutePath, type Places } from './places.ts'
import { present } from './present.ts'
import { type ConfigWarning, throwIfAny } from './problem.ts'
import type { Settings } from './schema.ts'
import type { ServicesFile } from './services-file.ts'
import type { SourceFile } from './source-file.ts'

/** All that was read, before it is put together. */
export interface Parts {
  readonly settings: Settings
  readonly source: SourceFile
  readonly origins: Readonly<Record<string, string>>
  /** Whether the config file itself has `logging.file`, which then means that a log file is wanted. */
  readonly fileNamesLog: boolean
  readonly homeFolder: string
  readonly places: Places
  readonly keys: KeysFile
  readonly services: ServicesFile
  readonly environmentAccounts: readonly AccountConfig[]
  readonly files: readonly string[]
  readonly warnings: readonly ConfigWarning[]
}

/** The parts as one frozen {@link Config}. Throws a `ConfigError` where they do not fit together. */
export function assembleConfig(parts: Parts): Config {
  const { settings } = parts
  const { virtualKeys, accounts, warnings } = joinKeysAndAccounts(parts)
  return deepFreeze({
    server: toServer(settings.server, parts.places),
    proxy: toProxy(settings.proxy),
    virtualKeys: settings.quota.enabled
      ? virtualKeys
      : virtualKeys.map((key) => ({ ...key, quotaPerHour: null })),
    accounts,
    providers: toProviders(settings.providers, parts.services),
    modelRoutes: toModelRoutes(settings.model_routes),
    quota: { enabled: settings.quota.enabled, requestsPerHour: settings.quota.limit },
    database: {
      queryTimeoutMs: settings.database.query_timeout,
      poolSize: settings.database.pool_size,
      offlineGraceMs: settings.database.offline_grace,
      ...present({ url: settings.database.url }),
    },
    admin: {
      enabled: settings.admin.enabled,
      allowPrivateUpstreams: settings.admin.allow_private_upstreams,
      ...present({ token: settings.admin.token }),
    },
    vault: present({
      key: settings.vault.key,
      keyFile: settings.vault.key_file && absolutePath(settings.vault.key_file, parts.places),
      previousKey: settings.vault.previous_key,
      previousKeyFile:
        settings.vault.previous_key_file && absolutePath(settings.vault.previous_key_file, parts.places),
    }),
    logging: toLogging(parts),
    environment: {
      noProxy: settings.environment.no_proxy,
      ...present({
        httpProxy: settings.environment.http_proxy,
        httpsProxy: settings.environment.https_proxy,
      }),
    },
    health: { intervalMs: settings.health.interval, timeoutMs: settings.health.timeout },
    metrics: { keyLabels: settings.metrics.key_labels },
    homeFolder: parts.homeFolder,
    files: [...new Set(parts.files)],
    warnings: [...parts.warnings, ...warnings],
    origins: parts.origins,
  })
}

/** Freezes a value of plain objects and lists, all the way down, and returns it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

function joinKeysAndAccounts({ settings, source, keys, environmentAccounts }: Parts) {
  const declaredKeys = settings.gateway_keys.map(toVirtualKey)
  const declaredAccounts = settings.upstream_accounts.map(toAccount)
  const otherAccounts = [...keys.accounts, ...environmentAccounts]
  const accounts = [...declaredAccounts, ...otherAccounts]
  const pinned = pinKeys(source, declaredKeys, accounts)
  throwIfAny([
    ...duplicateProblems(source, declaredKeys, declaredAccounts, otherAccounts),
    ...pinned.problems,
  ])

  const declaredHashes = new Set(declaredKeys.map(({ secretSha256 }) => secretSha256))
  const [repeated, fromKeysFile] = partition(keys.virtualKeys, ({ secretSha256 }) =>
    declaredHashes.has(secretSha256),
  )
  const warnings = repeated.map(declaredTwiceWarning)
  return { virtualKeys: [...pinned.keys, ...fromKeysFile], accounts, warnings }
}

function declaredTwiceWarning({ label }: VirtualKeyConfig): ConfigWarning {
  const message = `the virtual key ${label} of keys.json is in the config file too; the config file wins`
  return { code: 'key_declared_twice', message }
}

function toServer(server: Settings['server'], places: Places): ServerConfig {
  const { cert_file, key_file } = server.tls
  const tls =
    cert_file === undefined || key_file === undefined
      ? undefined
      : { certFile: absolutePath(cert_file, places), keyFile: absolutePath(key_file, places) }
  return {
    host: server.host,
    port: server.port,
    timeoutMs: server.timeout,
    bodyLimitBytes: server.body_limit,
    shutdownTimeoutMs: server.shutdown_timeout,
    corsOrigins: server.cors.origins,
    ...present({ tls }),
  }
}

function toProxy(proxy: Settings['proxy']): UpstreamCallConfig {
  return {
    requestTimeoutMs: proxy.request_timeout,
    firstContentTimeoutMs: proxy.first_content_timeout ?? proxy.request_timeout,
    idleTimeoutMs: proxy.idle_timeout ?? proxy.request_timeout,
    streamTimeoutMs: proxy.stream_timeout,
    responseTimeoutMs: proxy.response_timeout ?? proxy.request_timeout,
    connectTimeoutMs: proxy.connect_timeout,
    tlsTimeoutMs: proxy.tls_timeout,
    idleConnectionTimeoutMs: proxy.idle_conn_timeout,
    http2: proxy.http2,
  }
}

function toProviders(overrides: Settings['providers'], services: ServicesFile): Config['providers'] {
  const declared = Object.entries(overrides).map(([id, { base_url, dialect }]) => {
    return [id, { ...services.providers[id], ...present({ baseUrl: base_url, dialect }) }] as const
  })
  return { ...services.providers, ...Object.fromEntries(declared) }
}

function toLogging({ settings: { logging }, fileNamesLog, places }: Parts): Config['logging'] {
  return {
    level: logging.level,
    format: logging.format,
    toFile: logging.to_file ?? fileNamesLog,
    file: absolutePath(logging.file, places),
    maxSizeBytes: logging.max_size,
    maxFiles: logging.max_files,
    capture: logging.capture,
  }
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
