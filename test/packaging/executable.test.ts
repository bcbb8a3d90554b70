import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const BIN = join(import.meta.dirname, '../../bin')
const MAIN = "console.log(import.meta.url.split('/').slice(-3).join('/'), process.argv.slice(2).join(' '))"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executable-'))
  cpSync(BIN, join(folder, 'bin'), { recursive: true })
  write('package.json', '{"type":"module"}')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(path: string, content: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), content)
}

/** Runs the executable as if by that version of Node.js. */
function runUnder(
  version: string,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } {
  const versions = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`
  const preload = `data:text/javascript,${encodeURIComponent(versions)}`
  return spawnSync(process.execPath, ['--import', preload, join(folder, 'bin/llm-gateway.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
  })
}

test('a clone runs its sources, also when an old build lies about', () => {
  write('src/cli/main.ts', `${MAIN}\nexport type A = string`)
  write('dist/cli/main.js', MAIN)
  expect(runUnder('22.19.0', 'status')).toMatchObject({ status: 0, stdout: 'src/cli/main.ts status\n' })
})

test('the npm package runs its compiled copy', () => {
  write('dist/cli/main.js', MAIN)
  expect(runUnder('26.0.0', 'status')).toMatchObject({ status: 0, stdout: 'dist/cli/main.js status\n' })
})

test('an old Node.js hands over to the one of the clone', () => {
  write('src/cli/main.ts', MAIN)
  mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true })
  symlinkSync(process.execPath, join(folder, 'node_modules/node/bin/node'))
  expect(runUnder('22.18.9', 'status', '--json')).toMatchObject({
    status: 0,
    stdout: 'src/cli/main.ts status --json\n',
  })
})

test('without one, an old Node.js ends in a sentence that says what to do', () => {
  write('dist/cli/main.js', MAIN)
  const { status, stdout, stderr } = runUnder('20.20.2', 'status')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toContain('needs Node.js 22.19 or newer; this is 20.20.2')
})

test('a program that cannot be loaded fails', () => {
  write('src/cli/main.ts', "throw new Error('broken')")
  const { status, stderr } = runUnder('24.0.0')
  expect(status).toBe(1)
  expect(stderr).toContain('broken')
})
