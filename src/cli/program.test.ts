import { expect, test } from 'vitest'
import { makeContext, run } from '../../test/support/cli.ts'
import { VERSION } from '../core/version.ts'
import { SIMULATED_MODELS } from '../simulator/models.ts'
import { listCommands } from './command-tree.ts'
import { buildProgram } from './program.ts'

const COMMANDS = listCommands(buildProgram(makeContext().context)).map(({ place }) => place.join(' '))

test('the version is that of the package', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' })
})

test('every command has help with an example of itself', async () => {
  expect(COMMANDS.length).toBeGreaterThan(60)
  for (const name of COMMANDS) {
    const { code, stdout } = await run([...name.split(' ').filter(Boolean), '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples?:\n.*llm-gateway ${name}`))
  }
})

test('the help of the simulated provider names every model, as docs/quickstart.md says', async () => {
  const { stdout } = await run(['simulate', '--help'])
  for (const [model, behaviour] of Object.entries(SIMULATED_MODELS)) {
    expect(stdout).toContain(`\n${model} `)
    expect(stdout).toContain(behaviour)
  }
})

test('the help of a command names the options that all have', async () => {
  const { stdout } = await run(['health', '--help'])
  for (const option of ['--json', '--quiet', '--url']) expect(stdout).toContain(option)
})

test.each([
  [['sever', 'start'], 'server'],
  [['server', 'strat'], 'start'],
  [['helth'], 'health'],
  [['chat', '--modl', 'x', 'hi'], '--model'],
])('%j is wrong usage, and the nearest name is suggested', async (args, suggestion) => {
  const { code, stdout, stderr } = await run(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`Did you mean ${suggestion}?`)
})

test.each([
  [[]],
  [['server']],
  [['config']],
  [['server', 'start', '--port', '65536']],
  [['server', 'start', 'now']],
  [['server', 'stop', '--timeout', 'soon']],
  [['health', '--url', 'ftp://x']],
  [['chat']],
  [['apikey', 'add']],
  [['apikey', 'rotate', 'x', '--grace', 'soon']],
  [['apikey', 'add', '--name', 'x', '--expires', 'soon']],
  [['apikey', 'add', '--name', 'x', '--metadata', 'novalue']],
  [['upstream', 'add', '--name', 'x']],
  [['upstream', 'add', '--provider', 'openai', '--name', 'x']],
  [['upstream', 'add', '--provider', 'openai', '--name', 'x', '--key', 'a', '--key-stdin']],
  [['upstream', 'add', '--provider', 'openai', '--name', 'x', '--header', 'novalue']],
  [['route', 'add']],
  [['route', 'edit', 'x', '--priority', 'high']],
  [['env', 'set']],
  [['env', 'show', '--name', 'path']],
  [['store', 'copy']],
  [['completions', 'tcsh']],
])('%j is wrong usage', async (args) => {
  const { code, stderr } = await run(args)
  expect(code).toBe(2)
  expect(stderr).not.toBe('')
})

test('options that all commands have stand before or after a command', async () => {
  const [before, after] = [await run(['--json', 'config', 'path']), await run(['config', 'path', '--json'])]
  expect(before).toEqual(after)
  expect(JSON.parse(before.stdout)).toMatchObject({ exists: false })
})

test('--quiet leaves the exit code alone', async () => {
  expect(await run(['config', 'path', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' })
})
