/**
 * Completes package-lock.json: `npm run lock:complete`, after every change of a dependency.
 *
 * A tool that ships one binary package per platform names them all as optional dependencies. A registry mirror may
 * lack the binaries of other platforms; npm then leaves them out of the lockfile, and `npm ci` refuses to install
 * from it on every machine ("Missing: … from lock file"). A short entry for each absent one satisfies it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface LockEntry {
  readonly version?: string
  readonly dev?: boolean
  readonly peer?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockEntry>>
}

export interface MissingEntry {
  /** Where npm would put it: `node_modules/@scope/name`. */
  readonly path: string
  readonly name: string
  readonly version: string
  /** The path of the package that names it as optional. */
  readonly wantedBy: string
}

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const PROCESSORS = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
]
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Lockfile to the optional dependencies that its packages name and that it has no entry for, sorted by path. */
export function findMissing(lockfile: Lockfile): MissingEntry[] {
  const missing = new Map<string, MissingEntry>()
  for (const [wantedBy, entry] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isResolvable(lockfile, wantedBy, name)) continue
      const path = `node_modules/${name}`
      missing.set(path, { path, name, version, wantedBy })
    }
  }
  return [...missing.values()].sort((a, b) => a.path.localeCompare(b.path, 'en'))
}

/** The same lockfile with an entry for every optional dependency. Throws where a version is a range. */
export function completeLockfile<T extends Lockfile>(lockfile: T): T {
  const packages: Record<string, LockEntry> = { ...lockfile.packages }
  for (const missing of findMissing(lockfile)) {
    packages[missing.path] = stubFor(missing, lockfile.packages[missing.wantedBy] ?? {})
  }
  const inOrderOfNpm = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lockfile, packages: Object.fromEntries(inOrderOfNpm) }
}

/** Node's lookup: the package's own node_modules, then that of each folder above it. */
function isResolvable(lockfile: Lockfile, from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (lockfile.packages[path] !== undefined) return true
    if (folder === '') return false
  }
}

function stubFor({ name, version, wantedBy }: MissingEntry, parent: LockEntry): LockEntry {
  if (!EXACT_VERSION.test(version))
    throw new Error(`${wantedBy} wants ${name}@${version}: not an exact version`)
  const platform = platformOf(name)
  // the order of fields that npm writes
  return {
    version,
    ...(platform.cpu && { cpu: platform.cpu }),
    ...(parent.dev && { dev: true }),
    ...(platform.libc && { libc: platform.libc }),
    optional: true,
    ...(platform.os && { os: platform.os }),
    ...(parent.peer && { peer: true }),
  }
}

/** `@oxlint/binding-linux-arm-musleabihf` to `{ os: ['linux'], cpu: ['arm'], libc: ['musl'] }`: npm skips it elsewhere. */
export function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[/-]/)
  const os = SYSTEMS.find((system) => words.includes(system))
  const cpu = PROCESSORS.find((processor) => words.includes(processor))
  if (os === undefined && cpu === undefined) throw new Error(`${name}: no platform in its name`)
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined
  return {
    ...(os && { os: [os] }),
    ...(cpu && { cpu: [cpu] }),
    ...(libc && os === 'linux' && { libc: [libc] }),
  }
}

if (import.meta.main) {
  const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  const lockfile: Lockfile = JSON.parse(readFileSync(path, 'utf8'))
  const missing = findMissing(lockfile)
  if (missing.length > 0) writeFileSync(path, `${JSON.stringify(completeLockfile(lockfile), null, 2)}\n`)
  console.log(`package-lock.json: ${missing.length} entries added`)
}
