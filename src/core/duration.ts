const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // micro sign
  μs: 1e-3, // Greek mu: keyboards differ
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const BARE_NUMBER = /^\d+(\.\d+)?$/
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/gy

/**
 * A duration as people write it, in whole milliseconds. A bare number is seconds (`30`, `"1.5"`); otherwise Go's
 * notation: `500ms`, `30s`, `1m30s`, `1h`. Rounded up, so that only a written zero is zero.
 * Throws a `RangeError` for anything else; its message does not repeat the value.
 */
export function parseDuration(value: string | number): number {
  const text = String(value).trim()
  if (BARE_NUMBER.test(text)) return wholeMs(Number(text) * 1000)
  let totalMs = 0
  let readTo = 0
  for (const match of text.matchAll(PART)) {
    totalMs += Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0)
    readTo = match.index + match[0].length
  }
  if (text === '' || readTo !== text.length) {
    throw new RangeError(
      'must be a duration: seconds (30), or a number and a unit ("500ms", "30s", "1m30s", "1h")',
    )
  }
  return wholeMs(totalMs)
}

/** Milliseconds in the notation that {@link parseDuration} reads: 90500 is `1m30.5s`, 500 is `500ms`, 0 is `0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs > 0 && durationMs < 1000) return `${durationMs}ms`
  const hours = Math.floor(durationMs / 3_600_000)
  const minutes = Math.floor((durationMs % 3_600_000) / 60_000)
  const seconds = (durationMs % 60_000) / 1000
  const parts = [
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    seconds > 0 ? `${seconds}s` : '',
  ]
  return parts.join('') || '0s'
}

function wholeMs(durationMs: number): number {
  // 2.3 minutes must be 138000, not the 137999.99999999997 of binary fractions
  return Math.ceil(Number(durationMs.toFixed(6)))
}
