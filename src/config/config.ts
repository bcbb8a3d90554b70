import type { DialectId } from '../core/dialect-id.ts'
import type { ConfigWarning } from './problem.ts'

/** Everything the gateway was told, validated and frozen. Times are milliseconds, sizes bytes, paths absolute. */
export interface Config {
  readonly server: ServerConfig
  readonly proxy: UpstreamCallConfig
  readonly virtualKeys: readonly VirtualKeyConfig[]
  readonly accounts: readonly AccountConfig[]
  /** What `providers` and `aiservices.json` say, by lower-case provider id. */
  readonly providers: Readonly<Record<string, ProviderConfig>>
  readonly modelRoutes: ModelRoutesConfig
  readonly quota: { readonly enabled: boolean; readonly requestsPerHour: number }
  readonly logging: LoggingConfig
  readonly environment: ProxyConfig
  /** An interval of 0 is no probing. */
  readonly health: { readonly intervalMs: number; readonly timeoutMs: number }
  readonly metrics: { readonly keyLabels: boolean }
  /** Where our own files live: `~/.llm-gateway` unless `LLM_GATEWAY_HOME` moves it. May not exist yet. */
  readonly homeFolder: string
  /** Every file that was read, and those that would be read if they appeared. */
  readonly files: readonly string[]
  readonly warnings: readonly ConfigWarning[]
  /** Who set an option (`environment SERVER_PORT`, `config.yaml:3`), by dotted name; a default is absent. */
  readonly origins: Readonly<Record<string, string>>
}

export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** For a client to send its request; 0 is no limit. */
  readonly timeoutMs: number
  readonly bodyLimitBytes: number
  readonly shutdownTimeoutMs: number
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
  readonly corsOrigins: readonly string[]
}

/** Deadlines of upstream calls; 0 is no limit. */
export interface UpstreamCallConfig {
  readonly requestTimeoutMs: number
  readonly firstContentTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly streamTimeoutMs: number
  readonly responseTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly tlsTimeoutMs: number
  readonly idleConnectionTimeoutMs: number
  readonly http2: boolean
}

export interface VirtualKeyConfig {
  /** Unique; never contains the secret. */
  readonly id: string
  readonly name: string
  /** What logs print: the name, or the first characters of a literal key. */
  readonly label: string
  readonly secretSha256: string
  readonly source: 'keys-file' | 'config' | 'demo' | 'local'
  /** The only account this key uses; without it the model decides. */
  readonly accountId?: string
  /** Models it may call, `prefix*` allowed; all if absent. */
  readonly models?: readonly string[]
  /** Null is no limit. Already null for every key while the quota is switched off. */
  readonly quotaPerHour: number | null
  readonly passthrough: boolean
  readonly permissions: readonly ('read' | 'write')[]
  readonly status: Status
  readonly modelRoutes?: ModelRoutesConfig
}

export interface AccountConfig {
  /** Unique; never contains the secret. */
  readonly id: string
  readonly name: string
  readonly type: 'api-key' | 'oauth'
  /** Lower case; not necessarily a provider that we know. */
  readonly provider: string
  /** Empty for an upstream that wants none. */
  readonly apiKey: string
  /** Without trailing slash. */
  readonly baseUrl?: string
  readonly dialect?: DialectId
  readonly models?: readonly string[]
  readonly status: Status
  readonly source: 'keys-file' | 'config' | 'environment' | 'simulated'
}

export type Status = 'active' | 'disabled'

export interface ProviderConfig {
  readonly baseUrl?: string
  readonly dialect?: DialectId
}

export interface ModelRoutesConfig {
  readonly routes: readonly ModelRouteConfig[]
  readonly defaultBehavior: 'passthrough' | 'reject'
}

export interface ModelRouteConfig {
  readonly id?: string
  /** Exact, `prefix*` or `*`. */
  readonly sourceModel: string
  readonly targetModel?: string
  readonly targetProvider?: string
  readonly priority: number
  readonly enabled: boolean
  readonly description?: string
}

export interface LoggingConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  readonly format: 'json' | 'pretty'
  readonly toFile: boolean
  readonly file: string
  readonly maxSizeBytes: number
  readonly maxFiles: number
  /** Whose bodies are logged. */
  readonly capture: 'keys-file' | 'all' | 'none'
}

/** Proxies towards upstreams; the URLs may carry credentials. */
export interface ProxyConfig {
  readonly httpProxy?: string
  readonly httpsProxy?: string
  readonly noProxy: readonly string[]
}
