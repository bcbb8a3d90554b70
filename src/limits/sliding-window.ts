/** The answer to "may one more request go through?", with what a client needs to pace itself. */
export interface Admission {
  readonly isAdmitted: boolean
  readonly limit: number
  readonly remaining: number
  /** When the whole allowance is back: the moment the newest admitted request leaves the window. */
  readonly resetAtMs: number
  /** How long until one more request fits; 0 where one fits now. */
  readonly retryAfterMs: number
}

/**
 * An exact sliding window: never more than `limit` requests in any `windowMs`, whichever way the window is laid. It remembers the
 * time of every admitted request of the last window in a ring, so it costs 8 bytes each and no estimation.
 */
export class SlidingWindow {
  readonly #windowMs: number
  #limit: number
  #ring = new Float64Array(16)
  #oldest = 0
  #count = 0

  constructor(limit: number, windowMs: number) {
    this.#limit = limit
    this.#windowMs = windowMs
  }

  /** Counts the request if it fits. A refused one costs nothing, so that knocking does not keep the door shut. */
  admit(nowMs: number): Admission {
    this.#forget(nowMs)
    const isAdmitted = this.#count < this.#limit
    if (isAdmitted) this.#remember(nowMs)
    return this.#describe(isAdmitted, nowMs)
  }

  /** The limit from now on. Requests already admitted keep counting. */
  setLimit(limit: number): void {
    this.#limit = limit
  }

  /** True once nothing in the window is left to remember. */
  isIdle(nowMs: number): boolean {
    this.#forget(nowMs)
    return this.#count === 0
  }

  #describe(isAdmitted: boolean, nowMs: number): Admission {
    const remaining = Math.max(0, this.#limit - this.#count)
    const newest = this.#count === 0 ? nowMs : this.#at(this.#count - 1)
    // with a lowered limit several have to leave before one fits
    const blocking = Math.max(0, this.#count - this.#limit)
    const fitsAt = remaining > 0 || this.#count === 0 ? nowMs : this.#at(blocking) + this.#windowMs
    const resetAtMs = newest + (this.#count === 0 ? 0 : this.#windowMs)
    return { isAdmitted, limit: this.#limit, remaining, resetAtMs, retryAfterMs: Math.max(0, fitsAt - nowMs) }
  }

  #forget(nowMs: number): void {
    while (this.#count > 0 && this.#at(0) <= nowMs - this.#windowMs) {
      this.#oldest = (this.#oldest + 1) % this.#ring.length
      this.#count--
    }
  }

  #remember(nowMs: number): void {
    if (this.#count === this.#ring.length) this.#grow()
    // a clock that was set back must not let the ring go out of order
    const newest = this.#count === 0 ? nowMs : Math.max(nowMs, this.#at(this.#count - 1))
    this.#ring[(this.#oldest + this.#count) % this.#ring.length] = newest
    this.#count++
  }

  #at(index: number): number {
    return this.#ring[(this.#oldest + index) % this.#ring.length] ?? 0
  }

  #grow(): void {
    const larger = new Float64Array(this.#ring.length * 2)
    for (let index = 0; index < this.#count; index++) larger[index] = this.#at(index)
    this.#ring = larger
    this.#oldest = 0
  }
}
