/**
 * The candidate that a mistyped name most likely meant: at most a third of its letters away (and always one), letter
 * case and `-` against `_` aside. Undefined when nothing is that near.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(name)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(wanted, fold(candidate))
    if (distance >= bestDistance || distance >= candidate.length) continue
    best = candidate
    bestDistance = distance
  }
  return best
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll('-', '_')
}

/** Insertions, deletions, substitutions, and swaps of neighbours, that turn one word into the other. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      current.push(cellOf(from, to, row, column, { beforePrevious, previous, current }))
    }
    beforePrevious = previous
    previous = current
  }
  return previous[to.length] ?? 0
}

interface Rows {
  readonly beforePrevious: readonly number[]
  readonly previous: readonly number[]
  readonly current: readonly number[]
}

function cellOf(from: string, to: string, row: number, column: number, rows: Rows): number {
  const at = (cells: readonly number[], index: number) => cells[index] ?? Number.POSITIVE_INFINITY
  const same = from[row - 1] === to[column - 1]
  const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
  return Math.min(
    at(rows.previous, column) + 1,
    at(rows.current, column - 1) + 1,
    at(rows.previous, column - 1) + (same ? 0 : 1),
    swapped ? at(rows.beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
  )
}
