import type { TokenSet } from './token-set.ts'

/** A request takes its time to arrive: a token this close to its end is not used any more. */
const MARGIN_MS = 30_000
/** From here on the next one is fetched in the background. */
const EARLY_MS = 10 * 60_000
/** However short the life that a server claims for a token, it is not asked for another more often than this. */
const SHORTEST_LIFE_MS = 1000
const FIRST_BACKOFF_MS = 2000
const MAX_BACKOFF_MS = 5 * 60_000

/** True while the access token may be sent. One whose end is unknown is good until it is refused. */
export function isUsable({ expiresAtMs, obtainedAtMs }: TokenSet, nowMs: number): boolean {
  if (expiresAtMs === null) return true
  const marginMs = Math.min(MARGIN_MS, (expiresAtMs - obtainedAtMs) / 10)
  return nowMs < Math.max(expiresAtMs - marginMs, obtainedAtMs + SHORTEST_LIFE_MS)
}

/**
 * When to fetch the next token: ten minutes before the end, a quarter of its life for short-lived ones. `jitter` from 0 to 1 moves that
 * by up to half, later, so that processes do not all begin at once.
 */
export function refreshAtMs({ expiresAtMs, obtainedAtMs }: TokenSet, jitter: number): number {
  if (expiresAtMs === null) return Number.POSITIVE_INFINITY
  const earlyMs = Math.min(EARLY_MS, (expiresAtMs - obtainedAtMs) / 4)
  return expiresAtMs - earlyMs * (1 - jitter / 2)
}

/** How long to leave the authorization server alone after this many failures in a row; a wait that it asked for counts, up to the cap. */
export function backoffMs(failures: number, jitter: number, retryAfterMs = 0): number {
  const grown = FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20)
  const capped = Math.min(grown, MAX_BACKOFF_MS) * (1 - jitter / 2)
  return Math.max(capped, Math.min(retryAfterMs, MAX_BACKOFF_MS))
}
