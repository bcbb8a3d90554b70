import { type Admission, SlidingWindow } from './sliding-window.ts'

const HOUR_MS = 3_600_000

/** Requests per hour, one exact sliding window per virtual key. Lives in memory; a restart begins anew. */
export class RequestQuota {
  readonly #windows = new Map<string, SlidingWindow>()

  /** Counts one request of `keyId` against `limitPerHour` if it fits. */
  admit(keyId: string, limitPerHour: number, nowMs: number): Admission {
    let window = this.#windows.get(keyId)
    if (window === undefined) {
      window = new SlidingWindow(limitPerHour, HOUR_MS)
      this.#windows.set(keyId, window)
    }
    window.setLimit(limitPerHour)
    return window.admit(nowMs)
  }

  /** Drops the windows of keys that no longer exist and have nothing left to remember. */
  retain(keyIds: ReadonlySet<string>, nowMs: number): void {
    for (const [keyId, window] of this.#windows) {
      if (!keyIds.has(keyId) && window.isIdle(nowMs)) this.#windows.delete(keyId)
    }
  }
}
