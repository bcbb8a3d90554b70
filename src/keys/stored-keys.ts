import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { VirtualKey } from './directory.ts'
import { hashSecret, hasSoundForm } from './secret.ts'

export interface StoredKeysOptions {
  /** Asks the store. Rejects with `store_unavailable` where it does not answer. */
  readonly find: (secretSha256: string) => Promise<VirtualKey | undefined>
  /** When the store last answered anything: until then nothing that we know can have changed unnoticed. */
  readonly confirmedAtMs: () => number
  /** How long what we know holds while the store does not answer. */
  readonly offlineGraceMs: number
  readonly now: Clock
}

/** What was learnt of one secret; `key` is undefined where nobody issued it. */
interface Learnt {
  readonly key: VirtualKey | undefined
  readonly generation: number
}

const MAX_KEYS = 20_000
const MAX_UNKNOWN = 50_000
/** Secrets never seen before that are asked for at the same time: a flood of guesses costs no more than this. */
const MAX_LOOKUPS = 500

/**
 * Keys of the store, in memory after their first use. `forget` after a change makes every key be looked up once more; a store that
 * does not answer then leaves known keys as they were, for a bounded time.
 */
export class StoredKeys {
  readonly #options: StoredKeysOptions
  readonly #known = new LRUCache<string, Learnt>({ max: MAX_KEYS })
  readonly #unknown = new LRUCache<string, Learnt>({ max: MAX_UNKNOWN })
  readonly #lookups = new Map<string, Promise<VirtualKey | undefined>>()
  #used = new Map<string, number>()
  #generation = 0

  constructor(options: StoredKeysOptions) {
    this.#options = options
  }

  /** The key with this secret, at once where it is known. Rejects with `store_unavailable` where nobody can say. */
  find(
    secret: string,
    hash: string = hashSecret(secret),
  ): VirtualKey | undefined | Promise<VirtualKey | undefined> {
    if (!hasSoundForm(secret)) return undefined
    const learnt = this.#known.get(hash) ?? this.#unknown.get(hash)
    if (learnt === undefined || learnt.generation !== this.#generation || !this.#isConfirmed())
      return this.#lookUp(hash)
    return this.#noted(learnt.key)
  }

  /** The store has changed: whatever is known is asked for once more. */
  forget(): void {
    this.#generation++
  }

  /** When keys were last used, by id, since this was last asked. */
  takeUses(): ReadonlyMap<string, number> {
    const used = this.#used
    this.#used = new Map()
    return used
  }

  #isConfirmed(): boolean {
    const { confirmedAtMs, now, offlineGraceMs } = this.#options
    return now() - confirmedAtMs() <= offlineGraceMs
  }

  #noted(key: VirtualKey | undefined): VirtualKey | undefined {
    if (key !== undefined) this.#used.set(key.id, this.#options.now())
    return key
  }

  async #lookUp(hash: string): Promise<VirtualKey | undefined> {
    const running = this.#lookups.get(hash)
    if (running === undefined && this.#lookups.size >= MAX_LOOKUPS && !this.#known.has(hash)) {
      const message = 'Too many unknown keys are being looked up at the moment. Try again.'
      throw new GatewayError('overloaded', message, { retryAfterMs: 1000 })
    }
    const lookup = running ?? this.#ask(hash)
    return this.#noted(await lookup)
  }

  #ask(hash: string): Promise<VirtualKey | undefined> {
    const generation = this.#generation
    const lookup = this.#options
      .find(hash)
      .then((key) => this.#learn(hash, { key, generation }))
      .catch((error: unknown) => this.#remember(hash, error))
      .finally(() => this.#lookups.delete(hash))
    this.#lookups.set(hash, lookup)
    return lookup
  }

  #learn(hash: string, learnt: Learnt): VirtualKey | undefined {
    const [cache, other] =
      learnt.key === undefined ? [this.#unknown, this.#known] : [this.#known, this.#unknown]
    other.delete(hash)
    cache.set(hash, learnt)
    return learnt.key
  }

  /** Without the store, what was known of a key holds for a while. What was not known stays open: the key may have been issued since. */
  #remember(hash: string, error: unknown): VirtualKey {
    const key = this.#known.get(hash)?.key
    if (key === undefined || !this.#isConfirmed()) throw error
    return key
  }
}
