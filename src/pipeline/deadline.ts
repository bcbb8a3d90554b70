export type Phase = 'response headers' | 'first content' | 'next chunk' | 'whole answer'

/**
 * One timer for the phase that an answer is in, and one for the whole. Progress within a phase is a number that is written down,
 * not a timer that is set anew: chunks come by the thousand, and most timers never fire.
 */
export class Deadline {
  readonly #onExpired: (phase: Phase) => void
  #phase: Phase = 'response headers'
  #limitMs = 0
  #lastProgressMs = 0
  #isPaused = false
  #timer: NodeJS.Timeout | undefined
  #totalTimer: NodeJS.Timeout | undefined

  constructor(onExpired: (phase: Phase) => void) {
    this.#onExpired = onExpired
  }

  /** Bounds the call from now to its end; 0 means no bound. */
  limitTotal(limitMs: number): void {
    if (limitMs > 0) this.#totalTimer = setTimeout(() => this.#onExpired('whole answer'), limitMs)
  }

  /** From here on only the phases are bounded. */
  liftTotal(): void {
    clearTimeout(this.#totalTimer)
  }

  /** Begins a phase that may last `limitMs` from now, or from the last progress in it; 0 means no bound. */
  enter(phase: Phase, limitMs: number): void {
    clearTimeout(this.#timer)
    this.#phase = phase
    this.#limitMs = limitMs
    this.#lastProgressMs = performance.now()
    if (limitMs > 0) this.#timer = setTimeout(this.#check, limitMs)
  }

  /** Something came. It extends the phase only if that is the phase we are in: a ping is not the first content. */
  progressIn(phase: Phase): void {
    if (phase === this.#phase) this.#lastProgressMs = performance.now()
  }

  /** Time that the client takes to read is not the upstream's. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#lastProgressMs = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#totalTimer)
  }

  #check = (): void => {
    const since = this.#isPaused ? 0 : performance.now() - this.#lastProgressMs
    // timers may fire a fraction of a millisecond early
    if (since >= this.#limitMs - 1) this.#onExpired(this.#phase)
    else this.#timer = setTimeout(this.#check, this.#limitMs - since)
  }
}
