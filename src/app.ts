import type { FastifyInstance } from 'fastify'
import { accountSecrets } from './config/account-secrets.ts'
import type { Config } from './config/config.ts'
import { watchConfig } from './config/watch.ts'
import type { Stored } from './control/running-store.ts'
import { StoreKeeper, withoutStored, withStored } from './control/store-keeper.ts'
import { VERSION } from './core/version.ts'
import type { AdminApp } from './http/admin-gate.ts'
import { drainable } from './http/drain.ts'
import { refuseOpenDoor } from './http/open-door.ts'
import { buildServer } from './http/server.ts'
import { readCertificate, useCertificate } from './http/tls.ts'
import { PriceBook } from './ledger/price-book.ts'
import { RequestQuota } from './limits/request-quota.ts'
import { Credentials } from './pipeline/credentials.ts'
import type { Gateway } from './pipeline/gateway.ts'
import { HealthBoard } from './pipeline/health-board.ts'
import { startHealthChecks } from './pipeline/health-checks.ts'
import { SignatureMemory } from './pipeline/signature-memory.ts'
import { describeLostRoutes, describeUnusable, type Snapshot } from './pipeline/snapshot.ts'
import { openConnections, State } from './pipeline/state.ts'
import { Rotation } from './routing/rotation.ts'
import { createInteractionLog } from './telemetry/interaction-log.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { createRedactor, type Redactor } from './telemetry/redact.ts'
import { createStandingWarnings, type StandingWarning } from './telemetry/standing-warnings.ts'
import type { UpstreamConnections } from './upstream/connections.ts'

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
  const redactor = createRedactor(accountSecrets(declared))
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
  /** What files and environment say; the newest that is valid. */
  declared: Config
  readonly redactor: Redactor
  readonly logger: Logger
  readonly keeper: StoreKeeper
  readonly follower: Follower
}

async function serve(ground: Ground): Promise<App> {
  const { options, redactor, logger, keeper, follower } = ground
  const storedAtStart = keeper.stored
  const config = await complete(ground)
  refuseOpenDoor(config, keeper.stored.hasKeys)
  redactor.update(accountSecrets(config))
  const credentials = new Credentials((account) => keeper.credentialOf(account))
  const state = new State(config, credentials, keeper.stored)
  follower.connections = () => state.current.connections
  const metrics = createMetrics({ keyLabels: config.metrics.keyLabels, version: VERSION })
  const interactions = await openInteractionLog(config, options, { redactor, logger, metrics })
  const gateway = buildGateway(ground, state, { metrics, interactions })
  let isDraining = false
  const server = await buildServer({
    gateway,
    tls: await readCertificate(config),
    isDraining: () => isDraining,
    createAdmin: () => createAdmin(ground, gateway),
  })
  const drain = drainable(server)
  const url = await server.listen({ host: config.server.host, port: config.server.port })
  const tell = createStandingWarnings(logger)
  tell(warningsOf(state.current.snapshot, keeper.stored))
  const stopFollowing = followChanges(ground, { gateway, state, server, atStart: config, tell })
  // what changed while everything was being built
  if (keeper.stored !== storedAtStart) void follower.refresh()
  const stopChecks = startHealthChecks(gateway)
  const close = async () => {
    isDraining = true
    stopFollowing()
    stopChecks()
    await drain(state.current.snapshot.config.server.shutdownTimeoutMs)
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

/** What is declared, with what the store adds, and with something to start with where both are empty. */
async function complete({ options, declared, keeper }: Ground): Promise<Config> {
  const config = withStored(declared, keeper.stored)
  return (await options.complete?.(config, keeper.stored.hasKeys)) ?? config
}

function buildGateway(
  { keeper, logger, redactor }: Ground,
  state: State,
  telemetry: Pick<Gateway, 'metrics' | 'interactions'>,
): Gateway {
  return {
    current: () => state.current,
    storedKeys: () => keeper.keys,
    quota: new RequestQuota(),
    prices: new PriceBook(),
    health: new HealthBoard(Date.now),
    signatures: new SignatureMemory(Date.now),
    rotation: new Rotation(),
    ...telemetry,
    logger,
    redactor,
    now: Date.now,
  }
}

async function createAdmin(ground: Ground, gateway: Gateway): Promise<AdminApp> {
  const { keeper, options } = ground
  const { createAdminApp } = await import('./admin/admin-app.ts')
  return await createAdminApp({
    gateway,
    openStore: () => keeper.open(),
    config: () => withoutStored(gateway.current().snapshot.config, ground.declared),
    credentialOf: (account) => keeper.credentialOf(account),
    showToken: options.showAdminToken,
  })
}

interface Parts {
  readonly gateway: Gateway
  readonly state: State
  readonly server: FastifyInstance
  readonly atStart: Config
  readonly tell: (warnings: readonly StandingWarning[]) => void
}

/** Puts in force what files and store come to say, until the returned function is called. */
function followChanges(ground: Ground, parts: Parts): () => void {
  const { options, follower, keeper, logger } = ground
  // one after the other: an older state of affairs must not win over a newer one
  let applying = Promise.resolve()
  follower.refresh = () => {
    applying = applying.then(async () => await applyConfig(parts, await complete(ground), keeper.stored))
    applying = applying.catch((error: unknown) => logger.error({ err: error }, 'a change cannot be applied'))
    return applying
  }
  const watcher = watchConfig(ground.declared.files, options.load, {
    onChange: (next) => {
      ground.declared = next
      void follower.refresh()
    },
    onInvalid: (error) => {
      parts.gateway.metrics.configReloaded('rejected')
      logger.error({ err: error }, 'the changed configuration is not valid; the one in force stays')
    },
  })
  return () => watcher.close()
}

async function applyConfig(parts: Parts, config: Config, stored: Stored): Promise<void> {
  const { gateway, state, server, atStart, tell } = parts
  const { logger, metrics, redactor } = gateway
  const before = state.current.snapshot.config
  try {
    const certificate = await readCertificate(config)
    state.swap(config, stored)
    // answers that are under way may still quote the secrets of before
    redactor.update([...accountSecrets(before), ...accountSecrets(config)])
    useCertificate(server, certificate)
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
  tell(warningsOf(snapshot, stored))
  if (needsRestart(before, config) && needsRestart(atStart, config))
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

function warningsOf(snapshot: Snapshot, stored: Stored): StandingWarning[] {
  const warnings = [
    ...snapshot.config.warnings.map(({ message }) => message),
    ...describeUnusable(snapshot),
    ...describeLostRoutes(snapshot),
  ]
  return [
    ...stored.problems.map((message) => ({ level: 'error', message }) as const),
    ...warnings.map((message) => ({ level: 'warn', message }) as const),
  ]
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
