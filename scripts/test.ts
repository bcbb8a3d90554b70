/**
 * `npm test`: every check that must hold, one after the other, a line for each. A failed step does not stop the next
 * ones. `npm test -- src/wire` runs only the tests named (all arguments go to vitest).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { runQuietly, runVisibly } from './run-command.ts'
import { addTallies, formatTally, readVitestReport, type Tally } from './tally.ts'

const ROOT = join(import.meta.dirname, '..')
const BIN = join(ROOT, 'node_modules/.bin')

/** Checks that pass or fail as one. To add one, add a line: it runs in the root with the project's tools on its PATH. */
const CHECKS: readonly { name: string; command: readonly [program: string, ...args: string[]] }[] = [
  { name: 'types', command: [program('typescript/bin/tsc')] },
  {
    name: 'format and lint',
    command: [program('@biomejs/biome/bin/biome'), 'check', '.', '--error-on-warnings'],
  },
  { name: 'lint with types', command: [program('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'unused code', command: [program('knip/bin/knip.js'), '--no-progress', '--no-config-hints'] },
  { name: 'floors and cycles', command: ['scripts/check-floors.ts'] },
  { name: 'conversion cases', command: ['scripts/uncovered-cases.ts'] },
]

async function main(vitestArgs: readonly string[]): Promise<void> {
  const only = vitestArgs.length > 0
  const tallies: Tally[] = []
  const summary: string[] = []
  for (const check of only ? [] : CHECKS) {
    const { code, output, seconds } = await runQuietly(process.execPath, check.command, options())
    const line = `${code === 0 ? '✓' : '✗'} ${check.name.padEnd(18)} ${seconds.toFixed(1)} s`
    console.log(line)
    if (code !== 0) console.log(indent(output))
    summary.push(line)
    tallies.push({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 })
  }
  const tests = await runTests(vitestArgs)
  summary.push(tests.line)
  tallies.push(tests.tally)

  const total = addTallies(tallies)
  console.log(`\n${summary.join('\n')}\n`)
  console.log(formatTally(total))
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
}

async function runTests(args: readonly string[]): Promise<{ tally: Tally; line: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-gateway-test-'))
  const report = join(folder, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const command = [program('vitest/vitest.mjs'), 'run', ...reporters, ...args]
    const { code, seconds } = await runVisibly(process.execPath, command, options())
    const tally = readVitestReport(report, code)
    const mark = tally.failed === 0 ? '✓' : '✗'
    return { tally, line: `${mark} ${'tests'.padEnd(18)} ${seconds.toFixed(1)} s (${formatTally(tally)})` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A tool's own script, run by this Node.js: the one on the PATH may be older. */
function program(path: string): string {
  return join(ROOT, 'node_modules', path)
}

function options(): { cwd: string; env: NodeJS.ProcessEnv } {
  return { cwd: ROOT, env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` } }
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ')
}

await main(process.argv.slice(2))
