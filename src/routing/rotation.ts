import { createHash } from 'node:crypto'
import type { Target } from './plan.ts'

/** Whose turn it is among accounts that could answer alike. One per process; it starts anew with every start. */
export class Rotation {
  readonly #turns = new Map<string, number>()

  /**
   * The targets in the order in which to try them: healthy ones first, then by priority, then everybody's turn by weight. Who names
   * an `owner` gets the same one of equals every time, in every process: what one account has sealed or stored, no other can read.
   */
  order(
    targets: readonly Target[],
    isHealthy: (accountId: string) => boolean,
    owner?: string,
  ): readonly Target[] {
    if (targets.length < 2) return targets
    const ranked = targets.map((target) => ({ target, rank: rankOf(target, isHealthy) }))
    ranked.sort((a, b) => compare(b.rank, a.rank))
    const [best] = ranked
    const equals = ranked.filter(({ rank }) => best !== undefined && compare(rank, best.rank) === 0)
    const sorted = ranked.map(({ target }) => target)
    const first = sorted.slice(0, equals.length)
    const turned = owner === undefined ? this.#turn(first) : byAffinity(first, owner)
    return [...turned, ...sorted.slice(equals.length)]
  }

  #turn(equals: readonly Target[]): readonly Target[] {
    const total = equals.reduce((sum, { account }) => sum + account.weight, 0)
    const [first] = equals
    if (first === undefined || equals.length < 2 || total === 0) return equals
    const turn = this.#turns.get(first.account.id) ?? 0
    this.#turns.set(first.account.id, turn + 1)
    return startAt(equals, turn % total)
  }
}

/**
 * Weighted rendezvous hashing: every owner has an order of its own, and an account that comes or goes moves only its own share.
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
function byAffinity(equals: readonly Target[], owner: string): readonly Target[] {
  const scored = equals.map((target) => ({ target, score: scoreOf(target, owner) }))
  return scored.toSorted((a, b) => b.score - a.score).map(({ target }) => target)
}

function scoreOf({ account }: Target, owner: string): number {
  const hash = createHash('sha256').update(`${owner}\n${account.id}`).digest()
  const fraction = (hash.readUIntBE(0, 6) + 1) / (2 ** 48 + 1)
  return -account.weight / Math.log(fraction)
}

type Rank = readonly [health: number, priority: number, isWanted: number]

/** A weight of 0 is for when nobody else is left. */
function rankOf({ account }: Target, isHealthy: (accountId: string) => boolean): Rank {
  return [Number(isHealthy(account.id)), account.priority, Number(account.weight > 0)]
}

function compare(a: Rank, b: Rank): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

/** Those before the one whose share of the weights the turn falls into come last. */
function startAt(equals: readonly Target[], turn: number): readonly Target[] {
  let rest = turn
  const at = equals.findIndex(({ account }) => {
    rest -= account.weight
    return rest < 0
  })
  return [...equals.slice(at), ...equals.slice(0, at)]
}
