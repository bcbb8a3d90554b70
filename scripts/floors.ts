import { posix } from 'node:path'
import { findCycles } from './find-cycles.ts'
import { type ImportSite, readImports } from './read-imports.ts'

/** Folders of `src/` (and its files) by floor: each may import what is on a lower floor, and itself. */
export const FLOORS: readonly (readonly string[])[] = [
  ['core'],
  ['config', 'conformance', 'ir', 'store', 'telemetry', 'upstream', 'wire'],
  ['cache', 'cloud', 'dialects', 'keys', 'ledger', 'limits', 'vault'],
  ['oauth', 'providers'],
  ['control', 'routing'],
  ['pipeline'],
  ['admin', 'http'],
  ['app.ts'],
  ['cli'],
]

/** The built-in provider: stands apart from the floors, imports nothing of ours, started by `cli` (and by tests). */
const SIMULATOR = 'simulator'
const NAMES_WITHOUT_SUBJECT = ['utils.ts', 'helpers.ts', 'common.ts', 'types.ts']

/** Files below `src/` by path (`core/errors.ts`) to their content. */
export type SourceTree = Readonly<Record<string, string>>

export interface Report {
  readonly files: number
  readonly imports: number
  /** `src/ir/usage.ts:3: …`, one line each. */
  readonly problems: readonly string[]
}

interface Edge {
  readonly from: string
  readonly to: string
  readonly line: number
}

/**
 * Source tree to everything in it that breaks the order of the floors.
 * `packages` are those that a production install has; only tests may import others.
 */
export function checkFloors(tree: SourceTree, packages: readonly string[]): Report {
  const paths = Object.keys(tree).sort()
  const sites = new Map(paths.map((path) => [path, readImports(path, tree[path] ?? '')]))
  const edges = paths.flatMap((from) => edgesOf(from, sites.get(from) ?? []))
  const inner = edges.filter(({ from }) => !isTest(from))
  return {
    files: paths.length,
    imports: [...sites.values()].flat().length,
    problems: [
      ...paths.flatMap(checkName),
      ...paths.flatMap(checkPlace),
      ...edges.flatMap((edge) => checkTarget(edge, tree)),
      ...inner.flatMap(checkEdge),
      ...paths.flatMap((path) => checkPackages(path, sites.get(path) ?? [], packages)),
      ...cycleProblems('files', inner),
      ...cycleProblems(
        'folders',
        inner.map(toFolders).filter(({ from, to }) => from !== to),
      ),
    ],
  }
}

/** The imports that stay inside `src/`; one that leaves it keeps its `../`. */
function edgesOf(from: string, sites: readonly ImportSite[]): Edge[] {
  return sites.flatMap(({ specifier, line }) =>
    specifier?.startsWith('.')
      ? [{ from, to: posix.normalize(posix.join(posix.dirname(from), specifier)), line }]
      : [],
  )
}

function checkName(path: string): string[] {
  if (!NAMES_WITHOUT_SUBJECT.includes(posix.basename(path))) return []
  return [`src/${path}:1: a file named ${posix.basename(path)} has no subject; name it after what it holds`]
}

function checkPlace(path: string): string[] {
  if (folderOf(path) === SIMULATOR || floorOf(path) !== undefined) return []
  return [`src/${path}:1: ${folderOf(path)} has no floor; add it to FLOORS in scripts/floors.ts`]
}

function checkTarget({ from, to, line }: Edge, tree: SourceTree): string[] {
  if (to.startsWith('../') || tree[to] !== undefined || !to.endsWith('.ts')) return []
  return [`src/${from}:${line}: imports src/${to}, which does not exist`]
}

function checkEdge({ from, to, line }: Edge): string[] {
  const problem = isTest(to) ? 'which is a test' : forbids(from, to)
  return problem === undefined ? [] : [`src/${from}:${line}: imports ${shown(to)}, ${problem}`]
}

function checkPackages(path: string, sites: readonly ImportSite[], packages: readonly string[]): string[] {
  if (isTest(path)) return []
  return sites.flatMap(({ specifier, line }) => {
    if (specifier === undefined || /^(\.|node:)/.test(specifier)) return []
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    if (packages.includes(name)) return []
    return [`src/${path}:${line}: imports ${name}, which is not among the dependencies in package.json`]
  })
}

/** Why one file may not import the other, or undefined if it may. */
function forbids(from: string, to: string): string | undefined {
  if (to.startsWith('../')) return 'which is outside src'
  const [source, target] = [folderOf(from), folderOf(to)]
  if (source === target) return undefined
  if (source === SIMULATOR) return 'but the simulator imports nothing of ours'
  if (target === SIMULATOR)
    return source === 'cli' ? undefined : 'but only cli and tests import the simulator'
  const [own, other] = [floorOf(from), floorOf(to)]
  if (own === undefined || other === undefined || other < own) return undefined
  return other === own
    ? `its neighbour on floor ${own}`
    : `which is higher up (floor ${own} to floor ${other})`
}

function cycleProblems(kind: 'files' | 'folders', edges: readonly Edge[]): string[] {
  return findCycles(edges).map((cycle) => {
    const [first, second] = cycle
    const edge = edges.find(({ from, to }) => from === first && to === second)
    const where = kind === 'files' ? `src/${first}:${edge?.line ?? 1}` : `src/${first}`
    return `${where}: cycle of ${kind}: ${cycle.join(' > ')}`
  })
}

function toFolders({ from, to, line }: Edge): Edge {
  return { from: folderOf(from), to: folderOf(to), line }
}

/** `dialects/gemini/usage.ts` to `dialects`; a file right below `src/` stands for itself. */
function folderOf(path: string): string {
  return path.split('/')[0] ?? path
}

function floorOf(path: string): number | undefined {
  const floor = FLOORS.findIndex((folders) => folders.includes(folderOf(path)))
  return floor === -1 ? undefined : floor
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

function shown(path: string): string {
  return path.startsWith('../') ? path.slice(3) : `src/${path}`
}
