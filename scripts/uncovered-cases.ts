/**
 * Prints the ids of conversion cases (`test/conformance/cases`) that no test's title names and no decision explains. A comment or a
 * test's body does not count.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CASES } from '../test/conformance/cases/index.ts'
import { readCoverage } from './case-coverage.ts'
import { readTestTitles } from './test-titles.ts'

const ROOT = join(import.meta.dirname, '..')

const paths = globSync('{src,test}/**/*.test.ts', { cwd: ROOT })
const titles = paths.flatMap((path) => readTestTitles(path, readFileSync(join(ROOT, path), 'utf8')))
const decisions = readFileSync(join(ROOT, 'docs/decisions.md'), 'utf8')
const { uncovered, unknown } = readCoverage(
  CASES.map(({ id }) => id),
  titles,
  decisions,
)

for (const id of uncovered)
  console.error(`${id} ${CASES.find((one) => one.id === id)?.title}: no test names it`)
for (const id of unknown) console.error(`${id} is named by a test and is no case`)
if (uncovered.length + unknown.length > 0 || titles.length === 0) process.exitCode = 1
console.log(
  `${CASES.length} cases, ${titles.length} titles, ${uncovered.length} uncovered, ${unknown.length} unknown`,
)
