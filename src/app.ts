import { readFile } from 'node:fs/promises'
import { createSecureContext, Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { DEMO_KEY } from './config/additions.ts'
import type { Config } from './config/config.ts'
import { watchConfig } from './config/watch.ts'
import { VERSION } from './core/version.ts'
import { buildServer } from './http/server.ts'
import { trackUnusedConnections } from './http/unused-connections.ts'
import { PriceBook } from './ledger/price-book.ts'
import { RequestQuota } from './limits/request-quota.ts'
import type { Gateway } from './pipeline/gateway.ts'
import { HealthBoard } from './pipeline/health-board.ts'
import { startHealthChecks } from './pipeline/health-checks.ts'
import { buildSnapshot, describeUnknownProviders, type Snapshot } from './pipeline/snapshot.ts'
import { createInteractionLog } from './telemetry/interaction-log.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { createRedactor, type Redactor } from './telemetry/redact.ts'
import { UpstreamConnections } from './upstream/connections.ts'

export interface AppOptions {
  /** Reads the configuration: once now, and again whenever one of its files changes. Rejects with ConfigError. */
  readonly load: () => Promise<Config>
  /** File descriptor of the interaction log; 1, stdout, unless told otherwise. */
  readonly interactionDescriptor?: number
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

/** Builds every part once, listens, and follows the configuration. Rejects where configuration or port do not allow it. */
export async function startApp(options: AppOptions): Promise<App> {
  const config = await options.load()
  refuseOpenDoor(config)
  const state = new State(config)
  const redactor = createRedactor(secretsOf(config))
  const logger = createLogger({
    level: config.logging.level,
    format: config.logging.format,
    redact: redactor,
  })
  const metrics = createMetrics({ keyLabels: config.metrics.keyLabels, version: VERSION })
  const interactions = await openInteractionLog(config, options, { redactor, logger, metrics })
  const gateway: Gateway = {
    current: () => state.current,
    quota: new RequestQuota(),
    prices: new PriceBook(),
    health: new HealthBoard(Date.now),
    metrics,
    interactions,
    logger,
    redactor,
    now: Date.now,
  }
  let isDraining = false
  const server = await buildServer({ gateway, tls: await readTls(config), isDraining: () => isDraining })
  const closeUnused = trackUnusedConnections(server.server)
  const url = await server.listen({ host: config.server.host, port: config.server.port })
  warn(logger, state.current.snapshot)
  const stopChecks = startHealthChecks(gateway)
  const watcher = watchConfig(config.files, options.load, {
    onChange: (next) => void applyConfig({ gateway, state, redactor, server }, next),
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

/** The configuration in force with its connections. Swapped as one, so that no request ever sees half of each. */
class State {
  #snapshot: Snapshot
  #connections: UpstreamConnections

  constructor(config: Config) {
    this.#snapshot = buildSnapshot(config)
    this.#connections = openConnections(config)
  }

  get current(): { readonly snapshot: Snapshot; readonly connections: UpstreamConnections } {
    return { snapshot: this.#snapshot, connections: this.#connections }
  }

  swap(config: Config): void {
    const before = this.#snapshot.config
    // built first: what throws must leave everything as it was
    const snapshot = buildSnapshot(config)
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

async function applyConfig({ gateway, state, redactor, server }: Parts, config: Config): Promise<void> {
  const { logger, metrics } = gateway
  const before = state.current.snapshot.config
  try {
    const tls = await readTls(config)
    // a certificate that does not fit its key must leave everything as it was
    if (tls !== undefined) createSecureContext(tls)
    state.swap(config)
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
  warn(logger, snapshot)
  if (needsRestart(before, config))
    logger.warn('server and logging settings changed: they take effect after a restart')
}

function needsRestart(before: Config, after: Config): boolean {
  const fixed = ({ server, logging, metrics }: Config) =>
    JSON.stringify([{ ...server, shutdownTimeoutMs: 0 }, { ...logging, capture: '' }, metrics])
  return fixed(before) !== fixed(after)
}

function warn(logger: Logger, snapshot: Snapshot): void {
  for (const { message } of snapshot.config.warnings) logger.warn(message)
  for (const message of describeUnknownProviders(snapshot)) logger.warn(message)
}

function secretsOf(config: Config): string[] {
  return config.accounts.filter(({ source }) => source !== 'simulated').map(({ apiKey }) => apiKey)
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
function refuseOpenDoor({ server, virtualKeys }: Config): void {
  if (LOOPBACK.test(server.host)) return
  if (virtualKeys.some(({ source }) => source !== 'demo')) return
  throw new Error(
    `Refusing to listen on ${server.host}: without virtual keys of your own, anybody who reaches this port could use the gateway ` +
      `(the demo key "${DEMO_KEY}" is public). Configure keys (keys.json, config.yaml), or listen on 127.0.0.1.`,
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
