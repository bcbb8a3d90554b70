export interface Link {
  readonly from: string
  readonly to: string
}

/**
 * Links to cycles: for every group of nodes that can all reach one another, one shortest way around it, first node
 * repeated at the end (`['a', 'b', 'a']`).
 */
export function findCycles(links: readonly Link[]): string[][] {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of links) next.set(from, (next.get(from) ?? new Set()).add(to))

  const seen = new Set<string>()
  const cycles: string[][] = []
  for (const node of [...next.keys()].sort()) {
    if (seen.has(node)) continue
    const cycle = shortestWayBack(node, next)
    if (cycle === undefined) continue
    cycles.push(cycle)
    for (const member of reachable(node, next)) {
      if (reachable(member, next).has(node)) seen.add(member)
    }
  }
  return cycles
}

function shortestWayBack(
  start: string,
  next: ReadonlyMap<string, ReadonlySet<string>>,
): string[] | undefined {
  const visited = new Set<string>()
  let ways = [[start]]
  while (ways.length > 0) {
    const longer: string[][] = []
    for (const way of ways) {
      for (const to of [...(next.get(way.at(-1) ?? '') ?? [])].sort()) {
        if (to === start) return [...way, to]
        if (visited.has(to)) continue
        visited.add(to)
        longer.push([...way, to])
      }
    }
    ways = longer
  }
  return undefined
}

function reachable(start: string, next: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>()
  const open = [start]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const to of next.get(node) ?? []) {
      if (found.has(to)) continue
      found.add(to)
      open.push(to)
    }
  }
  return found
}
