import type { UpstreamDialectId } from '../core/dialect-id.ts'
import type { CapabilitiesConfig } from './capabilities.ts'
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
  readonly database: DatabaseConfig
  readonly vault: VaultConfig
  readonly admin: AdminConfig
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
  readonly source: 'keys-file' | 'config' | 'demo' | 'local' | 'store'
  readonly teamId?: string
  /** What its team may call: both lists must have the model. */
  readonly teamModels?: readonly string[]
  /** Endpoints it may call, `prefix*` allowed; all if absent. */
  readonly endpoints?: readonly string[]
  readonly teamEndpoints?: readonly string[]
  /** From then on it is refused. */
  readonly expiresAtMs?: number
  /** The only account this key uses; without it the model decides. */
  readonly accountId?: string
  /** Models it may call, `prefix*` allowed; all if absent. */
  readonly models?: readonly string[]
  /** Null is no limit. Already null for every key while the quota is switched off. */
  readonly quotaPerHour: number | null
  readonly passthrough: boolean
  /** What cannot be converted exactly is refused. */
  readonly strict: boolean
  readonly permissions: readonly ('read' | 'write')[]
  readonly status: Status
  readonly modelRoutes?: ModelRoutesConfig
}

export interface AccountConfig {
  /** Unique; never contains the secret. */
  readonly id: string
  readonly name: string
  readonly type: 'api-key' | 'oauth' | CloudConfig['type']
  /** Set for the types that are clouds. */
  readonly cloud?: CloudConfig
  /** Lower case; not necessarily a provider that we know. */
  readonly provider: string
  /** Empty for an upstream that wants none. */
  readonly apiKey: string
  /** Without trailing slash. */
  readonly baseUrl?: string
  readonly dialect?: UpstreamDialectId
  readonly models?: readonly string[]
  /** Go with every request; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** What its models accept, where the operator knows better. */
  readonly capabilities?: CapabilitiesConfig
  /** Its share among accounts of the same priority; 0 only when no other is left. One where absent. */
  readonly weight?: number
  /** Higher ones first; 0 where absent. */
  readonly priority?: number
  readonly region?: string
  /** Made through the admin API: connections to private networks are refused. */
  readonly isPublicOnly?: boolean
  /** Overrides of the provider's sign-in, for accounts of type `oauth`. */
  readonly oauth?: Readonly<Record<string, unknown>>
  readonly status: Status
  readonly source: 'keys-file' | 'config' | 'environment' | 'simulated' | 'store'
}

/** Credentials of a cloud. What is absent is found on the machine, as the cloud's own tools do. */
export type CloudConfig =
  | {
      readonly type: 'aws'
      readonly region: string
      readonly accessKeyId?: string
      readonly secretAccessKey?: string
      readonly sessionToken?: string
      readonly profile?: string
    }
  | {
      readonly type: 'google'
      readonly project: string
      readonly location: string
      readonly credentialsFile?: string
      readonly credentialsJson?: string
    }
  | {
      readonly type: 'azure'
      readonly tenantId?: string
      readonly clientId?: string
      readonly clientSecret?: string
    }

export type Status = 'active' | 'disabled'

export interface ProviderConfig {
  readonly baseUrl?: string
  readonly dialect?: UpstreamDialectId
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
  /** What cannot be converted exactly is refused. */
  readonly strict: boolean
  readonly capabilities?: CapabilitiesConfig
  readonly description?: string
}

export interface DatabaseConfig {
  /** PostgreSQL, password included; without it SQLite in the home folder. */
  readonly url?: string
  readonly queryTimeoutMs: number
  readonly poolSize: number
  readonly offlineGraceMs: number
}

/** The master key as it was given; without any, it is `master.key` in the home folder. */
export interface VaultConfig {
  readonly key?: string
  readonly keyFile?: string
  readonly previousKey?: string
  readonly previousKeyFile?: string
}

export interface AdminConfig {
  readonly enabled: boolean
  readonly token?: string
  readonly allowPrivateUpstreams: boolean
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
