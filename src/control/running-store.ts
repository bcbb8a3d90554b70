import type { AccountConfig, Config, ModelRouteConfig } from '../config/config.ts'
import { present } from '../config/present.ts'
import { readModelRoute } from '../config/stored-entries.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { VirtualKey } from '../keys/directory.ts'
import { toVirtualKey } from '../keys/stored-key.ts'
import { StoredKeys } from '../keys/stored-keys.ts'
import { type AccountRecord, loadAccounts } from '../store/accounts.ts'
import { touchVirtualKeys } from '../store/key-usage.ts'
import { loadModelRoutes, type ModelRouteRecord } from '../store/model-routes.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { locateStore } from '../store/store-location.ts'
import { getTeam } from '../store/teams.ts'
import { findVirtualKeyByHash, listVirtualKeys, type VirtualKeyRecord } from '../store/virtual-keys.ts'
import { type StartedVault, startVault } from '../vault/start-vault.ts'
import type { Vault } from '../vault/vault.ts'
import { openSecrets, toAccountConfig } from './stored-account.ts'

/** What the store adds to the configuration. */
export interface Stored {
  readonly accounts: readonly AccountConfig[]
  readonly routes: readonly ModelRouteConfig[]
  readonly hasKeys: boolean
  /** What cannot be used, and why: for the operator. */
  readonly problems: readonly string[]
  /** Why accounts cannot be used, by their id. */
  readonly unusable: ReadonlyMap<string, GatewayError>
}

export interface RunningStoreOptions {
  readonly config: Pick<Config, 'database' | 'homeFolder' | 'vault'>
  readonly now: Clock
  readonly onError: (error: unknown) => void
  /** A master key was made: whoever runs the gateway must keep it. */
  readonly onMasterKeyMade: (file: string) => void
}

const USES_WRITTEN_EVERY_MS = 10_000

/** The store of a gateway or a command, migrated, with its vault and its keys. */
export class RunningStore {
  readonly store: Store
  readonly keys: StoredKeys
  readonly #options: RunningStoreOptions
  readonly #usesTimer: NodeJS.Timeout
  #vault: Promise<StartedVault> | undefined
  #confirmedAtMs: number
  #stopWatching: (() => void) | undefined

  /** Rejects with `store_unavailable`, or where the database is newer than this program. */
  static async open(options: RunningStoreOptions): Promise<RunningStore> {
    const { database, homeFolder } = options.config
    const store = await openStore({
      ...locateStore({ databaseUrl: database.url, homeFolder }),
      queryTimeoutMs: database.queryTimeoutMs,
      poolSize: database.poolSize,
      onError: options.onError,
    })
    try {
      await store.migrate()
    } catch (error) {
      await store.close()
      throw error
    }
    return new RunningStore(store, options)
  }

  private constructor(store: Store, options: RunningStoreOptions) {
    this.store = store
    this.#options = options
    this.#confirmedAtMs = options.now()
    this.keys = new StoredKeys({
      find: (hash) => this.#findKey(hash),
      confirmedAtMs: () => this.#confirmedAtMs,
      offlineGraceMs: options.config.database.offlineGraceMs,
      now: options.now,
    })
    this.#usesTimer = setInterval(() => void this.#writeUses(), USES_WRITTEN_EVERY_MS).unref()
  }

  /** The vault, made with its master key where there is none yet. Rejects with `vault_locked`; the next call tries anew. */
  vault = async (): Promise<Vault> => {
    this.#vault ??= this.#startVault()
    try {
      return (await this.#vault).vault
    } catch (error) {
      this.#vault = undefined
      throw error
    }
  }

  /** Calls back after changes, by whomever; keys are looked up anew then. */
  watch(onChange: () => void): void {
    this.#stopWatching = this.store.watch(() => {
      this.keys.forget()
      onChange()
    })
  }

  /** Reads everything that routing needs. What cannot be opened or used is left out, and told. */
  async load(): Promise<Stored> {
    const { db } = this.store
    const [records, routeRecords, keys] = await Promise.all([
      loadAccounts(db),
      loadModelRoutes(db),
      listVirtualKeys(db, { limit: 1 }),
    ])
    this.#confirmedAtMs = this.#options.now()
    const unusable = new Map<string, GatewayError>()
    const accounts = await this.#openAccounts(records, unusable)
    const problems = [...unusable.values()].map(({ message }) => message)
    const routes = routeRecords.flatMap((record) => toRoute(record, problems))
    return { accounts, routes, hasKeys: keys.items.length > 0, problems: [...new Set(problems)], unusable }
  }

  async close(): Promise<void> {
    clearInterval(this.#usesTimer)
    this.#stopWatching?.()
    await this.#writeUses()
    await this.store.close()
  }

  async #openAccounts(
    records: readonly AccountRecord[],
    unusable: Map<string, GatewayError>,
  ): Promise<AccountConfig[]> {
    const opened: AccountConfig[] = []
    for (const record of records) {
      try {
        const secrets = record.sealedCredential === null ? {} : openSecrets(record, await this.vault())
        opened.push(toAccountConfig(record, secrets))
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        const message = `The account "${record.name}" cannot be used: ${error.message}`
        unusable.set(record.id, new GatewayError(error.code, message, { cause: error }))
      }
    }
    return opened
  }

  async #findKey(hash: string) {
    const { db } = this.store
    const nowMs = this.#options.now()
    const record = await findVirtualKeyByHash(db, hash, nowMs)
    const team = record?.teamId == null ? undefined : await getTeam(db, record.teamId)
    this.#confirmedAtMs = nowMs
    return record && withoutGrace(toVirtualKey(record, team), record, hash)
  }

  async #startVault(): Promise<StartedVault> {
    const started = await startVault(this.store, this.#options.config)
    if (started.generatedFile !== undefined) this.#options.onMasterKeyMade(started.generatedFile)
    return started
  }

  async #writeUses(): Promise<void> {
    const uses = this.keys.takeUses()
    try {
      if (uses.size > 0) await touchVirtualKeys(this.store.db, uses)
      else await this.store.ping()
      this.#confirmedAtMs = this.#options.now()
    } catch (error) {
      this.#options.onError(error)
    }
  }
}

/** A key that was found by its secret of before: it is that secret's grace that ends. */
function withoutGrace(key: VirtualKey, record: VirtualKeyRecord, hash: string): VirtualKey {
  const { previousSecretSha256, previousUntilMs } = record
  if (hash !== previousSecretSha256 || previousUntilMs === null) return key
  return { ...key, expiresAtMs: Math.min(previousUntilMs, key.expiresAtMs ?? Number.POSITIVE_INFINITY) }
}

function toRoute(record: ModelRouteRecord, problems: string[]): ModelRouteConfig[] {
  try {
    const route = readModelRoute({
      id: record.id,
      source_model: record.sourceModel,
      priority: record.priority,
      enabled: record.isEnabled,
      strict: record.isStrict,
      ...present({
        target_model: record.targetModel ?? undefined,
        target_provider: record.targetProvider ?? undefined,
        capabilities: record.capabilities ?? undefined,
        description: record.description ?? undefined,
      }),
    })
    return [route]
  } catch (error) {
    problems.push(
      `The route "${record.id}" cannot be used: ${error instanceof Error ? error.message : 'unknown'}`,
    )
    return []
  }
}
