import type { UpstreamDialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { Extra } from '../ir/request.ts'
import type { Dropped } from '../ir/response.ts'

/** Keeps account of what an encoder could not carry over. Paths are in the client's own spelling. */
export class Report {
  readonly #entries: Dropped[] = []

  get dropped(): readonly Dropped[] {
    return this.#entries
  }

  /** Left out: a hint that the target has no place for. */
  drop(path: string, reason: string): void {
    this.#entries.push({ path, action: 'dropped', reason })
  }

  /** Said differently than it was asked for. */
  approximate(path: string, reason: string): void {
    this.#entries.push({ path, action: 'approximated', reason })
  }

  /** Something that the target could not have used anyway: strict clients need not mind. */
  tellHarmless(action: Dropped['action'], path: string, reason: string): void {
    this.#entries.push({ path, action, reason, isHarmless: true })
  }

  /** Throws `unsupported_parameter`: leaving it out would change what the client asked for. */
  refuse(path: string, reason: string): never {
    throw new GatewayError('unsupported_parameter', `"${path}" cannot be carried over: ${reason}.`, { path })
  }

  /** Accounts for every extra that `knows` does not claim: hints are reported, contracts refused. */
  leaveOut(
    extras: readonly Extra[],
    targetDialect: UpstreamDialectId,
    knows: (extra: Extra) => boolean = () => false,
  ): void {
    for (const extra of extras) {
      if (extra.weight === 'note' || knows(extra)) continue
      const reason = `${targetDialect} has nothing like it`
      if (extra.weight === 'contract') this.refuse(extra.path, reason)
      this.drop(extra.path, reason)
    }
  }
}
