import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountConfig, Config } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { StoredKeys } from '../keys/stored-keys.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Credential } from '../upstream/credential.ts'
import type { OAuthSurroundings, TokenSources } from './oauth-accounts.ts'
import type { RunningStore, Stored } from './running-store.ts'
import { signedOut } from './signed-out.ts'

export interface StoreKeeperOptions {
  readonly logger: Logger
  readonly now: Clock
  /** What the store holds has changed. */
  readonly onChange: () => void
  readonly connections: OAuthSurroundings['connections']
}

/** A command that makes the first key or account must be noticed by a gateway that runs without a store so far. */
const LOOK_EVERY_MS = 300

const NOTHING_STORED: Stored = { accounts: [], routes: [], hasKeys: false, problems: [], unusable: new Map() }

/**
 * The store of a running gateway: opened at the start where there is one, as soon as somebody makes one, or when the admin API is first
 * used. Without one nothing of it is loaded. What was read last holds while the database does not answer.
 */
export class StoreKeeper {
  readonly #options: StoreKeeperOptions
  readonly #config: Config
  #opening: Promise<RunningStore> | undefined
  #running: RunningStore | undefined
  #stored = NOTHING_STORED
  #sources: TokenSources | undefined
  #lockedReason: GatewayError | undefined
  #reading: Promise<void> | undefined
  #mustReadAgain = false
  #lookout: NodeJS.Timeout | undefined

  constructor(config: Config, options: StoreKeeperOptions) {
    this.#config = config
    this.#options = options
  }

  /** What was read last. */
  get stored(): Stored {
    return this.#stored
  }

  get keys(): StoredKeys | undefined {
    return this.#running?.keys
  }

  /** The tokens of an account that somebody has to sign in to. */
  credentialOf(account: AccountConfig): Credential {
    try {
      const source = this.#sources?.of(account)
      if (source !== undefined) return source
    } catch (thrown) {
      return signedOut(toGatewayError(thrown))
    }
    if (this.#lockedReason !== undefined) return signedOut(this.#lockedReason)
    const message = `Nobody is signed in to the account "${account.name}": its operator has to.`
    return signedOut(new GatewayError('upstream_credentials_rejected', message))
  }

  /** Rejects where there is a store that cannot be used. */
  async start(): Promise<void> {
    if (this.#exists()) {
      await this.open()
      return
    }
    this.#lookout = setInterval(() => {
      if (this.#exists()) void this.open().catch((error: unknown) => this.#report(error))
    }, LOOK_EVERY_MS).unref()
  }

  /** The store, made where there is none. Rejects with `store_unavailable` and the like. */
  async open(): Promise<RunningStore> {
    this.#opening ??= this.#open()
    try {
      return await this.#opening
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#lookout)
    const running = await this.#opening?.catch(() => undefined)
    await this.#reading
    await running?.close()
  }

  #exists(): boolean {
    const { database, homeFolder } = this.#config
    return database.url !== undefined || existsSync(join(homeFolder, 'gateway.db'))
  }

  async #open(): Promise<RunningStore> {
    const { RunningStore: Opened } = await import('./running-store.ts')
    const { logger, now } = this.#options
    const running = await Opened.open({
      config: this.#config,
      now,
      onError: (error) => this.#report(error),
      onMasterKeyMade: (file) =>
        logger.warn({ file }, 'a master key was made: back it up, sealed credentials are lost without it'),
    })
    clearInterval(this.#lookout)
    // watched first: what changes after the first reading is read again
    running.watch(() => this.#changed())
    this.#stored = await this.#load(running)
    this.#running = running
    this.#options.onChange()
    return running
  }

  /** Several changes in a row are one reading, and none is missed. */
  #changed(): void {
    if (this.#running === undefined) return
    if (this.#reading !== undefined) {
      this.#mustReadAgain = true
      return
    }
    this.#reading = this.#read(this.#running).finally(() => {
      this.#reading = undefined
      if (!this.#mustReadAgain) return
      this.#mustReadAgain = false
      this.#changed()
    })
  }

  async #read(running: RunningStore): Promise<void> {
    try {
      this.#stored = await this.#load(running)
      this.#options.onChange()
    } catch (error) {
      this.#report(error)
    }
  }

  async #load(running: RunningStore): Promise<Stored> {
    const stored = await running.load()
    const accounts = [...this.#config.accounts, ...stored.accounts]
    if (accounts.some(({ type }) => type === 'oauth')) await this.#followTokens(running)
    return stored
  }

  async #followTokens(running: RunningStore): Promise<void> {
    const { connections, now } = this.#options
    try {
      if (this.#sources === undefined) {
        const { TokenSources: Sources } = await import('./oauth-accounts.ts')
        const vault = await running.vault()
        this.#sources = new Sources({ db: running.store.db, vault, now, connections })
      }
      await this.#sources.reload()
      this.#lockedReason = undefined
    } catch (thrown) {
      this.#lockedReason = toGatewayError(thrown)
      this.#report(thrown)
    }
  }

  #report(error: unknown): void {
    this.#options.logger.error({ err: error }, 'the store cannot be used at the moment')
  }
}

/** The configuration with what the store adds to it. */
export function withStored(config: Config, stored: Stored): Config {
  if (stored.accounts.length === 0 && stored.routes.length === 0) return config
  return {
    ...config,
    accounts: [...config.accounts, ...stored.accounts],
    modelRoutes: { ...config.modelRoutes, routes: [...stored.routes, ...config.modelRoutes.routes] },
  }
}

/** A configuration in force without what the store added to the one that was declared. */
export function withoutStored(config: Config, declared: Config): Config {
  const accounts = config.accounts.filter((account) => account.source !== 'store')
  return { ...config, accounts, modelRoutes: declared.modelRoutes }
}
