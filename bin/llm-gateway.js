#!/usr/bin/env node
// Old syntax on purpose, and nothing imported before the version is known: on an old Node.js
// this must end in a sentence that says what to do, not in a SyntaxError.

const MINIMUM = [22, 19]

const current = process.versions.node.split('.').map(Number)
const isNewEnough = current[0] > MINIMUM[0] || (current[0] === MINIMUM[0] && current[1] >= MINIMUM[1])

if (isNewEnough) startGateway()
else runUnderPinnedNode()

/** A clone runs its TypeScript as it is; the npm package has no `src` and runs its compiled copy. */
function startGateway() {
  Promise.all([import('node:module'), import('node:fs'), import('node:v8'), import('./compile-cache.cjs')])
    .then(([module, { existsSync }, v8, { compileCacheFolder }]) => {
      // loading modules is no reason to make room for a crowd: the server lets V8 grow once it listens, which keeps an idle one small
      v8.setFlagsFromString('--semi-space-growth-factor=1')
      if (module.enableCompileCache) module.enableCompileCache(compileCacheFolder())
      return existsSync(new URL('../src/cli/main.ts', import.meta.url))
        ? import('../src/cli/main.ts')
        : import('../dist/cli/main.js')
    })
    .catch(fail)
}

/** A clone brings its own Node.js as the npm package `node`. */
function runUnderPinnedNode() {
  Promise.all([import('fs'), import('url'), import('./run-node.cjs')])
    .then(([{ existsSync }, { fileURLToPath }, runNode]) => {
      const file = process.platform === 'win32' ? 'node.exe' : 'node'
      const pinned = fileURLToPath(new URL(`../node_modules/node/bin/${file}`, import.meta.url))
      if (!existsSync(pinned)) return refuse()
      const script = fileURLToPath(import.meta.url)
      return runNode.default(pinned, [script].concat(process.argv.slice(2)))
    })
    .catch(fail)
}

function refuse() {
  console.error(
    [
      `llm-gateway needs Node.js ${MINIMUM.join('.')} or newer; this is ${process.versions.node}.`,
      'In a clone of the repository, `npm start` fetches the right version by itself.',
      'Otherwise install a current one (https://nodejs.org/en/download) and run the command again.',
    ].join('\n'),
  )
  process.exitCode = 1
}

function fail(error) {
  console.error(error)
  process.exitCode = 1
}
