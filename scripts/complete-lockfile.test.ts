import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { completeLockfile, findMissing, type Lockfile, platformOf } from './complete-lockfile.ts'

const LINTER = {
  version: '1.0.0',
  dev: true,
  optionalDependencies: { '@linter/linux-x64-musl': '1.0.0', '@linter/darwin-arm64': '1.0.0' },
}
const PRESENT = { version: '1.0.0', dev: true, optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] }

test('the lockfile of this repository names every optional dependency', () => {
  const lockfile = JSON.parse(
    readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
  ) as Lockfile
  expect(Object.keys(lockfile.packages).length).toBeGreaterThan(100)
  expect(findMissing(lockfile)).toEqual([])
})

test('no registry is written into the lockfile: everybody installs from their own', () => {
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')
  expect(text.match(/"resolved": .*/g)).toBeNull()
})

test('an absent one gets an entry that npm skips on other platforms', () => {
  const packages = { 'node_modules/linter': LINTER, 'node_modules/@linter/linux-x64-musl': PRESENT }
  const completed: Lockfile = completeLockfile({ packages })
  expect(Object.keys(completed.packages)).toEqual([
    'node_modules/@linter/darwin-arm64',
    'node_modules/@linter/linux-x64-musl',
    'node_modules/linter',
  ])
  expect(completed.packages['node_modules/@linter/darwin-arm64']).toEqual({
    version: '1.0.0',
    cpu: ['arm64'],
    dev: true,
    optional: true,
    os: ['darwin'],
  })
  expect(findMissing(completed)).toEqual([])
})

test('one that lies in a folder above counts as present', () => {
  const packages = {
    'node_modules/tool/node_modules/linter': { optionalDependencies: { a: '1.0.0', b: '1.0.0', c: '1.0.0' } },
    'node_modules/tool/node_modules/linter/node_modules/a': {},
    'node_modules/tool/node_modules/b': {},
    'node_modules/c': {},
  }
  expect(findMissing({ packages })).toEqual([])
})

test('a range cannot be completed: which version would it be?', () => {
  const packages = { 'node_modules/linter': { optionalDependencies: { '@linter/darwin-x64': '^1.0.0' } } }
  expect(() => completeLockfile({ packages })).toThrow('not an exact version')
})

test('the platform is read from the name', () => {
  expect(platformOf('@oxlint/binding-linux-arm-musleabihf')).toEqual({
    os: ['linux'],
    cpu: ['arm'],
    libc: ['musl'],
  })
  expect(platformOf('@biomejs/cli-linux-x64-gnu')).toEqual({ os: ['linux'], cpu: ['x64'], libc: ['glibc'] })
  expect(platformOf('@oxc-parser/binding-win32-ia32-msvc')).toEqual({ os: ['win32'], cpu: ['ia32'] })
  expect(platformOf('@x/binding-wasm32-wasi')).toEqual({ cpu: ['wasm32'] })
  expect(() => platformOf('left-pad')).toThrow('no platform in its name')
})
