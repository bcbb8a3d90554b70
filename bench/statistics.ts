/** What a figure came to over several rounds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Median, least and greatest of at least one value. Throws RangeError where there is none. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: percentileOf(values, 50), min: percentileOf(values, 0), max: percentileOf(values, 100) }
}

/** The value below which `percent` of the values lie, interpolated between neighbours. Throws RangeError where there is none. */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort()
  const position = ((sorted.length - 1) * percent) / 100
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) throw new RangeError('there are no values')
  return below + (above - below) * (position - Math.floor(position))
}

/**
 * Value by value, what one series is of another: measured in the same round, the two shared the machine's good and bad moments.
 * Rounds that only one of them has, and those in which the base is nothing, are left out.
 */
export function ratiosOf(values: readonly number[], base: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const against = base[round]
    return against === undefined || against <= 0 ? [] : [value / against]
  })
}
