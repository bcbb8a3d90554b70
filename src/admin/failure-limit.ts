import { LRUCache } from 'lru-cache'

/** Failures that one address has within a window. */
interface Window {
  readonly failures: number
  readonly endsAtMs: number
}

export interface FailureLimitOptions {
  readonly perAddress: number
  /** Of all addresses together. */
  readonly altogether: number
  readonly windowMs: number
  /** An address that has succeeded this recently is not held to what all addresses together do. */
  readonly trustedMs: number
  /** How many addresses are remembered. */
  readonly maxAddresses: number
}

/** Wrong tokens are worth a guesser's while no more than this, and a log's space. */
const LIMITS: FailureLimitOptions = {
  perAddress: 10,
  altogether: 100,
  windowMs: 60_000,
  trustedMs: 60 * 60_000,
  maxAddresses: 10_000,
}

/** Counts wrong tokens by address, and altogether for guessers with many addresses. Times are UTC milliseconds. */
export class FailureLimit {
  readonly #limits: FailureLimitOptions
  readonly #windows: LRUCache<string, Window>
  /** When each address last succeeded. */
  readonly #trusted: LRUCache<string, number>
  #all: Window = { failures: 0, endsAtMs: 0 }

  constructor(limits: FailureLimitOptions = LIMITS) {
    this.#limits = limits
    this.#windows = new LRUCache({ max: limits.maxAddresses })
    this.#trusted = new LRUCache({ max: limits.maxAddresses })
  }

  /** How long this address has to wait, right token or not: else an answer would tell which it was. 0 is not at all. */
  waitMs(address: string, nowMs: number): number {
    const own = this.#windows.get(address)
    const { perAddress, altogether } = this.#limits
    const ownWaitMs = own !== undefined && own.failures >= perAddress ? own.endsAtMs - nowMs : 0
    const isHeldWithAll = this.#all.failures >= altogether && !this.#isTrusted(address, nowMs)
    return Math.max(0, ownWaitMs, isHeldWithAll ? this.#all.endsAtMs - nowMs : 0)
  }

  failed(address: string, nowMs: number): void {
    this.#all = this.#next(this.#all, nowMs)
    this.#windows.set(address, this.#next(this.#windows.get(address), nowMs))
  }

  succeeded(address: string, nowMs: number): void {
    this.#windows.delete(address)
    this.#trusted.set(address, nowMs)
  }

  #isTrusted(address: string, nowMs: number): boolean {
    const succeededAtMs = this.#trusted.get(address)
    return succeededAtMs !== undefined && nowMs - succeededAtMs < this.#limits.trustedMs
  }

  #next(window: Window | undefined, nowMs: number): Window {
    if (window === undefined || window.endsAtMs <= nowMs) {
      return { failures: 1, endsAtMs: nowMs + this.#limits.windowMs }
    }
    return { ...window, failures: window.failures + 1 }
  }
}
