import { readFile } from 'node:fs/promises'
import { createSecureContext, Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { DEMO_KEY } from './config/additions.ts'
import type { CloudConfig, Config } from './config/config.ts'
import { watchConfig } from './config/watch.ts'
import type { Stored } from './control/running-store.ts'
import { StoreKeeper, withoutStored, withStored } from './control/store-keeper.ts'
import { VERSION } from './core/version.ts'
import { buildServer } from './http/server.ts'
import { trackUnusedConnections } from './http/unused-connections.ts'
import { PriceBook } from './ledger/price-book.ts'
import { RequestQuota } from './limits/request-quota.ts'
import { Credentials } from './pipeline/credentials.ts'
import type { Gateway } from './pipeline/gateway.ts'
import { HealthBoard } from './pipeline/health-board.ts'
import { startHealthChecks } from './pipeline/health-checks.ts'
import { SignatureMemory } from './pipeline/signature-memory.ts'
import { buildSnapshot, describeUnknownProviders, type Snapshot } from './pipeline/snapshot.ts'
import { Rotation } from './routing/rotation.ts'
import { createInteractionLog } from './telemetry/interaction-log.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { createRedactor, type Redactor } from './telemetry/redact.ts'
import { UpstreamConnections } from './upstream/connections.ts'

export interface AppOptions {
  /** Reads the configuration: once now, and again whenever one of its files changes. Rejects with ConfigError. */
  readonly load: () => Promise<Config>
  /** Adds what one can start with where nothing was configured, neither in files nor at run time. */
  readonly complete?: (config: Config, hasStoredKeys: boolean) => Promise<Config>
  /** File descriptor of the interaction log; 1, stdout, unless told otherwise. */
  readonly interactionDescriptor?: number
  /** Shows whoever started the gateway an admin token that was just made, once. Without it none is made here. */
  readonly showAdminToken?: (token: string) => void
}

export interface App {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly config: Config
  /** The operational log, on stderr, without secrets. */
  readonly logger: Logger
  /** Stops accepting, lets running answers finish until the configured deadline, flushes logs. */
  close(): Promise<void>
}

/** Builds every part once, listens, and follows the configuration. Rejects where configuration, store or port do not allow it. */
export async function startApp(options: AppOptions): Promise<App> {
  const declared = await options.load()
  const redactor = createRedactor(secretsOf(declared))
  const { level, format } = declared.logging
  const logger = createLogger({ level, format, redact: redactor })
  // the store is opened before there is anything that could follow it
  const follower: Follower = { refresh: async () => {}, connections: () => openConnections(declared) }
  const keeper = new StoreKeeper(declared, {
    logger,
    now: Date.now,
    onChange: () => void follower.refresh(),
    connections: () => follower.connections(),
  })
  try {
    await keeper.start()
    await makeAdminToken(declared, keeper, options)
    return await serve({ options, declared, redactor, logger, keeper, follower })
  } catch (error) {
    // its connections would keep the process alive
    await keeper.close()
    throw error
  }
}

/** What the store is told of once it exists. */
interface Follower {
  refresh: () => Promise<void>
  connections: () => UpstreamConnections
}

interface Ground {
  readonly options: AppOptions
  readonly declared: Config
  readonly redactor: Redactor
  readonly logger: Logger
  readonly keeper: StoreKeeper
  readonly follower: Follower
}

async function serve(ground: Ground): Promise<App> {
  const { options, redactor, logger, keeper, follower } = ground
  let { declared } = ground
  const complete = async () => {
    const config = withStored(declared, keeper.stored)
    return (await options.complete?.(config, keeper.stored.hasKeys)) ?? config
  }
  const storedAtStart = keeper.stored
  const config = await complete()
  refuseOpenDoor(config, keeper.stored)
  redactor.update(secretsOf(config))
  const credentials = new Credentials((account) => keeper.credentialOf(account))
  const state = new State(config, credentials, keeper.stored)
  follower.connections = () => state.current.connections
  const metrics = createMetrics({ keyLabels: config.metrics.keyLabels, version: VERSION })
  const interactions = await openInteractionLog(config, options, { redactor, logger, metrics })
  const gateway: Gateway = {
    current: () => state.current,
    storedKeys: () => keeper.keys,
    quota: new RequestQuota(),
    prices: new PriceBook(),
    health: new HealthBoard(Date.now),
    signatures: new SignatureMemory(Date.now),
    rotation: new Rotation(),
    metrics,
    interactions,
    logger,
    redactor,
    now: Date.now,
  }
  const createAdmin = async () => {
    const { createAdminApp } = await import('./admin/admin-app.ts')
    return await createAdminApp({
      gateway,
      openStore: () => keeper.open(),
      config: () => withoutStored(state.current.snapshot.config, declared),
      credentialOf: (account) => keeper.credentialOf(account),
      showToken: options.showAdminToken,
    })
  }
  let isDraining = false
  const tls = await readTls(config)
  const server = await buildServer({ gateway, tls, isDraining: () => isDraining, createAdmin })
  const closeUnused = trackUnusedConnections(server.server)
  const url = await server.listen({ host: config.server.host, port: config.server.port })
  warn(logger, state.current.snapshot, keeper.stored)
  const parts = { gateway, state, redactor, server }
  // one after the other: an older state of affairs must not win over a newer one
  let applying = Promise.resolve()
  follower.refresh = () => {
    applying = applying.then(async () => await applyConfig(parts, await complete(), keeper.stored))
    applying = applying.catch((error: unknown) => logger.error({ err: error }, 'a change cannot be applied'))
    return applying
  }
  // what changed while everything was being built
  if (keeper.stored !== storedAtStart) void follower.refresh()
  const stopChecks = startHealthChecks(gateway)
  const watcher = watchConfig(declared.files, options.load, {
    onChange: (next) => {
      declared = next
      void follower.refresh()
    },
    onInvalid: (error) => {
      metrics.configReloaded('rejected')
      logger.error({ err: error }, 'the changed configuration is not valid; the one in force stays')
    },
  })
  const close = async () => {
    isDraining = true
    watcher.close()
    stopChecks()
    await drain(server, closeUnused, state.current.snapshot.config.server.shutdownTimeoutMs)
    await keeper.close()
    await state.close()
    metrics.close()
    await interactions.close()
  }
  let closing: Promise<void> | undefined
  return {
    url,
    logger,
    get config() {
      return state.current.snapshot.config
    },
    // whoever asks a second time waits for the same end
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** At the first start with a store. Where there is none yet, the admin API makes both when it is first asked for something. */
async function makeAdminToken({ admin }: Config, keeper: StoreKeeper, options: AppOptions): Promise<void> {
  const { showAdminToken } = options
  const isWanted = admin.enabled && admin.token === undefined && keeper.keys !== undefined
  if (!isWanted || showAdminToken === undefined) return
  const { ensureAdminToken } = await import('./control/admin-token.ts')
  const { store } = await keeper.open()
  const token = await ensureAdminToken(store.db, Date.now)
  if (token !== undefined) showAdminToken(token)
}

/** The configuration in force with its connections. Swapped as one, so that no request ever sees half of each. */
class State {
  #snapshot: Snapshot
  #connections: UpstreamConnections
  readonly #credentials: Credentials

  constructor(config: Config, credentials: Credentials, { unusable }: Stored) {
    this.#credentials = credentials
    this.#snapshot = buildSnapshot(config, this.#credentials, unusable)
    this.#connections = openConnections(config)
  }

  get current(): { readonly snapshot: Snapshot; readonly connections: UpstreamConnections } {
    return { snapshot: this.#snapshot, connections: this.#connections }
  }

  swap(config: Config, { unusable }: Stored): void {
    const before = this.#snapshot.config
    // built first: what throws must leave everything as it was
    const snapshot = buildSnapshot(config, this.#credentials, unusable)
    const hasOtherWays =
      JSON.stringify([before.proxy, before.environment]) !==
      JSON.stringify([config.proxy, config.environment])
    this.#snapshot = snapshot
    if (!hasOtherWays) return
    const old = this.#connections
    this.#connections = openConnections(config)
    void old.close()
  }

  close(): Promise<void> {
    return this.#connections.close()
  }
}

function openConnections({ proxy, environment }: Config): UpstreamConnections {
  return new UpstreamConnections({
    connectTimeoutMs: proxy.connectTimeoutMs + proxy.tlsTimeoutMs,
    idleConnectionTimeoutMs: proxy.idleConnectionTimeoutMs,
    http2: proxy.http2,
    httpProxy: environment.httpProxy,
    httpsProxy: environment.httpsProxy,
    noProxy: environment.noProxy.join(','),
  })
}

interface Parts {
  readonly gateway: Gateway
  readonly state: State
  readonly redactor: Redactor
  readonly server: FastifyInstance
}

async function applyConfig(
  { gateway, state, redactor, server }: Parts,
  config: Config,
  stored: Stored,
): Promise<void> {
  const { logger, metrics } = gateway
  const before = state.current.snapshot.config
  try {
    const tls = await readTls(config)
    // a certificate that does not fit its key must leave everything as it was
    if (tls !== undefined) createSecureContext(tls)
    state.swap(config, stored)
    // answers that are under way may still quote the secrets of before
    redactor.update([...secretsOf(before), ...secretsOf(config)])
    if (tls !== undefined && server.server instanceof TlsServer) server.server.setSecureContext(tls)
  } catch (error) {
    metrics.configReloaded('rejected')
    logger.error({ err: error }, 'the changed configuration cannot be used; the one in force stays')
    return
  }
  const { snapshot } = state.current
  gateway.quota.retain(snapshot.keys.ids, gateway.now())
  gateway.health.retain(new Set(snapshot.accounts.map(({ id }) => id)))
  metrics.configReloaded('ok')
  logger.info({ keys: config.virtualKeys.length, accounts: config.accounts.length }, 'configuration reloaded')
  warn(logger, snapshot, stored)
  if (needsRestart(before, config))
    logger.warn('settings of server, logging, database or vault changed: they take effect after a restart')
}

function needsRestart(before: Config, after: Config): boolean {
  const fixed = ({ database, server, logging, metrics, vault }: Config) =>
    JSON.stringify([
      { ...server, shutdownTimeoutMs: 0 },
      { ...logging, capture: '' },
      metrics,
      database,
      vault,
    ])
  return fixed(before) !== fixed(after)
}

function warn(logger: Logger, snapshot: Snapshot, stored: Stored): void {
  for (const { message } of snapshot.config.warnings) logger.warn(message)
  for (const message of stored.problems) logger.error(message)
  for (const message of describeUnknownProviders(snapshot)) logger.warn(message)
}

function secretsOf(config: Config): string[] {
  const accounts = config.accounts.filter(({ source }) => source !== 'simulated')
  return accounts.flatMap(({ apiKey, cloud }) => [apiKey, ...cloudSecrets(cloud)])
}

function cloudSecrets(cloud: CloudConfig | undefined): string[] {
  if (cloud?.type === 'aws') return [cloud.secretAccessKey ?? '', cloud.sessionToken ?? '']
  return cloud?.type === 'azure' ? [cloud.clientSecret ?? ''] : []
}

function openInteractionLog(
  { logging }: Config,
  options: AppOptions,
  { redactor, logger, metrics }: { redactor: Redactor; logger: Logger; metrics: Metrics },
): ReturnType<typeof createInteractionLog> {
  return createInteractionLog({
    format: logging.format,
    redact: redactor,
    logger,
    onFailure: () => metrics.logWriteFailed(),
    ...(options.interactionDescriptor === undefined ? {} : { stdout: options.interactionDescriptor }),
    ...(logging.toFile
      ? { file: { path: logging.file, maxSizeBytes: logging.maxSizeBytes, maxFiles: logging.maxFiles } }
      : {}),
  })
}

async function readTls({ server }: Config): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  if (server.tls === undefined) return undefined
  const [cert, key] = await Promise.all([readFile(server.tls.certFile), readFile(server.tls.keyFile)])
  return { cert, key }
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i

/** Beyond this machine, a key that everybody knows, or none at all, is no authentication. */
function refuseOpenDoor({ server, virtualKeys }: Config, { hasKeys }: Stored): void {
  if (LOOPBACK.test(server.host)) return
  if (hasKeys || virtualKeys.some(({ source }) => source !== 'demo')) return
  throw new Error(
    `Refusing to listen on ${server.host}: without virtual keys of your own, anybody who reaches this port could use the gateway ` +
      `(the demo key "${DEMO_KEY}" is public). Make keys (llm-gateway apikey add, keys.json, config.yaml), or listen on 127.0.0.1.`,
  )
}

/** Fastify waits for what is under way; past the deadline its connections are cut. */
async function drain(server: FastifyInstance, closeUnused: () => void, timeoutMs: number): Promise<void> {
  const http = server.server
  // connections that fall idle after the close began would otherwise hold it up until their keep-alive ends
  const sweep = setInterval(() => {
    http.closeIdleConnections()
    closeUnused()
  }, 100)
  const deadline = setTimeout(() => http.closeAllConnections(), timeoutMs)
  try {
    await server.close()
  } finally {
    clearInterval(sweep)
    clearTimeout(deadline)
  }
}
