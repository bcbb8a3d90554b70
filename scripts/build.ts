/** `npm run build`: compiles `src/` to `dist/`, the JavaScript that the npm package and the container image run. */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true }) // a file that is gone from src must not ship
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
})
if (status !== 0) process.exit(1)
if (!existsSync(join(dist, 'cli/main.js'))) {
  console.error('dist/cli/main.js is missing: is src/cli/main.ts there?')
  process.exit(1)
}
