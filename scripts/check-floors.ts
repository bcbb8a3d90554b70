/** Checks the imports of `src/` against the order of its folders: see `floors.ts` for the order. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkFloors } from './floors.ts'

const SRC = join(import.meta.dirname, '../src')
/** Fewer means that the check did not see the code, not that the code is in order. */
const FEWEST_FILES = 10

const manifest = JSON.parse(readFileSync(join(SRC, '../package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}
const paths = globSync('**/*.ts', { cwd: SRC }).map((path) => path.replaceAll('\\', '/'))
const tree = Object.fromEntries(paths.map((path) => [path, readFileSync(join(SRC, path), 'utf8')]))
const { files, imports, problems } = checkFloors(tree, Object.keys(manifest.dependencies))

for (const problem of problems) console.error(problem)
if (files < FEWEST_FILES || imports === 0) {
  console.error(`only ${files} files with ${imports} imports seen below ${SRC}`)
  process.exitCode = 1
}
if (problems.length > 0) process.exitCode = 1
console.log(`${files} files, ${imports} imports, ${problems.length} problems`)
