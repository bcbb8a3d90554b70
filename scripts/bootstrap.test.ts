import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const VERSION = process.versions.node

let clone: string

/** A clone in small: our scripts, a lockfile with two packages, and a stand-in for npm that notes what it was asked. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  for (const file of [
    'bin/run-node.cjs',
    'bin/compile-cache.cjs',
    'bin/llm-gateway.js',
    'scripts/bootstrap.cjs',
    'scripts/install.cjs',
  ]) {
    cpSync(join(ROOT, file), join(clone, file))
  }
  write('package.json', JSON.stringify({ type: 'module' }))
  write('package-lock.json', JSON.stringify({ packages: { 'node_modules/node': { version: VERSION } } }))
  write('src/cli/main.ts', "console.log('ran', process.argv.slice(2).join(' ') satisfies string)")
  write('npm-cli.cjs', NPM)
})

afterEach(() => rmSync(clone, { recursive: true, force: true }))

/** Only with this name is it taken for npm. It installs what the lockfile says: the package `node`, still empty. */
const NPM = `
const fs = require('node:fs')
if (process.argv[2] === '--version') return console.log('10.0.0')
fs.appendFileSync(__dirname + '/npm.log', process.argv[2] + '\\n')
if (fs.existsSync(__dirname + '/npm-fails-' + process.argv[2])) process.exit(1)
const folder = __dirname + '/node_modules/node'
fs.rmSync(folder, { recursive: true, force: true })
fs.mkdirSync(folder + '/bin', { recursive: true })
fs.writeFileSync(folder + '/package.json', '{"type":"commonjs"}')
fs.copyFileSync(__dirname + '/package-lock.json', __dirname + '/node_modules/.package-lock.json')
fs.writeFileSync(folder + '/installArchSpecificPackage.js',
  "require('node:fs').symlinkSync(process.execPath, 'bin/node'); " +
  "require('node:fs').appendFileSync('../../npm.log', 'node\\\\n')")
`

function write(path: string, content: string): void {
  mkdirSync(join(clone, path, '..'), { recursive: true })
  writeFileSync(join(clone, path), content)
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = join(clone, 'scripts/bootstrap.cjs')
  return spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: environment(),
    cwd: tmpdir(),
  })
}

function environment(): NodeJS.ProcessEnv {
  const npm = { npm_execpath: join(clone, 'npm-cli.cjs'), npm_node_execpath: process.execPath }
  return { ...process.env, ...npm, XDG_CACHE_HOME: join(clone, 'cache') }
}

/** What npm was asked for since the last call: `ci`, `install`, or `node` for the fetch of the pinned Node.js. */
function takeInstalls(): string[] {
  const log = join(clone, 'npm.log')
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
  rmSync(log, { force: true })
  return lines
}

test('the first run installs, the next ones only run', () => {
  expect(run('start', '--port', '1')).toMatchObject({ status: 0, stdout: 'ran server start --port 1\n' })
  expect(takeInstalls()).toEqual(['ci', 'node'])
  expect(realpathSync(join(clone, 'node_modules/.bin/node'))).toBe(realpathSync(process.execPath))
  expect(run('start')).toMatchObject({ status: 0, stdout: 'ran server start\n', stderr: '' })
  expect(takeInstalls()).toEqual([])
})

test('an install by hand is recognised', () => {
  run('start')
  rmSync(join(clone, 'node_modules/.llm-gateway-installed'))
  takeInstalls()
  expect(run('start').status).toBe(0)
  expect(takeInstalls()).toEqual([])
})

test('a changed lockfile installs again', () => {
  run('start')
  takeInstalls()
  const packages = { 'node_modules/node': { version: VERSION }, 'node_modules/new': { version: '1.0.0' } }
  write('package-lock.json', JSON.stringify({ packages }))
  expect(run('start').status).toBe(0)
  expect(takeInstalls()).toEqual(['ci', 'node'])
})

test('a missing pinned Node.js is fetched without a new install', () => {
  run('start')
  takeInstalls()
  rmSync(join(clone, 'node_modules/node/bin/node'))
  expect(run('start').status).toBe(0)
  expect(takeInstalls()).toEqual(['node'])
})

test('npm install is tried when npm ci fails', () => {
  write('npm-fails-ci', '')
  expect(run('start').status).toBe(0)
  expect(takeInstalls()).toEqual(['ci', 'install', 'node'])
})

test('when both fail, it says what to do and tries again the next time', () => {
  write('npm-fails-ci', '')
  write('npm-fails-install', '')
  const { status, stderr, stdout } = run('start')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toContain('npm config set proxy')
  expect(run('start').status).toBe(1)
})

test('where the pinned Node.js does not run, a new enough one of the machine is used', () => {
  write('package-lock.json', JSON.stringify({ packages: { 'node_modules/node': { version: '99.0.0' } } }))
  const { status, stdout, stderr } = run('start')
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'ran server start\n' })
  expect(stderr).toContain(`using its own ${VERSION}`)
})

test('the exit code is that of the program', () => {
  write('src/cli/main.ts', 'process.exit(7)')
  expect(run('start').status).toBe(7)
})

test('an unknown target is wrong usage', () => {
  expect(run('frobnicate').status).toBe(2)
})

test('signals reach the program, and its own answer counts', async () => {
  run('start')
  write(
    'src/cli/main.ts',
    "process.on('SIGTERM', () => process.exit(3)); console.log('up'); setInterval(() => {}, 1e6)",
  )
  const started = await startAndWait()
  started.kill('SIGTERM')
  expect(await once(started, 'exit')).toEqual([3, null])
})

test('a program that a signal ends gives 128 + its number', async () => {
  run('start')
  write('src/cli/main.ts', "console.log('up'); setInterval(() => {}, 1e6)")
  const started = await startAndWait()
  started.kill('SIGHUP')
  expect(await once(started, 'exit')).toEqual([129, null])
})

test('when the shell that npm puts between dies, the program is told to end', async () => {
  run('start')
  const ended = join(clone, 'ended')
  write(
    'src/cli/main.ts',
    `process.on('SIGTERM', () => process.exit(0))
     process.on('exit', () => process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(ended)}, ''))
     console.log('up'); setInterval(() => {}, 1e6)`,
  )
  const script = `"${process.execPath}" "${join(clone, 'scripts/bootstrap.cjs')}" start; true`
  const shell = spawn('sh', ['-c', script], { env: { ...environment(), npm_lifecycle_event: 'start' } })
  await once(shell.stdout, 'data')
  shell.kill('SIGTERM')
  await once(shell.stdout, 'close') // its last holder is the program itself
  expect(existsSync(ended)).toBe(true)
})

async function startAndWait(): Promise<ChildProcess> {
  const started = spawn(process.execPath, [join(clone, 'scripts/bootstrap.cjs'), 'start'], {
    env: environment(),
  })
  await once(started.stdout, 'data')
  return started
}
