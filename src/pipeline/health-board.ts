import type { Clock } from '../core/clock.ts'
import type { GatewayError } from '../core/errors.ts'
import { type AccountHealth, type Observation, observe } from '../routing/health.ts'

/** After this long a sick account gets a request again. */
const RETRY_AFTER_MS = 30_000

/** Latest health of every account, fed by traffic and by checks. */
export class HealthBoard {
  readonly #now: Clock
  readonly #accounts = new Map<string, AccountHealth>()

  constructor(now: Clock) {
    this.#now = now
  }

  /** The account answered; `latencyMs` is the time to its response headers. */
  succeeded(accountId: string, latencyMs: number): void {
    this.#observe(accountId, { type: 'success', latencyMs: Math.round(latencyMs) })
  }

  failed(accountId: string, error: GatewayError): void {
    this.#observe(accountId, { type: 'failure', problem: error.code })
  }

  failedCheck(accountId: string, error: GatewayError): void {
    this.#observe(accountId, { type: 'failed-check', problem: error.code })
  }

  /** Not sick, or sick for so long without news that a request may find out. */
  isWorthTrying(accountId: string): boolean {
    const known = this.#accounts.get(accountId)
    return known === undefined || known.isHealthy || this.#now() - known.checkedAtMs >= RETRY_AFTER_MS
  }

  of(accountId: string): AccountHealth | undefined {
    return this.#accounts.get(accountId)
  }

  retain(accountIds: ReadonlySet<string>): void {
    for (const id of this.#accounts.keys()) if (!accountIds.has(id)) this.#accounts.delete(id)
  }

  #observe(accountId: string, seen: Observation): void {
    this.#accounts.set(accountId, observe(this.#accounts.get(accountId), seen, this.#now()))
  }
}
