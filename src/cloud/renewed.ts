import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'

/** Something that is good until a moment, in milliseconds since the epoch; undefined means for ever. */
export interface Lease<Value> {
  readonly value: Value
  readonly expiresAtMs: number | undefined
}

/** A value this close to its end is not used any more: a request takes its time to arrive. */
const MARGIN_MS = 30_000
/** From here on the next one is fetched in the background, while requests go on with this one. */
const EARLY_MS = 5 * 60_000
/** After a failure in the background. */
const RETRY_AFTER_MS = 10_000
/** What was fetched so recently is newer than whatever an upstream may have refused. */
const FRESH_MS = 5000
const TIMEOUT_MS = 30_000

/** A value that expires, such as a token: fetched once for everybody who waits, and again in the background before it ends. */
export class Renewed<Value> {
  readonly #fetch: () => Promise<Lease<Value>>
  readonly #now: Clock
  #lease: Lease<Value> | undefined
  #before: Value | undefined
  #fetchedAtMs = 0
  #notBeforeMs = 0
  #flight: Promise<Value> | undefined

  constructor(fetch: () => Promise<Lease<Value>>, now: Clock) {
    this.#fetch = fetch
    this.#now = now
  }

  /** The value where there is one, else a promise of it. Rejects with what `fetch` rejects with, or `upstream_timeout`. */
  get(): Value | Promise<Value> {
    const lease = this.#lease
    const now = this.#now()
    if (lease === undefined || isOver(lease, now + MARGIN_MS)) return this.#fetchOnce()
    if (isOver(lease, now + this.#earlyMs(lease)) && now >= this.#notBeforeMs) {
      this.#fetchOnce().catch(() => {
        // requests that come meanwhile still have a good one
        this.#notBeforeMs = this.#now() + RETRY_AFTER_MS
      })
    }
    return lease.value
  }

  /** Replaces a value that was refused, unless somebody has just done so. False where that fails. */
  async renew(): Promise<boolean> {
    if (this.#flight === undefined && this.#now() - this.#fetchedAtMs < FRESH_MS) return true
    try {
      await this.#fetchOnce()
      return true
    } catch {
      return false
    }
  }

  /** What is in use, and what was before it: requests may still be under way with that. */
  values(): readonly Value[] {
    const current = this.#lease === undefined ? [] : [this.#lease.value]
    return this.#before === undefined ? current : [...current, this.#before]
  }

  /** A short-lived one is renewed when half of its life is over. */
  #earlyMs({ expiresAtMs = 0 }: Lease<Value>): number {
    return Math.min(EARLY_MS, Math.max(MARGIN_MS, (expiresAtMs - this.#fetchedAtMs) / 2))
  }

  #fetchOnce(): Promise<Value> {
    this.#flight ??= this.#fetchNow().finally(() => {
      this.#flight = undefined
    })
    return this.#flight
  }

  async #fetchNow(): Promise<Value> {
    const lease = await inTime(this.#fetch())
    this.#before = this.#lease?.value
    this.#lease = lease
    this.#fetchedAtMs = this.#now()
    return lease.value
  }
}

function isOver({ expiresAtMs }: Lease<unknown>, atMs: number): boolean {
  return expiresAtMs !== undefined && atMs >= expiresAtMs
}

/** Libraries that fetch credentials try one place after another; none of them may hold a request for ever. */
function inTime<Value>(work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new GatewayError('upstream_timeout', 'The cloud took too long to give out credentials.'))
    }, TIMEOUT_MS).unref()
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
